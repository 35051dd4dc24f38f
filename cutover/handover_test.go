package cutover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serve answers a word, on a port that others may share.
func serve(t *testing.T, listener net.Listener, word string) *http.Server {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, word) })}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return server
}

// shared listens as systemd does with ReusePort=yes.
func shared(port int) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
		return errors.Join(err, failed)
	}}
	config.SetMultipathTCP(false)
	return config.Listen(context.Background(), "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
}

// listen makes a socket like those of other languages: Go's own are for
// Multipath TCP, which cannot be shared.
func listen(address string) (net.Listener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	return config.Listen(context.Background(), "tcp4", address)
}

func ask(dial func(context.Context, string, string) (net.Conn, error), port int) (string, error) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dial}}
	response, err := client.Get("http://127.0.0.1:" + strconv.Itoa(port))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// TestHandover has a port change hands while it is asked all the time. Nobody
// may be refused, and nobody may get to the new program before it is its turn.
func TestHandover(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0"} {
		t.Run(address, func(t *testing.T) { handOver(t, address) })
	}
}

func handOver(t *testing.T, address string) {
	listener, err := listen(address)
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	old := serve(t, listener, "old")
	if err := CanHandOver(port, os.Getuid()); err != nil {
		t.Error(err)
	}
	if isOpen := strings.HasPrefix(address, "0.0.0.0"); IsOpen(port) != isOpen {
		t.Errorf("open to others: %t", !isOpen)
	}
	h, err := NewHandover(port, os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var stop atomic.Bool
	var visitors sync.WaitGroup
	var turn atomic.Bool
	for range 4 {
		visitors.Go(func() {
			for !stop.Load() {
				got, err := ask(nil, port)
				if err != nil || got == "new" && !turn.Load() && !h.isOpen {
					t.Errorf("a visitor got %q: %v", got, err)
					return
				}
			}
		})
	}
	next, err := shared(port)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, next, "new")
	for range 10 {
		if got, err := ask(h.Dial, port); got != "new" || err != nil {
			t.Errorf("the trial got %q: %v", got, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	turn.Store(true)
	if err := h.ToNew(); err != nil {
		t.Error(err)
	}
	for range 20 {
		if got, err := ask(nil, port); got != "new" || err != nil {
			t.Errorf("after its turn: %q: %v", got, err)
		}
	}
	if err := h.Settle(context.Background()); err != nil {
		t.Error(err)
	}
	if err := old.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	for range 20 {
		if got, err := ask(nil, port); got != "new" || err != nil {
			t.Errorf("at the end: %q: %v", got, err)
		}
	}
	stop.Store(true)
	visitors.Wait()
}

// TestHandoverGoesBack: the new program fails, and visitors do not notice.
func TestHandoverGoesBack(t *testing.T) {
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	serve(t, listener, "old")
	h, err := NewHandover(port, os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	next, err := shared(port)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.ToOld(); err != nil {
		t.Error(err)
	}
	next.Close()
	h.Close()
	for range 50 {
		if got, err := ask(nil, port); got != "old" || err != nil {
			t.Errorf("%q: %v", got, err)
		}
	}
}

func TestNoHandover(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := CanHandOver(1, os.Getuid()); !errors.Is(err, ErrNoHandover) {
		t.Errorf("nobody listens: %v", err)
	}
	for name, try := range map[string]func() (*Handover, error){
		"nobody listens":  func() (*Handover, error) { return NewHandover(1, os.Getuid()) },
		"another address": func() (*Handover, error) { return NewHandover(listener.Addr().(*net.TCPAddr).Port, os.Getuid()) },
		"another user's":  func() (*Handover, error) { return NewHandover(listener.Addr().(*net.TCPAddr).Port, os.Getuid()+1) },
	} {
		if _, err := try(); !errors.Is(err, ErrNoHandover) || !strings.Contains(err.Error(), "the port cannot be handed over") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
