package probe

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ecounit/apache"
)

// server answers the page with generations in turn, the last one for ever.
func server(t *testing.T, start func(*httptest.Server), generations ...string) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1))
		if r.URL.Path != apache.DownPage || r.Host != "eco.example.ac.uk" {
			t.Errorf("asked for %s of %s", r.URL.Path, r.Host)
		}
		if r.TLS != nil && r.TLS.ServerName != "eco.example.ac.uk" {
			t.Errorf("asked for the certificate of %q", r.TLS.ServerName)
		}
		w.Header().Set(apache.GenerationHeader, generations[min(n, len(generations))-1])
	}))
	start(s)
	t.Cleanup(s.Close)
	return s, &asked
}

func target(s *httptest.Server) Target { return Target{URL: s.URL, Host: "eco.example.ac.uk"} }

func TestGenerationWaitsForTenInARow(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){"http": (*httptest.Server).Start, "https": (*httptest.Server).StartTLS} {
		t.Run(name, func(t *testing.T) {
			s, asked := server(t, start, "6", "7", "7", "6", "", "7")
			if err := Generation(t.Context(), target(s), 7); err != nil {
				t.Fatal(err)
			}
			if got := asked.Load(); got != 5+inARow {
				t.Errorf("asked %d times", got)
			}
		})
	}
}

func TestGenerationSaysWhatItGot(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	s, _ := server(t, (*httptest.Server).Start, "6")
	err := Generation(ctx, target(s), 7)
	if err == nil || !strings.Contains(err.Error(), "generation 6") {
		t.Errorf("got %v", err)
	}
	s.Close()
	ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err = Generation(ctx, target(s), 7); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}

func TestDialAddress(t *testing.T) {
	for text, want := range map[string]string{
		"https://eco.example.ac.uk": "127.0.0.1:443",
		"http://eco.example.ac.uk":  "127.0.0.1:80",
		"https://localhost:8443":    "127.0.0.1:8443",
		"http://127.0.0.2":          "127.0.0.2:80",
		"https://[::1]:8443":        "[::1]:8443",
	} {
		at, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := dialAddress(at); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestListener(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if got, err := Listener(port); got != strconv.Itoa(os.Getuid()) || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	listener.Close()
	if got, err := Listener(port); got != Nobody || err != nil {
		t.Errorf("closed: got %q, %v", got, err)
	}
	elsewhere, err := net.Listen("tcp", fmt.Sprintf("127.0.0.2:%d", port))
	if err != nil {
		t.Skip(err)
	}
	defer elsewhere.Close()
	if got, err := Listener(port); got != Nobody || err != nil {
		t.Errorf("on another address: got %q, %v", got, err)
	}
}
