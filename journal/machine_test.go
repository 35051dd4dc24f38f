//go:build machine

package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

func TestMachine(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			h.persistent()
			h.tail()
			h.follow()
			h.volatile()
		})
	}
}

func (h host) persistent() {
	all := func(units ...string) Query { return Query{Units: units, Lines: -1} }
	h.unit("bob", "hello.service", `echo one; printf 'two\377\n'; sleep 0.1; echo three >&2; exit 3`)
	h.unit("bob", "work@1.service", "echo first")
	h.unit("bob", "work@2.service", "echo second")
	h.unit("carol", "hello.service", "echo hers")
	time.Sleep(500 * time.Millisecond)

	h.want("bob", h.printed("bob", all("hello.service")), "hello.service:one hello.service:two\ufffd hello.service:three")
	h.want("carol", h.printed("carol", all("hello.service")), "hello.service:hers")
	for _, since := range []string{"", "-1h", "1 hour ago", At(time.Now().Add(-time.Hour))} {
		q := Query{Units: []string{"hello.service"}, Lines: 4, Since: since}
		h.want("last lines since "+since, h.printed("bob", q), "hello.service:three")
	}
	h.want("future", h.printed("bob", Query{Units: []string{"hello.service"}, Lines: 5, Since: At(time.Now().Add(time.Hour))}), "")
	h.want("never run", h.printed("bob", all("never.service")), "")
	h.want("no journal yet", h.printed("dave", all("hello.service")), "")
	for _, q := range []Query{all("work@*.service"), all("work@1.service", "work@2.service")} {
		both := h.printed("bob", q)
		if !strings.Contains(both, "first") || !strings.Contains(both, "second") {
			h.t.Errorf("instances: got %q", both)
		}
	}

	entries, _ := h.ask("bob", request{Do: "read", Query: all("hello.service")})
	manager, invocation := 0, ""
	for _, e := range entries {
		if e.Manager {
			manager++
			invocation = e.InvocationID
		}
		if e.Unit != "hello.service" || time.Since(e.Time) > time.Hour || e.PID == 0 {
			h.t.Errorf("bad entry: %+v", e)
		}
	}
	if manager < 3 || len(invocation) != 32 {
		h.t.Errorf("%d of the entries are systemd's, of %q: %+v", manager, invocation, entries)
	}
	h.unit("bob", "hello.service", "echo again; sleep 0.1") // systemd-run made the failed one stay
	h.root("runuser", "-u", "bob", "--", "env", "XDG_RUNTIME_DIR=/run/user/1000", "systemctl", "--user", "reset-failed")
	h.unit("bob", "hello.service", "echo again; sleep 0.1")
	h.want("one run", h.printed("bob", Query{Units: []string{"hello.service"}, Lines: -1, Invocation: invocation}),
		"hello.service:one hello.service:two\ufffd hello.service:three")

	_, a := h.ask("bob", request{Do: "read", Query: Query{Units: []string{"hello.service"}, Since: "bla"}})
	h.want("bad time", a.Error, `cannot read the journal: "bla" is not a time`)
	h.reason("bob", "")
	h.reason("carol", "")
	h.reason("dave", "")
	h.reason("sysuser", SystemUser)
	if h.Suite == machine.Trixie {
		h.reason("aduser", SystemUser)
	} else {
		h.reason("aduser", "")
	}
}

