//go:build machine

// Package e2e tries ecounit as its users do: on booted hosts, through the
// command line, with real apps. It must not import any package of ecounit
// itself other than those for tests.
package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// host is a booted machine with ecounit installed.
type host struct {
	*scene.Host
	t *testing.T
}

// user is somebody on the host who has apps.
type user struct {
	*scene.User
	host *host
	name string
}

func newHost(t *testing.T, suite machine.Suite) *host {
	t.Helper()
	return &host{scene.New(t, suite), t}
}

// in is the same host for a subtest.
func (h *host) in(t *testing.T) *host { return &host{h.Host.In(t), t} }

// in is the same user for a subtest.
func (u *user) in(t *testing.T) *user { return u.host.in(t).account(u.name) }

// user makes an account.
func (h *host) user(name string) *user {
	h.t.Helper()
	h.Must(h.AddUser(h.t.Context(), name))
	return h.account(name)
}

// account is somebody whom the host knows already.
func (h *host) account(name string) *user {
	return &user{&scene.User{User: h.As(name), Host: h.Host, Name: name}, h, name}
}

// root runs a command as root and returns what it printed.
func (h *host) root(argv ...string) string {
	h.t.Helper()
	r, err := h.Exec(h.t.Context(), argv...)
	h.Must(err)
	if r.Code != 0 {
		h.t.Fatalf("%s: exit %d\n%s%s", strings.Join(argv, " "), r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// app puts an example into the user's home.
func (u *user) app(example string) string {
	u.host.t.Helper()
	dir := filepath.Join("/home", u.name, example)
	u.host.Must(u.host.CopyDir(u.host.t.Context(), filepath.Join("..", "..", "examples", example), dir, u.name))
	return dir
}
