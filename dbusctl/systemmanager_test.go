package dbusctl

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeSystem is a Dialer for the machine's own manager. Its sockets belong to
// this test's user, which has to be root.
func fakeSystem(t *testing.T) Dialer {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can make a socket of root's")
	}
	d := fakeRuntime(t)
	d.SystemPrivate = filepath.Join(d.RuntimeDir, "private")
	return d
}

func TestConnectSystemManagerThroughItsPrivateSocket(t *testing.T) {
	d := fakeSystem(t)
	f := serve(t, d.SystemPrivate)
	f.end("bad.service", "failed")
	m, err := d.ConnectSystemManager(shortly(t))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Start(shortly(t), "web.service"); err != nil {
		t.Error(err)
	}
	var failed *JobError
	if err := m.Start(shortly(t), "bad.service"); !errors.As(err, &failed) || failed.Result != "failed" {
		t.Errorf("got %v", err)
	}
	if asked := strings.Join(f.asked(), "\n"); strings.Contains(asked, "Hello") {
		t.Errorf("asked the private socket\n%s", asked)
	}
}

func TestConnectSystemManagerThroughTheBus(t *testing.T) {
	d := fakeSystem(t)
	stale(t, d.SystemPrivate)
	f := serve(t, d.SystemBus)
	m, err := d.ConnectSystemManager(shortly(t))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Start(shortly(t), "web.service"); err != nil {
		t.Error(err)
	}
	if asked := strings.Join(f.asked(), "\n"); !strings.Contains(asked, "Hello") || !strings.Contains(asked, "Subscribe") {
		t.Errorf("asked the bus\n%s", asked)
	}
}

func TestConnectSystemManagerRefuses(t *testing.T) {
	d := fakeSystem(t)
	if _, err := d.ConnectSystemManager(shortly(t)); !errors.Is(err, ErrNoSystemBus) {
		t.Errorf("with neither socket: %v", err)
	}
	listener, err := net.Listen("unix", d.SystemPrivate)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := os.Chown(d.SystemPrivate, 4242, 4242); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ConnectSystemManager(shortly(t)); err == nil || !strings.Contains(err.Error(), "belongs to uid 4242") {
		t.Errorf("with somebody else's socket: %v", err)
	}
}