// tail asks right after a process died, many times.
func (h host) tail() {
	for _, kind := range []struct{ name, script string }{
		{"short", "echo boom >&2; exit 1"},
		{"long", "seq 200; echo boom >&2; exit 1"},
		{"python", "exec python3 -c 'print(\"x\", flush=True); raise SystemExit(\"boom\")'"},
	} {
		const rounds = 15
		lost, slowest := 0, time.Duration(0)
		for i := range rounds {
			unit := fmt.Sprintf("%s%d.service", kind.name, i)
			entries, a := h.ask("bob", request{
				Do:    "tail",
				Query: Query{Units: []string{unit}, Lines: 5},
				Run:   append(systemdRun(unit), "sh", "-c", kind.script),
			})
			if len(entries) == 0 || entries[len(entries)-1].Message != "boom" {
				lost++
				h.t.Logf("%s: %+v %+v", unit, entries, a)
			}
			slowest = max(slowest, a.Took)
		}
		h.t.Logf("%s: the last line lost %d times in %d, at most %s", kind.name, lost, rounds, slowest)
		if lost > 0 {
			h.t.Errorf("%s: the last line lost %d times in %d", kind.name, lost, rounds)
		}
	}
	entries, a := h.ask("bob", request{Do: "tail", Query: Query{Units: []string{"gone.service"}, Lines: 5},
		Run: append(systemdRun("gone.service"), "-p", "WorkingDirectory=/nonexistent", "true")})
	if len(entries) == 0 || !strings.Contains(entries[0].Message+entries[len(entries)-1].Message, "directory") {
		h.t.Errorf("a unit that prints nothing: %+v %+v", entries, a)
	}
}

func (h host) follow() {
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	text, _ := json.Marshal(request{Do: "read", Query: Query{Units: []string{"live.service"}, Follow: true}})
	in, out := io.Pipe()
	reader, err := h.As("bob").WithManager().Env("ECOUNIT_JOURNAL="+string(text)).Stdout(out, nil).Start(ctx, binary)
	if err != nil {
		h.t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	time.Sleep(300 * time.Millisecond)
	begin := time.Now()
	go h.unit("bob", "live.service", "sleep 0.2; echo tick; sleep 1")
	for line := range lines {
		if strings.Contains(line, `"tick"`) {
			h.t.Logf("a line came after %s, 0.2 s of them asleep", time.Since(begin))
			break
		}
	}
	if ctx.Err() != nil {
		h.t.Error("no line came")
	}
	// Killed, the reader cannot end its journalctl, which has to notice.
	_ = reader.Signal(os.Kill)
	go func() { _, _ = io.Copy(io.Discard, in) }()
	for range 50 {
		left, err := h.Exec(ctx, "pgrep", "-u", "bob", "journalctl")
		if err != nil {
			h.t.Fatal(err)
		}
		if left.Code == 1 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.t.Error("journalctl still runs")
}

// volatile takes the stored journal away, and gives it back as the hint says.
func (h host) volatile() {
	h.root("rm", "-rf", "/var/log/journal")
	if err := h.Reboot(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	for _, user := range []string{"bob", "carol"} {
		if err := h.Linger(h.t.Context(), user); err != nil {
			h.t.Fatal(err)
		}
		h.unit(user, "fresh.service", "echo fresh; sleep 0.2")
	}
	fresh := Query{Units: []string{"fresh.service"}, Lines: -1}
	closed := h.reason("bob", Volatile)
	_, a := h.ask("bob", request{Do: "read", Query: fresh})
	h.want("bob reads", string(a.Reason), string(Volatile))
	h.reason("dave", Volatile)
	h.reason("carol", "")
	h.want("carol", h.printed("carol", fresh), "fresh.service:fresh")

	_, cure, _ := strings.Cut(closed.Hint, "types: ")
	h.root("sh", "-c", cure)
	h.unit("bob", "cured.service", "echo cured; sleep 0.2")
	for range 50 {
		if h.printed("bob", Query{Units: []string{"cured.service"}, Lines: -1}) != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.want("bob", h.printed("bob", Query{Units: []string{"cured.service"}, Lines: -1}), "cured.service:cured")
	h.want("carol", h.printed("carol", fresh), "fresh.service:fresh")
	h.reason("bob", "")

	h.root("sh", "-c", `mkdir -p /etc/systemd/journald.conf.d; printf '[Journal]\nStorage=none\n' > /etc/systemd/journald.conf.d/none.conf; rm -rf /var/log/journal`)
	if err := h.Reboot(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.reason("bob", NotKept)
}
