package load

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func run(t *testing.T, o Options) Result {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r)
	return r
}

func TestCounts(t *testing.T) {
	var seen atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/echo" && (r.Method != "POST" || string(body) != "hello" || r.ContentLength != 5 || r.Header.Get("X-A") != "b"):
			w.WriteHeader(400)
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/gone", http.StatusSeeOther)
		case r.URL.Path == "/gone", r.Method == "GET" && (r.ContentLength != 0 || r.TransferEncoding != nil):
			w.WriteHeader(410)
		}
	})
	for _, tls := range []bool{false, true} {
		server := httptest.NewUnstartedServer(handler)
		server.Start()
		if tls {
			server.Close()
			server = httptest.NewTLSServer(handler)
		}
		defer server.Close()
		for _, test := range []struct {
			path     string
			o        Options
			failures int
		}{
			{"/", Options{KeepAlive: true}, 0},
			{"/", Options{}, 0},
			{"/moved", Options{}, 0},
			{"/gone", Options{}, 100},
			{"/echo", Options{Method: "POST", Body: "hello", Header: http.Header{"X-A": {"b"}}, KeepAlive: true}, 0},
		} {
			seen.Store(0)
			test.o.URL, test.o.Requests, test.o.Workers, test.o.InsecureTLS = server.URL+test.path, 100, 4, true
			r := run(t, test.o)
			if r.Requests != 100 || r.Failures != test.failures || seen.Load() != 100 {
				t.Errorf("%s: the server saw %d of %v", test.path, seen.Load(), r)
			}
			if most := 100; !test.o.KeepAlive && r.Connections != most || test.o.KeepAlive && r.Connections > 8 {
				t.Errorf("%s: %d connections", test.path, r.Connections)
			}
			if test.failures == 0 && !(r.P50 > 0 && r.P50 <= r.P99 && r.P99 <= r.Max && r.Rate() > 0) {
				t.Errorf("%s: %v", test.path, r)
			}
		}
	}
}

func TestHalfAnAnswerIsAFailure(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "half")
	}))
	defer server.Close()
	if r := run(t, Options{URL: server.URL, Requests: 5}); r.Failures != 5 || r.Messages["unexpected EOF"] != 5 {
		t.Errorf("got %v", r)
	}
}

func TestRefusedAndSlow(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	r := run(t, Options{URL: closed, Duration: 100 * time.Millisecond})
	if r.Failures == 0 || r.Failures > 25 || r.Messages["dial: connect: connection refused"] != r.Failures {
		t.Errorf("got %v", r)
	}
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	if r := run(t, Options{URL: slow.URL, Requests: 2, Timeout: 20 * time.Millisecond}); r.Failures != 2 {
		t.Errorf("got %v", r)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if r, err := Run(ctx, Options{URL: slow.URL, Requests: 2}); err == nil || r.Requests != 0 {
		t.Errorf("got %v, %v", r, err)
	}
}

// The last answers are waited for.
func TestDuration(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(30 * time.Millisecond) }))
	defer server.Close()
	r := run(t, Options{URL: server.URL, Duration: 100 * time.Millisecond, Workers: 3, KeepAlive: true})
	if r.Failures != 0 || r.Requests < 3 || r.Requests > 15 || r.P50 < 30*time.Millisecond {
		t.Errorf("got %v", r)
	}
}

func TestUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Host != "eco.example.ac.uk" {
			panic(r.Host)
		}
	})}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	if r := run(t, Options{URL: "http://eco.example.ac.uk/", Requests: 10, Dial: Unix(path)}); r.Failures != 0 {
		t.Errorf("got %v", r)
	}
}

func TestBounds(t *testing.T) {
	for want, o := range map[string]Options{
		"neither a number":         {URL: "http://127.0.0.1"},
		"not an address of this":   {URL: "http://example.org", Requests: 1},
		"10.0.0.1 is not an addr":  {URL: "http://10.0.0.1:80/", Requests: 1},
		"is not an http address":   {URL: "ftp://localhost", Requests: 1},
		"missing protocol scheme":  {URL: ":", Requests: 1},
		"localhost.org is not an ": {URL: "http://localhost.org", Requests: 1},
	} {
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v", o, err)
		}
	}
}
