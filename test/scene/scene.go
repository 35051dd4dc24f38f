// Package scene is what tests say of a booted host: somebody with an account
// runs ecounit, and this is what has to come of it. It must not know any part
// of ecounit, which is used through its command line alone.
package scene

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// Host is a booted machine with ecounit installed.
type Host struct {
	*machine.Machine
	T *testing.T
}

// User is somebody on the host who has apps.
type User struct {
	machine.User
	Host *Host
	Name string
}

// New boots a host that is gone with the test.
func New(t *testing.T, suite machine.Suite) *Host {
	t.Helper()
	return NewWith(t, machine.Options{Suite: suite})
}

// NewWith is New with further options.
func NewWith(t *testing.T, options machine.Options) *Host {
	t.Helper()
	h := &Host{machine.NewWith(t, options), t}
	h.Must(h.CopyIn(t.Context(), binary(t), "/usr/bin/ecounit", "root", 0o755))
	return h
}

// binary builds the command; the build cache makes the next time cheap.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ecounit")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, "ecounit/cmd/ecounit")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build ecounit: %v\n%s", err, out)
	}
	return path
}

// In is the same host for a subtest.
func (h *Host) In(t *testing.T) *Host { return &Host{h.Machine, t} }

// In is the same user for a subtest.
func (u *User) In(t *testing.T) *User { return &User{u.User, u.Host.In(t), u.Name} }

// Must ends the test on an error.
func (h *Host) Must(err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

// User makes an account.
func (h *Host) User(name string) *User {
	h.T.Helper()
	h.Must(h.AddUser(h.T.Context(), name))
	return &User{h.As(name), h, name}
}

// Root runs a shell command as root, which must succeed, and returns what it
// printed.
func (h *Host) Root(script string) string {
	h.T.Helper()
	r, err := h.Exec(h.T.Context(), "sh", "-c", script)
	h.Must(err)
	return h.succeeded(script, r).Stdout
}

// Contains ends the test when one of the texts is missing.
func (h *Host) Contains(got string, wants ...string) {
	h.T.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			h.T.Fatalf("%q is missing in:\n%s", want, got)
		}
	}
}

// Soon tries until it works, for at most that long.
func (h *Host) Soon(within time.Duration, try func(context.Context) error) {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), within)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			h.T.Fatalf("not within %s: %v", within, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (h *Host) succeeded(what string, r machine.Result) machine.Result {
	h.T.Helper()
	if r.Code != 0 {
		h.T.Fatalf("%s: exit %d\n%s%s", what, r.Code, r.Stdout, r.Stderr)
	}
	return r
}

// Home is the user's home directory.
func (u *User) Home() string { return "/home/" + u.Name }

// Write puts a file into the user's home. The path is absolute or below it.
func (u *User) Write(path, content string) {
	u.Host.T.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(u.Home(), path)
	}
	u.Host.Must(u.Host.WriteFile(u.Host.T.Context(), path, []byte(content), u.Name, 0o644))
}

// Run runs ecounit and returns how it went.
func (u *User) Run(words ...string) machine.Result {
	u.Host.T.Helper()
	r, err := u.Exec(context.WithoutCancel(u.Host.T.Context()), append([]string{"ecounit"}, words...)...)
	u.Host.Must(err)
	return r
}

// OK runs ecounit, which must succeed, and returns all that it said.
func (u *User) OK(words ...string) string {
	u.Host.T.Helper()
	r := u.Host.succeeded("ecounit "+strings.Join(words, " "), u.Run(words...))
	return r.Stdout + r.Stderr
}

// Fails runs ecounit, which must exit with the code and say each of the texts.
func (u *User) Fails(code int, words []string, texts ...string) {
	u.Host.T.Helper()
	r := u.Run(words...)
	if r.Code != code {
		u.Host.T.Fatalf("ecounit %s: exit %d, want %d\n%s%s", strings.Join(words, " "), r.Code, code, r.Stdout, r.Stderr)
	}
	u.Host.Contains(r.Stdout+r.Stderr, texts...)
}

// Sh runs a shell command as the user, which must succeed, and returns what it
// printed. systemctl --user works in it.
func (u *User) Sh(script string) string {
	u.Host.T.Helper()
	r, err := u.WithManager().Exec(u.Host.T.Context(), "sh", "-c", script)
	u.Host.Must(err)
	return u.Host.succeeded(script, r).Stdout
}
