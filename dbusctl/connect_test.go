package dbusctl

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestConnectWithoutManager(t *testing.T) {
	d := fakeRuntime(t)
	_, err := d.Connect(shortly(t), os.Getuid())
	if !errors.Is(err, ErrNoManager) || !strings.Contains(err.Error(), d.own("systemd", "private")) {
		t.Errorf("without a socket: %v", err)
	}
	d.RuntimeDir += "/missing"
	_, err = d.Connect(shortly(t), os.Getuid())
	if !errors.Is(err, ErrNoManager) || !strings.Contains(err.Error(), d.own()) {
		t.Errorf("without a runtime directory: %v", err)
	}
}

func TestConnectRefusesOthers(t *testing.T) {
	d := fakeRuntime(t)
	serve(t, d.own("systemd", "private"))
	other := Dialer{RuntimeDir: d.RuntimeDir}
	if err := os.Rename(d.own(), d.RuntimeDir+"/4294960000"); err != nil {
		t.Fatal(err)
	}
	_, err := other.Connect(shortly(t), 4294960000)
	if err == nil || !strings.Contains(err.Error(), "belongs to "+userName(os.Getuid())) {
		t.Errorf("a directory of another user: %v", err)
	}
	if err := os.Symlink(d.RuntimeDir+"/4294960000", d.own()); err != nil {
		t.Fatal(err)
	}
	_, err = d.Connect(shortly(t), os.Getuid())
	if err == nil || !strings.Contains(err.Error(), "is a symbolic link") {
		t.Errorf("a link to another directory: %v", err)
	}
}

func TestConnectRefusesAnotherOwnersSocket(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a socket away")
	}
	d := fakeRuntime(t)
	serve(t, d.own("systemd", "private"))
	serve(t, d.own("bus"))
	if err := os.Chown(d.own("systemd", "private"), 4242, 4242); err != nil {
		t.Fatal(err)
	}
	_, err := d.Connect(shortly(t), os.Getuid())
	if err == nil || !strings.Contains(err.Error(), "private belongs to uid 4242") {
		t.Errorf("a socket of another user: %v", err)
	}
}

func TestConnectStaleSocket(t *testing.T) {
	d := fakeRuntime(t)
	stale(t, d.own("systemd", "private"))
	_, err := d.Connect(shortly(t), os.Getuid())
	if !errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, ErrNoManager) ||
		!strings.Contains(err.Error(), "nothing listens on") {
		t.Errorf("a stale socket: %v", err)
	}

	f := serve(t, d.own("bus"))
	m, err := d.Connect(shortly(t), os.Getuid())
	if err != nil {
		t.Fatalf("a stale private socket beside a bus: %v", err)
	}
	defer m.Close()
	if err := m.Start(shortly(t), "web.service"); err != nil {
		t.Error(err)
	}
	asked := strings.Join(f.asked(), "\n")
	for _, want := range []string{"Hello", "member='JobRemoved'", "Subscribe", "StartUnit web.service replace"} {
		if !strings.Contains(asked, want) {
			t.Errorf("the bus was not asked for %s, only for\n%s", want, asked)
		}
	}
}

func TestConnectPrivateNeedsNoHello(t *testing.T) {
	f, m := connected(t)
	if err := m.Start(shortly(t), "web.service"); err != nil {
		t.Error(err)
	}
	for _, call := range f.asked() {
		if call == "Hello" || call == "Subscribe" {
			t.Errorf("asked the private socket for %s", call)
		}
	}
}

func TestConnectToSomethingThatIsSilent(t *testing.T) {
	d := fakeRuntime(t)
	listener, err := net.Listen("unix", d.own("systemd", "private"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.Connect(ctx, os.Getuid()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a socket that never answers: %v", err)
	}
}

// stale leaves a socket behind on which nothing listens.
func stale(t *testing.T, socket string) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	listener.Close()
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]int{
		"252.30-1~deb12u2":  252,
		"239 (239-82.el8)":  239,
		"257.9-1~deb13u1":   257,
		"v256~rc1":          256,
		"systemd 247 (247)": 247,
		"254":               254,
	} {
		if got, err := parseVersion(text); got != want || err != nil {
			t.Errorf("parseVersion(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "unknown", "-3", "0"} {
		if got, err := parseVersion(text); err == nil {
			t.Errorf("parseVersion(%q) = %d; want an error", text, got)
		}
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	d := fakeRuntime(t)
	serve(t, d.own("systemd", "private"))
	before := runtime.NumGoroutine()
	for range 20 {
		m, err := d.Connect(shortly(t), os.Getuid())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Start(shortly(t), "web.service"); err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	for range 200 { // the contexts of shortly and the fake's connections end in a moment
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
