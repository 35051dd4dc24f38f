package static

import (
	"context"
	"errors"
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
		"site/page.html": "<p>page", "site/-": "dash", "site/odd/index.html/x": "x",
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
		"/nothing": {404, ""}, "/odd/": {404, ""}, "/empty/": {404, ""}, "/page.html/": {404, ""}, "/page.html/x": {404, ""},
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
	for path, want := range map[string]string{"/talks": "./talks/", "/a%20b": "./a%20b/", "/empty": "./empty/", "/talks?q=1": "./talks/?q=1"} {
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

// TestAnOlderFileInTheSamePlaceIsSent: a copy that keeps its time, as of an
// earlier version, is news all the same.
func TestAnOlderFileInTheSamePlaceIsSent(t *testing.T) {
	dir := folder(t)
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/page.html", nil))
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte("<p>older"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(page, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	again := httptest.NewRequest(http.MethodGet, "/page.html", nil)
	again.Header.Set("If-Modified-Since", w.Header().Get("Last-Modified"))
	again.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	f.ServeHTTP(w, again)
	if w.Code != http.StatusOK || w.Body.String() != "<p>older" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// TestAFolderMadeAnewIsServed: builders of sites remove it and make it again.
func TestAFolderMadeAnewIsServed(t *testing.T) {
	dir := folder(t)
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	status := func() int {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/page.html", nil))
		return w.Code
	}
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusNotFound {
		t.Errorf("without the folder: %d", got)
	}
	if err := os.Rename(folder(t), dir); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("after it was made again: %d", got)
	}
}

func TestOpenWantsAFolder(t *testing.T) {
	dir := folder(t)
	for _, path := range []string{"nothing", "page.html", "fifo", "loop"} {
		if _, err := Open(filepath.Join(dir, path)); err == nil {
			t.Errorf("%s is served", path)
		}
	}
}

func TestHeadAndRangesSayWhatGetSends(t *testing.T) {
	f, err := Open(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	head := httptest.NewRecorder()
	f.ServeHTTP(head, httptest.NewRequest(http.MethodHead, "/page.html", nil))
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != "7" || head.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("HEAD: %d %v %q", head.Code, head.Header(), head.Body)
	}
	for asked, want := range map[string]struct {
		status int
		body   string
	}{
		"bytes=3-": {206, "page"}, "bytes=-4": {206, "page"}, "bytes=99-": {416, ""}, "bytes=0-6,0-6,0-6": {200, "<p>page"},
	} {
		part := httptest.NewRequest(http.MethodGet, "/page.html", nil)
		part.Header.Set("Range", asked)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, part)
		if w.Code != want.status || want.body != "" && w.Body.String() != want.body {
			t.Errorf("%s: %d %q", asked, w.Code, w.Body)
		}
	}
}

// TestServeWaitsForNobody: who sends nothing, or takes nothing, does not keep a
// connection.
func TestServeWaitsForNobody(t *testing.T) {
	dir := folder(t)
	if err := os.Truncate(filepath.Join(dir, "page.html"), 64<<20); err != nil {
		t.Fatal(err)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.patience = patience{header: 200 * time.Millisecond, body: 300 * time.Millisecond, answer: 400 * time.Millisecond, idle: 200 * time.Millisecond, slowest: 1 << 30}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, listener) }()
	for name, sent := range map[string]string{
		"nothing":          "",
		"half a header":    "GET / HTTP/1.1\r\nHost:",
		"a body to come":   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
		"chunks to come":   "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"no second one":    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"takes no answers": strings.Repeat("GET /page.html HTTP/1.1\r\nHost: x\r\n\r\n", 50),
	} {
		connection, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := io.WriteString(connection, sent); err != nil {
			t.Fatal(err)
		}
		if name == "takes no answers" {
			time.Sleep(time.Second)
		}
		_ = connection.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, err := io.Copy(io.Discard, connection); errors.Is(err, os.ErrDeadlineExceeded) || n >= 50*64<<20 {
			t.Errorf("%s: after %d bytes: %v", name, n, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
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
		ended <- serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(inside)
			<-within
			_, _ = io.WriteString(w, "all of it")
		}), usual)
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
