package static

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// folder lays out pages, and what must not get out beside them.
func folder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "site")
	for path, content := range map[string]string{
		"secret": "secret", "site/index.html": "top", "site/a b/ü.txt": "text", "site/talks/index.html": "talks", "site/empty/x": "x",
		"site/.env": "secret", "site/.git/config": "secret", "site/x.html~": "secret", "site/ecounit.toml": "secret", "site/sub/ecounit.toml": "secret",
		"site/page.html": "<p>page", "site/-": "dash",
	} {
		at := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"out": "../secret", "passwd": "/etc/passwd", "up": "..", "in": "page.html", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOnlyPagesAreHandedOut(t *testing.T) {
	f, err := Open(folder(t), "ecounit.toml")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/": {200, "top"}, "/index.html": {200, "top"}, "/page.html": {200, "<p>page"}, "/in": {200, "<p>page"}, "/-": {200, "dash"},
		"/a%20b/%C3%BC.txt": {200, "text"}, "/talks/": {200, "talks"}, "/page.html?x=/..": {200, "<p>page"},
		"/nothing": {404, ""}, "/empty/": {404, ""}, "/page.html/": {404, ""}, "/page.html/x": {404, ""},
		"/.env": {404, ""}, "/.git/config": {404, ""}, "/x.html~": {404, ""}, "/ecounit.toml": {404, ""}, "/sub/ecounit.toml": {404, ""},
		"/out": {404, ""}, "/passwd": {404, ""}, "/up/secret": {404, ""}, "/loop": {404, ""}, "/fifo": {404, ""},
		"/../secret": {404, ""}, "/%2e%2e/secret": {404, ""}, "/talks/../page.html": {404, ""}, "//page.html": {404, ""}, "/x%00": {404, ""}, "/%2Fetc/passwd": {404, ""},
	} {
		done := make(chan *httptest.ResponseRecorder, 1)
		go func() {
			w := httptest.NewRecorder()
			f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			done <- w
		}()
		select {
		case w := <-done:
			if w.Code != want.status || want.status == 200 && w.Body.String() != want.body || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s: %d %q", path, w.Code, w.Body)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", path, w.Header())
			}
		case <-time.After(3 * time.Second):
			t.Fatalf("%s: no answer", path)
		}
	}
}

func TestFoldersLeadToTheirPageWithoutNamingAPath(t *testing.T) {
	f, err := Open(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/talks": "./talks/", "/a%20b": "./a%20b/", "/empty": "./empty/"} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got != want {
			t.Errorf("%s: %d, to %q", path, w.Code, got)
		}
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	f, err := Open(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/page.html", nil))
	again := httptest.NewRequest(http.MethodGet, "/page.html", nil)
	again.Header.Set("If-Modified-Since", w.Header().Get("Last-Modified"))
	w = httptest.NewRecorder()
	f.ServeHTTP(w, again)
	if w.Code != http.StatusNotModified {
		t.Errorf("got %d", w.Code)
	}
}

// TestServeFinishesWhatItBegan: a restart cuts no download off.
func TestServeFinishesWhatItBegan(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	inside, within := make(chan struct{}), make(chan struct{})
	go func() {
		ended <- Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(inside)
			<-within
			_, _ = io.WriteString(w, "all of it")
		}))
	}()
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		answer <- string(body)
	}()
	<-inside
	stop()
	close(within)
	if got := <-answer; got != "all of it" {
		t.Error(got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
