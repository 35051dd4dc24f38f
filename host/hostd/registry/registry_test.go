package registry

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecounit/host"
	"ecounit/host/hostd/disk"
	"ecounit/host/hostd/disk/disktest"
	"ecounit/host/policy"
)

var (
	alice = Caller{UID: 1001, Account: "alice", Label: "alice"}
	bob   = Caller{UID: 1002, Account: "bob", Label: "bob"}
)

// directory is who exists. A name that begins with ! is an error.
type directory map[int]string

func (d directory) ByUID(_ context.Context, uid int) (string, bool, error) {
	account, exists := d[uid]
	if strings.HasPrefix(account, "!") {
		return "", false, errors.New(account[1:])
	}
	return account, exists, nil
}

// bench is a registry in a folder of its own.
type bench struct {
	*testing.T
	*Registry
	store host.Store
	terms Terms
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, store: host.Store{Dir: t.TempDir()}}
	passwords := b.store.Passwords()
	if err := errors.Join(os.Mkdir(passwords, 0o750), os.Chmod(passwords, 0o750|os.ModeSetgid)); err != nil {
		t.Fatal(err)
	}
	rules := policy.Default()
	rules.Auth = []string{"basic", "ease"}
	b.terms = Terms{
		Policy: rules, Accounts: directory{1001: "alice", 1002: "bob"},
		HasLogin: func(name string) bool { return name == "ease" },
	}
	b.reopen(disktest.Fast{})
	return b
}

func (b *bench) reopen(system disk.System) {
	b.Helper()
	if b.Registry != nil {
		b.Close()
	}
	r, err := open(b.store, os.Geteuid(), system)
	if err != nil {
		b.Fatal(err)
	}
	b.Registry = r
	b.Cleanup(func() { r.Close() })
}

// request is for an app at a path, on a socket.
func request(app, path string) host.Request {
	return host.Request{App: app, Path: path, Prefix: "keep", Timeout: 300}
}

// tasks is alice's app on a port.
func tasks(change func(*host.Request)) host.Request {
	r := request("tasks", "/alice_tasks")
	r.Port = uint16(policy.Default().FirstPort)
	if change != nil {
		change(&r)
	}
	return r
}

func (b *bench) claim(caller Caller, request host.Request) (host.Record, bool) {
	b.Helper()
	record, changed, err := b.Claim(b.Context(), caller, request, b.terms)
	if err != nil {
		b.Fatal(err)
	}
	return record, changed
}

// state claims and expects a state.
func (b *bench) state(caller Caller, request host.Request, want host.State) host.Record {
	b.Helper()
	record, _ := b.claim(caller, request)
	if record.State != want {
		b.Errorf("%s is %s, not %s", record.ID(), record.State, want)
	}
	return record
}

// refuse claims and expects a refusal with these words.
func (b *bench) refuse(caller Caller, request host.Request, kind host.Kind, words string) {
	b.Helper()
	before := b.files()
	_, changed, err := b.Claim(b.Context(), caller, request, b.terms)
	b.refused(err, kind, words)
	if changed || !slices.Equal(before, b.files()) {
		b.Error("refused, and something was written")
	}
}

func (b *bench) refused(err error, kind host.Kind, words string) {
	b.Helper()
	var refusal *host.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || !strings.Contains(refusal.Message, words) {
		b.Errorf("error %#v, want %s with %q", err, kind, words)
		return
	}
	if strings.ContainsAny(refusal.Message+refusal.Fix, "\n\r\x00\x1b") {
		b.Errorf("not one line: %q", refusal.Message)
	}
}

// site is the record with an ID.
func (b *bench) site(id string) (host.Record, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, found := b.entries[id]
	return e.Record, found
}

// granted are all grants, sorted by path.
func (b *bench) granted() (grants []host.Grant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, path := range slices.Sorted(maps.Keys(b.grants)) {
		grants = append(grants, b.grants[path])
	}
	return grants
}

// files are the names of everything in the store, with the time of the last
// change.
func (b *bench) files() []string {
	b.Helper()
	var files []string
	err := filepath.Walk(b.store.Dir, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			files = append(files, path+" "+info.ModTime().String())
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) ids() string {
	var ids []string
	for _, record := range b.Sites() {
		ids = append(ids, record.ID())
	}
	return strings.Join(ids, " ")
}
