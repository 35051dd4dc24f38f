//go:build machine

// Package e2e tries ecounit as its users do: on booted hosts, through the
// command line, with real apps. It must not import any package of ecounit
// itself other than those for tests.
package e2e

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// host is a booted machine with ecounit installed.
type host struct {
	*machine.Machine
	t *testing.T
}

// user is somebody on the host who has apps.
type user struct {
	machine.User
	host *host
	name string
}

func newHost(t *testing.T, suite machine.Suite) *host {
	t.Helper()
	h := &host{machine.New(t, suite), t}
	h.must(h.CopyIn(t.Context(), binary(t), "/usr/bin/ecounit", "root", 0o755))
	return h
}

// binary builds the command once for all tests of the run; the build cache
// makes the other times cheap.
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

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) user(name string) *user {
	h.t.Helper()
	h.must(h.AddUser(h.t.Context(), name))
	return &user{h.As(name), h, name}
}

// root runs a command as root and returns what it printed.
func (h *host) root(argv ...string) string {
	h.t.Helper()
	r, err := h.Exec(h.t.Context(), argv...)
	h.must(err)
	if r.Code != 0 {
		h.t.Fatalf("%s: exit %d\n%s%s", strings.Join(argv, " "), r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// app puts an example into the user's home.
func (u *user) app(example string) string {
	u.host.t.Helper()
	dir := filepath.Join("/home", u.name, example)
	u.host.must(u.host.CopyDir(u.host.t.Context(), filepath.Join("..", "..", "examples", example), dir, u.name))
	return dir
}

// write puts a file into the user's home.
func (u *user) write(path, content string) {
	u.host.t.Helper()
	u.host.must(u.host.WriteFile(u.host.t.Context(), path, []byte(content), u.name, 0o644))
}

// run runs ecounit and returns how it went.
func (u *user) run(words ...string) machine.Result {
	u.host.t.Helper()
	r, err := u.Exec(context.WithoutCancel(u.host.t.Context()), append([]string{"ecounit"}, words...)...)
	u.host.must(err)
	return r
}

// ok runs ecounit, which must succeed, and returns all that it said.
func (u *user) ok(words ...string) string {
	u.host.t.Helper()
	r := u.run(words...)
	if r.Code != 0 {
		u.host.t.Fatalf("ecounit %s: exit %d\n%s%s", strings.Join(words, " "), r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout + r.Stderr
}

// fails runs ecounit, which must exit with the code and say each of the texts.
func (u *user) fails(code int, words []string, texts ...string) {
	u.host.t.Helper()
	r := u.run(words...)
	if r.Code != code {
		u.host.t.Fatalf("ecounit %s: exit %d, want %d\n%s%s", strings.Join(words, " "), r.Code, code, r.Stdout, r.Stderr)
	}
	u.host.contains(r.Stdout+r.Stderr, texts...)
}

// sh runs a shell command as the user, which must succeed.
func (u *user) sh(script string) string {
	u.host.t.Helper()
	r, err := u.WithManager().Exec(u.host.t.Context(), "sh", "-c", script)
	u.host.must(err)
	if r.Code != 0 {
		u.host.t.Fatalf("%s: exit %d\n%s%s", script, r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

func (h *host) contains(got string, wants ...string) {
	h.t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			h.t.Fatalf("%q is missing in:\n%s", want, got)
		}
	}
}
