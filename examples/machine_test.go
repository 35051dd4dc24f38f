//go:build machine

package examples

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/test/machine"
)

// host runs the examples as alice, with Debian's packages, each behind
// something that does what Apache does with the headers and the path.
type host struct {
	*machine.Machine
	*testing.T
}

func TestMachine(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			m := machine.New(t, suite)
			h := host{m, t}
			h.must(m.AddUser(t.Context(), "alice"))
			for _, folder := range []string{"flask-tasks", "asgi-chat", "node-hello", "procfile-app"} {
				h.must(m.CopyDir(t.Context(), folder, "/home/alice/"+folder, "alice"))
			}
			for name, test := range map[string]func(host){
				"flask": flask, "asgi": asgi, "node": node, "procfile": procfile,
			} {
				t.Run(name, func(t *testing.T) { test(host{m, t}) })
			}
		})
	}
}

func (h host) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// start runs a server until the test ends, and waits until the address answers.
func (h host) start(folder, health string, env []string, argv ...string) *machine.Process {
	h.Helper()
	p, err := h.As("alice").Dir("/home/alice/"+folder).Env(env...).Start(h.Context(), argv...)
	h.must(err)
	h.Cleanup(func() {
		result := p.Stop()
		if h.Failed() {
			h.Logf("%v\n%s%s", argv, result.Stdout, result.Stderr)
		}
	})
	client := h.client()
	for range 100 {
		response, err := client.Get(health)
		if err == nil {
			response.Body.Close()
			return p
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.Fatalf("%v does not answer", argv)
	return nil
}

// client sends the headers that Apache sets, keeps cookies, and shows
// redirects as they are.
func (h host) client() *http.Client {
	client := h.HTTPClient()
	client.Timeout = 20 * time.Second
	client.Transport = forwarded{client.Transport}
	client.Jar, _ = cookiejar.New(nil)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

type forwarded struct{ http.RoundTripper }

func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = machine.HostName
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-Host", machine.HostName)
	r.Header.Set("X-Forwarded-For", "10.1.2.3")
	return f.RoundTripper.RoundTrip(r)
}

func (h host) get(client *http.Client, address string, status int) string {
	h.Helper()
	response, err := client.Get(address)
	h.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	h.must(err)
	if response.StatusCode != status {
		h.Errorf("%s: got %s, want %d\n%s", address, response.Status, status, body)
	}
	return string(body)
}

func (h host) post(client *http.Client, address string, form url.Values) (status int, location string) {
	h.Helper()
	response, err := client.PostForm(address, form)
	h.must(err)
	response.Body.Close()
	at, _ := url.Parse(response.Header.Get("Location"))
	return response.StatusCode, at.Path
}

func (h host) contains(text string, parts ...string) {
	h.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			h.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

// whoami checks what an app says about a visitor who came through Apache.
func (h host) whoami(client *http.Client, address, path string) {
	h.Helper()
	var got struct{ Scheme, Host, Client, Path string }
	h.must(json.Unmarshal([]byte(h.get(client, address, 200)), &got))
	if want := fmt.Sprintf("{https %s 10.1.2.3 %s}", machine.HostName, path); fmt.Sprint(got) != want {
		h.Errorf("got %v, want %s", got, want)
	}
}

// stop sends SIGTERM and returns how long the process took to end.
func (h host) stop(p *machine.Process) time.Duration {
	h.Helper()
	begin := time.Now()
	h.must(p.Signal(syscall.SIGTERM))
	_, err := p.Wait()
	h.must(err)
	return time.Since(begin)
}
