//go:build machine

package postgres

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// TestMachine makes every call of this package in real machines, as users, and
// looks at what came of it with psql.
func TestMachine(t *testing.T) {
	program := compile(t)
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite, program)
			h.run("nobody home", (*host).testNoServer)
			h.root("systemctl", "start", "postgresql")
			h.run("find", (*host).testFind)
			h.run("ensure", (*host).testEnsure)
			h.run("taken", (*host).testTaken)
			h.run("undo", (*host).testUndo)
			h.run("two at once", (*host).testTwoAtOnce)
			h.run("isolation", (*host).testIsolation)
			h.run("names", (*host).testNames)
			h.run("killed", (*host).testKilled)
			h.run("access", (*host).testAccess)
			h.run("errors", (*host).testErrors)
			h.run("dump", (*host).testDump)
			h.run("drop", (*host).testDrop)
			h.run("passwords", (*host).testPasswords)
			h.run("wait", (*host).testWait)
			h.run("boot", (*host).testBoot)
		})
	}
}

// compile builds these tests without cgo, to run with any C library.
func compile(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "postgres.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags", "machine", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// host is a machine with Postgres and the users alice, bob and carol.
type host struct {
	*testing.T
	*machine.Machine
}

func newHost(t *testing.T, suite machine.Suite, program string) *host {
	t.Helper()
	h := &host{t, machine.NewWith(t, machine.Options{Suite: suite, BindRO: map[string]string{filepath.Dir(program): "/opt/postgres"}})}
	for _, name := range []string{"alice", "bob", "carol"} {
		if err := h.AddUser(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *host) run(name string, test func(*host)) {
	h.T.Run(name, func(t *testing.T) { test(&host{t, h.Machine}) })
}

// root runs a command that has to succeed, and returns what it printed.
func (h *host) root(argv ...string) string {
	h.Helper()
	out, err := h.As("root").Output(h.T.Context(), argv...)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// sql runs statements as a superuser, one transaction each.
func (h *host) sql(database string, statements ...string) string {
	h.Helper()
	argv := []string{"/usr/bin/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", conninfo("dbname", database)}
	for _, statement := range statements {
		argv = append(argv, "-c", statement)
	}
	out, err := h.As("postgres").Output(h.T.Context(), argv...)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// psql runs a statement as a user, and returns what it printed and whether it
// worked.
func (h *host) psql(user, database, statement string) (string, bool) {
	h.Helper()
	result, err := h.As(user).Exec(h.T.Context(), "/usr/bin/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", conninfo("dbname", database), "-c", statement)
	if err != nil {
		h.Fatal(err)
	}
	return strings.TrimSpace(result.Stdout + result.Stderr), result.Code == 0
}

// start begins an order as a user.
func (h *host) start(user string, o order) *machine.Process {
	h.Helper()
	if o.User == "" {
		o.User = user
	}
	text, err := json.Marshal(o)
	if err != nil {
		h.Fatal(err)
	}
	p, err := h.As(user).Env(orderVariable+"="+string(text)).Start(h.T.Context(), "/opt/postgres/postgres.test")
	if err != nil {
		h.Fatal(err)
	}
	return p
}

// result waits for an order; killed says that the process killed itself.
func (h *host) result(p *machine.Process) (out outcome, killed bool) {
	h.Helper()
	result, err := p.Wait()
	if err != nil {
		h.Fatal(err)
	}
	if result.Code == 128+9 {
		return outcome{}, true
	}
	if err := json.Unmarshal([]byte(result.Stdout), &out); err != nil || result.Code != 0 {
		h.Fatalf("status %d: %s%s", result.Code, result.Stdout, result.Stderr)
	}
	return out, false
}

// do carries out an order as a user.
func (h *host) do(user string, o order) outcome {
	h.Helper()
	out, killed := h.result(h.start(user, o))
	if killed {
		h.Fatalf("%+v was killed", o)
	}
	return out
}

// must is do for what has to succeed.
func (h *host) must(user string, o order) outcome {
	h.Helper()
	out := h.do(user, o)
	if out.Message != "" {
		h.Fatalf("%s as %s: %s (%s)", o.Do, user, out.Message, out.Kind)
	}
	return out
}

// fails is do for what has to fail in that way; the words must be in the
// message or the hint.
func (h *host) fails(user string, o order, kind Kind, words ...string) outcome {
	h.Helper()
	out := h.do(user, o)
	if out.Kind != kind {
		h.Errorf("%s as %s: %q (%s), want %s", o.Do, user, out.Message, out.Kind, kind)
	}
	for _, word := range words {
		if !strings.Contains(out.Message+"\n"+out.Hint, word) {
			h.Errorf("%s as %s: %q has no %q", o.Do, user, out.Message+"\n"+out.Hint, word)
		}
	}
	h.Logf("%s: %s\n    hint: %s", o.Do, out.Message, out.Hint)
	return out
}

// equal compares what psql printed.
func (h *host) equal(what, got, want string) {
	h.Helper()
	if got != want {
		h.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// forUser is what the host's administrator makes for a user.
func forUser(user, database string) order {
	return order{Do: "ensure for", Request: Request{Role: user, Database: database, RoleConnections: 20}}
}
