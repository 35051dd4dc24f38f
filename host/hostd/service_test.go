package hostd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/accounts"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/audit"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/policyfile"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/registry"
	"ecounit/host/policy"
)

// fakeIdentity knows callers by the names of their connections, and decides
// like polkit.
type fakeIdentity struct {
	uids    map[string]int
	decide  func(action string, details map[string]string) (bus.Decision, error)
	decided []string
}

func (f *fakeIdentity) UID(_ context.Context, sender string) (int, error) {
	uid, known := f.uids[sender]
	if !known {
		return 0, errors.New("cannot find out who calls")
	}
	return uid, nil
}

func (f *fakeIdentity) Authorize(_ context.Context, sender, action string, details map[string]string, _ bool) (bus.Decision, error) {
	f.decided = append(f.decided, sender+" "+action)
	return f.decide(action, details)
}

func (f *fakeIdentity) HasPolkit(context.Context) bool { return true }

func yes(string, map[string]string) (bus.Decision, error) { return bus.Decision{Allowed: true}, nil }

// testService is a service without Apache, for alice (1000), bob (1001) and
// root, with a policy.
type testService struct {
	*service
	identity *fakeIdentity
	journal  *net.UnixConn
	said     *bytes.Buffer
}

const directory = `#!/bin/sh
case "$1 $3" in
"passwd 1000"|"passwd alice") echo "alice:x:1000:100::/:/bin/sh";;
"passwd 1001"|"passwd Bob@CAMPUS") echo "Bob@CAMPUS:x:1001:100::/:/bin/sh";;
"passwd postgres") echo "postgres:x:110:110::/:/bin/sh";;
"passwd 1003") echo "the server is down" >&2; exit 1;;
"passwd 0"|"passwd root") echo "root:x:0:0::/:/bin/sh";;
"group users") echo "users:x:100:";;
"group staff") echo "staff:x:50:";;
"initgroups alice") echo "alice 27";;
*) exit 2;;
esac
`

func newTestService(t *testing.T, rules string) testService {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	store := host.Store{Dir: filepath.Join(dir, "state")}
	for _, folder := range []string{store.Dir, store.Sites(), store.Grants()} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	records, err := registry.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "journal")
	journal, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	identity := &fakeIdentity{uids: map[string]int{":root": 0, ":alice": 1000, ":bob": 1001, ":ghost": 1002, ":lost": 1003}, decide: yes}
	var said bytes.Buffer
	s := &service{
		store: store, rules: policyfile.New(write("host.toml", rules, 0o644)), registry: records,
		accounts: accounts.Directory{Getent: write("getent", directory, 0o755)}, bus: identity,
		databaseGate: admission.New(databaseCalls, time.Now),
		gate:         admission.New(admission.Default, time.Now), refusals: admission.New(refusalNotes, time.Now),
		audit: log, log: &said,
	}
	t.Cleanup(func() { records.Close(); log.Close(); journal.Close() })
	return testService{s, identity, journal, &said}
}

// The log says the same of the same publication, whatever order a map has.
func TestPublishedIsToldInOrder(t *testing.T) {
	s := newTestService(t, "")
	who := registry.Caller{UID: 1000, Account: "alice", Label: "alice"}
	result := publish.Result{Sites: map[string]publish.Outcome{}}
	var want []string
	for i := range 9 {
		app := fmt.Sprintf("tasks%d", i)
		request := host.Request{App: app, Path: "/alice_" + app, Prefix: "keep", Timeout: 300}
		if _, _, err := s.registry.Claim(t.Context(), who, request, registry.Terms{Policy: policy.Default()}); err != nil {
			t.Fatal(err)
		}
		result.Sites["alice_"+app] = publish.Outcome{Problem: "refused"}
		want = append(want, "alice_"+app)
	}
	if err := os.RemoveAll(s.store.Sites()); err != nil {
		t.Fatal(err)
	}
	s.published(result, nil)
	if got := regexp.MustCompile(`alice_tasks\d`).FindAllString(s.said.String(), -1); !slices.Equal(slices.Compact(got), want) {
		t.Errorf("the log has %q:\n%s", got, s.said)
	}
}

// refuses calls a method, which has to be refused.
func (s testService) refuses(t *testing.T, sender, method string, kind host.Kind, text string, args ...any) {
	t.Helper()
	_, err := s.handle(t.Context(), bus.Call{Sender: sender, Method: method, Args: args})
	var refused *host.Error
	if !errors.As(err, &refused) || refused.Kind != kind || !strings.Contains(refused.Message, text) {
		t.Errorf("%s of %s: got %v, want %s: …%s…", method, sender, err, kind, text)
	}
}

// args are the arguments of an ordinary call of each method, as they come from
// the bus.
var args = map[string][]any{
	"Prepare":         nil,
	"Publish":         {requestFor("tasks", "/alice_tasks")},
	"Withdraw":        {"tasks", false},
	"SetPassword":     {"tasks", "carol", ""},
	"PasswordNames":   {"tasks"},
	"Approve":         {"alice_tasks"},
	"Reject":          {"alice_tasks", "no"},
	"Evict":           {"alice_tasks"},
	"Grant":           {"alice", "/wiki", true},
	"MakeDatabase":    {"alice_tasks"},
	"UnmakeDatabase":  {"alice_tasks", uint32(1), uint32(2)},
	"Databases":       {"alice"},
	"RevokeDatabases": {"alice", false},
	"LimitDatabases":  {"alice", uint32(5)},
	"Reconcile":       nil,
	"Check":           nil,
}

func requestFor(app, path string) []any {
	return []any{app, path, uint16(0), "keep", true, uint32(300), []string{}, "", false, uint64(0), uint16(0)}
}
