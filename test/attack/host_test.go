//go:build machine

// Package attack attacks ecounit as hostile users of a shared host do, and as
// hostile visitors. Each test is a row of the threat table in docs/security.md.
// It first shows the attack working against what an administrator would have
// set up by hand, or names what already stops it there, and then failing
// against ecounit.
//
// Mallory and Eve are hostile, Alice is not. All three have ordinary accounts.
package attack

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ecounit/test/machine"
)

// host is a booted machine with Apache, ecounit and its host service, within
// one test.
type machineHost struct {
	*machine.Machine
	t                   *testing.T
	web                 server // the machine's own Apache
	alice, mallory, eve *user
}

// user is somebody with an account.
type user struct {
	machine.User
	host *machineHost
	name string
	uid  int
}

// in is the host within a subtest.
func (h *machineHost) in(t *testing.T) *machineHost {
	t.Helper()
	inner := &machineHost{Machine: h.Machine, t: t}
	inner.web = server{inner, h.web.port}
	for _, u := range []struct{ from, to **user }{{&h.alice, &inner.alice}, {&h.mallory, &inner.mallory}, {&h.eve, &inner.eve}} {
		if *u.from != nil {
			*u.to = &user{(*u.from).User, inner, (*u.from).name, (*u.from).uid}
		}
	}
	return inner
}

func (h *machineHost) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// addUser makes an account.
func (h *machineHost) addUser(name string) *user {
	h.t.Helper()
	h.must(h.AddUser(h.t.Context(), name))
	uid, err := strconv.Atoi(strings.TrimSpace(h.root("id", "-u", name)))
	h.must(err)
	return &user{h.As(name), h, name, uid}
}

// root runs a command as root, which must succeed, and returns what it printed.
func (h *machineHost) root(argv ...string) string {
	h.t.Helper()
	r, err := h.Exec(h.t.Context(), argv...)
	h.must(err)
	if r.Code != 0 {
		h.t.Fatalf("%s: exit %d\n%s%s", strings.Join(argv, " "), r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// rootSh runs a shell script as root, which must succeed.
func (h *machineHost) rootSh(script string) string {
	h.t.Helper()
	return h.root("sh", "-ec", script)
}

func (h *machineHost) write(path, content string) {
	h.t.Helper()
	h.must(h.WriteFile(h.t.Context(), path, []byte(content), "root", 0o644))
}

// afterwards runs a script as root when the test ends.
func (h *machineHost) afterwards(script string) {
	h.t.Cleanup(func() {
		if r, err := h.Exec(context.Background(), "sh", "-c", script); err != nil || r.Code != 0 {
			h.t.Errorf("%s: %v %+v", script, err, r)
		}
	})
}

// sh runs a shell script as the user and returns how it went.
func (u *user) sh(script string) machine.Result {
	u.host.t.Helper()
	r, err := u.WithManager().Exec(u.host.t.Context(), "sh", "-c", script)
	u.host.must(err)
	return r
}

// does runs a shell script as the user, which must succeed.
func (u *user) does(script string) string {
	u.host.t.Helper()
	r := u.sh(script)
	if r.Code != 0 {
		u.host.t.Fatalf("%s cannot: %s: exit %d\n%s%s", u.name, script, r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// cannot runs a shell script as the user, which must fail.
func (u *user) cannot(script string) string {
	u.host.t.Helper()
	r := u.sh(script)
	if r.Code == 0 {
		u.host.t.Errorf("%s can: %s\n%s%s", u.name, script, r.Stdout, r.Stderr)
	}
	return r.Stdout + r.Stderr
}

// starts has the user run a command until the test ends, or the function that
// it returns is called, and waits until it has printed "ready".
func (u *user) starts(argv ...string) (stop func()) {
	u.host.t.Helper()
	p, err := u.Start(context.WithoutCancel(u.host.t.Context()), argv...)
	u.host.must(err)
	stop = func() { p.Stop() }
	u.host.t.Cleanup(stop)
	u.host.soon(10*time.Second, func() error {
		select {
		case <-p.Done():
			u.host.t.Fatalf("%s: %q ended: %+v", u.name, argv, p.Stop())
		default:
		}
		if !strings.Contains(p.Output(), "ready") {
			return fmt.Errorf("%q is not ready", argv)
		}
		return nil
	})
	return stop
}

// backend has the user run testdata/backend.py on a port or a socket.
func (u *user) backend(name, address string, mode ...string) (stop func()) {
	u.host.t.Helper()
	return u.starts(append([]string{"python3", "/opt/backend.py", name, address}, mode...)...)
}

// soon tries until there is no error.
func (h *machineHost) soon(within time.Duration, try func() error) {
	h.t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("after %s: %v", within, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (h *machineHost) contains(got string, wants ...string) {
	h.t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			h.t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

var lastPort atomic.Int32

// freePort is a port of the machine that nothing else here uses.
func freePort() int { return 18100 + int(lastPort.Add(1)) }
