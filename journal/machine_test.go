//go:build machine

package journal

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// request is what this test's own binary is asked to do inside a machine, as
// one of its users.
type request struct {
	Do    string // read, tail, explain
	Query Query
	Run   []string // before tail: a command
}

// answer is what it writes, one a line.
type answer struct {
	Entry  *Entry
	Error  string
	Hint   string
	Reason Reason
	Took   time.Duration
}

func TestMain(m *testing.M) {
	text := os.Getenv("ECOUNIT_JOURNAL")
	if text == "" {
		os.Exit(m.Run())
	}
	var r request
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	inside(r, json.NewEncoder(os.Stdout))
}

func inside(r request, out *json.Encoder) {
	var err error
	ctx, begin := context.Background(), time.Now()
	emit := func(e Entry) error { return out.Encode(answer{Entry: &e}) }
	switch r.Do {
	case "read":
		err = Read(ctx, r.Query, emit)
	case "explain":
		err = Explain()
	case "tail":
		_ = exec.Command(r.Run[0], r.Run[1:]...).Run() // it is meant to fail
		since := begin
		begin = time.Now()
		var entries []Entry
		entries, err = Tail(ctx, r.Query.Units[0], since, r.Query.Lines)
		for _, e := range entries {
			_ = emit(e)
		}
	}
	last := answer{Took: time.Since(begin)}
	if err != nil {
		last.Error = err.Error()
		var closed *Unreadable
		if errors.As(err, &closed) {
			last.Hint, last.Reason = closed.Hint(), closed.Reason
		}
	}
	_ = out.Encode(last)
}

// host is a machine with users, whose managers run, and this binary.
type host struct {
	*machine.Machine
	t *testing.T
}

const binary = "/usr/local/bin/journal.test"

func boot(t *testing.T, suite machine.Suite) host {
	t.Helper()
	built := filepath.Join(t.TempDir(), "journal.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags", "machine", "-o", built, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // the suites have different C libraries
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	h := host{machine.New(t, suite), t}
	if err := h.CopyIn(t.Context(), built, binary, "root", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"bob", "carol", "dave"} {
		if err := h.AddUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	h.root("usermod", "-aG", "systemd-journal", "carol")
	h.root("useradd", "-m", "-u", "900", "-s", "/bin/bash", "sysuser")
	h.root("useradd", "-m", "-u", "600000", "-s", "/bin/bash", "aduser")
	for _, user := range []string{"bob", "carol", "sysuser", "aduser"} {
		if err := h.Linger(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h host) root(argv ...string) {
	h.t.Helper()
	if _, err := h.As("root").Output(h.t.Context(), argv...); err != nil {
		h.t.Fatal(err)
	}
}

// unit runs a script as a transient unit of the user and waits for its end.
func (h host) unit(user, name, script string) {
	h.t.Helper()
	argv := append(systemdRun(name), "sh", "-c", script)
	if _, err := h.As(user).WithManager().Exec(h.t.Context(), argv...); err != nil {
		h.t.Fatal(err)
	}
}

func systemdRun(name string) []string {
	identifier, _, _ := strings.Cut(strings.TrimSuffix(name, ".service"), "@")
	return []string{"systemd-run", "--user", "--unit=" + name, "--quiet", "--service-type=oneshot", "-p", "SyslogIdentifier=" + identifier}
}

func (h host) ask(user string, r request) ([]Entry, answer) {
	h.t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		h.t.Fatal(err)
	}
	out, err := h.As(user).WithManager().Env("ECOUNIT_JOURNAL="+string(text)).Output(h.t.Context(), binary)
	if err != nil {
		h.t.Fatal(err)
	}
	var entries []Entry
	var a answer
	for line := range strings.Lines(out) {
		a = answer{}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			h.t.Fatalf("%v: %s", err, line)
		}
		if a.Entry != nil {
			entries = append(entries, *a.Entry)
		}
	}
	return entries, a
}

// printed is what the processes of a unit wrote, as this user reads it.
func (h host) printed(user string, q Query) string {
	h.t.Helper()
	entries, a := h.ask(user, request{Do: "read", Query: q})
	if a.Error != "" {
		h.t.Errorf("%s: %s", user, a.Error)
	}
	var said []string
	for _, e := range entries {
		if !e.Manager {
			said = append(said, e.Unit+":"+e.Message)
		}
	}
	return strings.Join(said, " ")
}

func (h host) want(what, got, want string) {
	h.t.Helper()
	if got != want {
		h.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (h host) reason(user string, want Reason) answer {
	h.t.Helper()
	_, a := h.ask(user, request{Do: "explain"})
	h.want("why "+user+" cannot read ("+a.Error+")", string(a.Reason), string(want))
	return a
}
