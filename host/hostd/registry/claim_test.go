package registry

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/host"
)

func TestClaim(t *testing.T) {
	b := newBench(t)
	first, changed := b.claim(alice, request("tasks", "/alice_tasks"))
	if !changed || first.State != host.Approved || first.Socket != host.Socket(1001, "tasks") || first.Account != "alice" {
		t.Errorf("record: %+v", first)
	}
	files := b.files()
	again, changed := b.claim(alice, request("tasks", "/alice_tasks"))
	if changed || !again.Since.Equal(first.Since) || strings.Join(files, "\n") != strings.Join(b.files(), "\n") {
		t.Errorf("the same request wrote something: %+v", again)
	}
	stored, err := b.store.Site("alice_tasks")
	if err != nil || !stored.Site.Equal(first.Site) || stored.State != host.Approved {
		t.Errorf("on disk: %+v, error %v", stored, err)
	}
	info, err := os.Stat(b.store.SiteFile("alice_tasks"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file: %v, error %v", info, err)
	}
	b.reopen(b.system)
	if got := b.Desired(); len(got) != 1 || !got[0].Equal(first.Site) {
		t.Errorf("after opening again: %+v", got)
	}
}

func TestClaimIsRefused(t *testing.T) {
	b := newBench(t)
	b.claim(bob, request("notes", "/bob_notes"))
	port := tasks(func(r *host.Request) { r.App, r.Path = "x", "/bob_x" })
	b.claim(bob, port)
	_, err := b.Grant("bob", 1002, "/wiki", true, b.terms.Policy)
	b.must(err)
	b.terms.Claims = Claims{
		Config: map[string]string{"/alice_old": "/etc/httpd/conf.d/ssl.conf"},
		ByHand: map[string]string{"/alice_hand": "alice_other", "/alice_mine": "alice_mine"},
	}
	long := strings.Repeat("a", 1<<20)
	with := func(change func(*host.Request)) host.Request { return tasks(change) }
	for name, c := range map[string]struct {
		request host.Request
		kind    host.Kind
		words   string
	}{
		"a path of another's":  {request("tasks", "/bob_notes"), host.Refused, "not one of your own paths"},
		"a reserved path":      {request("tasks", "/server-status"), host.Refused, "the web server itself uses it"},
		"granted to another":   {request("tasks", "/wiki"), host.Refused, "not one of your own paths"},
		"a port of another's":  {tasks(nil), host.Taken, fmt.Sprintf("the port %d is used by bob (app x)", port.Port)},
		"a port out of range":  {with(func(r *host.Request) { r.Port = 1024 }), host.Refused, "ports from"},
		"an administrator's":   {request("old", "/alice_old"), host.Taken, `in "/etc/httpd/conf.d/ssl.conf"`},
		"installed by hand":    {request("tasks", "/alice_hand"), host.Taken, `"alice_other", installed by an administrator`},
		"an unknown login":     {with(func(r *host.Request) { r.Port, r.Auth = 0, "ldap" }), host.Refused, "ldap"},
		"a newline":            {request("tasks", "/alice_x\nListen 81"), host.Invalid, `\n`},
		"an escape":            {request("tasks\x1b[2J", "/alice_x"), host.Invalid, `\x1b`},
		"no UTF-8":             {request("tasks", "/alice_\xff"), host.Invalid, `\xff`},
		"a long app":           {request(long, "/alice_x"), host.Invalid, "longer than 128 bytes"},
		"a long path":          {request("tasks", "/"+long), host.Invalid, "longer than 128 bytes"},
		"no prefix":            {with(func(r *host.Request) { r.Prefix = "" }), host.Invalid, "neither keep nor strip"},
		"no timeout":           {with(func(r *host.Request) { r.Timeout = 0 }), host.Invalid, "timeout"},
		"the longest timeout":  {with(func(r *host.Request) { r.Timeout = 1<<32 - 1 }), host.Invalid, "timeout"},
		"a name as a network":  {with(func(r *host.Request) { r.AllowFrom = []string{"localhost"} }), host.Invalid, "not a network"},
		"many networks":        {with(func(r *host.Request) { r.AllowFrom = make([]string, 1000) }), host.Invalid, "at most"},
		"a long network":       {with(func(r *host.Request) { r.AllowFrom = []string{long} }), host.Invalid, "longer than"},
		"a body limit too big": {with(func(r *host.Request) { r.BodyLimit = 1<<64 - 1 }), host.Invalid, "too large"},
		"too many connections": {with(func(r *host.Request) { r.Connections = 1<<16 - 1 }), host.Invalid, "connections"},
	} {
		t.Run(name, func(t *testing.T) {
			b.T = t
			b.refuse(alice, c.request, c.kind, c.words)
		})
	}
	b.T = t
	b.claim(alice, request("mine", "/alice_mine")) // what was installed by hand for the same site is taken over
	b.terms.Policy.PortsOnly = true
	b.refuse(alice, request("tasks", "/alice_tasks"), host.Refused, "cannot use a socket")
	b.terms.Policy.SitesPerUser = 0
	b.refuse(alice, tasks(nil), host.BadSetup, "mistake")
}

func TestWhoHasIt(t *testing.T) {
	b := newBench(t)
	_, err := b.Grant("bob", 1002, "/alice_wiki", true, b.terms.Policy)
	b.must(err)
	b.refuse(alice, request("wiki", "/alice_wiki"), host.Taken, "/alice_wiki is granted to bob")
	b.claim(bob, request("notes", "/alice_wiki"))
	b.refuse(alice, request("wiki", "/alice_wiki"), host.Taken, "/alice_wiki is published by bob (app notes)")
	_, _, err = b.Withdraw(bob, "notes", false)
	b.must(err)
	b.refuse(alice, request("wiki", "/alice_wiki"), host.Taken, "/alice_wiki is reserved by bob (app notes)")
	b.claim(alice, request("a", "/alice_a"))
	b.refuse(alice, request("b", "/alice_a"), host.Taken, "/alice_a is published by your own app a")
	other := Caller{UID: 1003, Account: "alice@corp", Label: "alice"} // the policy sees to it that this cannot be
	b.refuse(other, request("a", "/alice_x"), host.Taken, "the name alice_a is used by alice (app a)")
}

func TestRulesOfTheHostApply(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.HTTPSOnly, b.terms.Policy.BodyLimit = true, 1000
	for asked, want := range map[uint64]int64{0: 1000, 10: 10, 2000: 1000} {
		record := b.state(alice, tasks(func(r *host.Request) { r.BodyLimit = asked }), host.Approved)
		if record.BodyLimit != want || !record.HTTPSOnly {
			t.Errorf("asked for %d: %+v", asked, record)
		}
	}
	record := b.state(alice, tasks(func(r *host.Request) {
		r.AllowFrom = []string{"192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "10.0.0.0/8"}
	}), host.Approved)
	if got := fmt.Sprint(record.AllowFrom); got != "[10.0.0.0/8 192.0.2.1/32 2001:db8::/32]" {
		t.Errorf("networks: %s", got)
	}
}

func TestQuota(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.SitesPerUser = 2
	b.claim(alice, request("a", "/alice_a"))
	b.claim(alice, request("b", "/alice_b"))
	b.claim(bob, request("a", "/bob_a"))
	_, _, err := b.Withdraw(alice, "a", false)
	b.must(err)
	b.refuse(alice, request("c", "/alice_c"), host.TooMany, "you have 2 sites")
	b.claim(alice, request("b", "/alice_b2"))
	_, _, err = b.Withdraw(alice, "a", true)
	b.must(err)
	b.refuse(alice, request("c", "/alice_c"), host.TooMany, "you have 2 sites") // it may still be served
	b.must(b.Unserved("alice_a", ""))
	b.claim(alice, request("c", "/alice_c"))
}

func TestNameInPathsChanged(t *testing.T) {
	b := newBench(t)
	b.claim(alice, request("a", "/alice_a"))
	renamed := alice
	renamed.Label = "al"
	b.refuse(renamed, request("a", "/al_a"), host.Refused, "the app a is registered as alice_a")
	_, _, err := b.Withdraw(renamed, "a", true)
	b.must(err)
	b.refuse(renamed, request("a", "/al_a"), host.Taken, "still served as alice_a")
	b.must(b.Unserved("alice_a", ""))
	b.claim(renamed, request("a", "/al_a"))
}

// The path that was held before is free at once, and the file is the same one.
func TestMoveToAnotherPath(t *testing.T) {
	b := newBench(t)
	b.claim(alice, request("a", "/alice_x"))
	b.claim(alice, request("a", "/alice_y"))
	b.claim(alice, request("b", "/alice_x"))
	if got := b.ids(); got != "alice_a alice_b" {
		t.Errorf("records: %s", got)
	}
}

func TestGrants(t *testing.T) {
	b := newBench(t)
	grant := func(account string, uid int, path string, give bool) (bool, error) {
		return b.Grant(account, uid, path, give, b.terms.Policy)
	}
	for _, want := range []bool{true, false} {
		if changed, err := grant("alice", 1001, "/wiki", true); err != nil || changed != want {
			t.Errorf("changed %t, error %v", changed, err)
		}
	}
	_, err := grant("bob", 1002, "/wiki", true)
	b.refused(err, host.Taken, "/wiki is granted to alice (uid 1001)")
	b.claim(bob, request("notes", "/bob_notes"))
	_, err = grant("alice", 1001, "/bob_notes", true)
	b.refused(err, host.Taken, "/bob_notes is reserved by bob (app notes)")
	for _, path := range []string{"/server-status", "/a/b", "", "/../x", "/x\n", strings.Repeat("x", 1<<20)} {
		_, err := grant("alice", 1001, path, true)
		var refusal *host.Error
		if !errors.As(err, &refusal) || len(err.Error()) > 500 || strings.Contains(refusal.Fix, "ecounit host grant") {
			t.Errorf("%.20q: error %.600v", path, err)
		}
	}
	b.reopen(b.system)
	b.claim(alice, request("wiki", "/wiki"))
	_, err = grant("bob", 1002, "/wiki", false)
	b.refused(err, host.NoSite, `the path "/wiki" is not granted to bob`)
	changed, err := grant("alice", -1, "/wiki", false)
	if err != nil || !changed || len(b.granted()) != 0 {
		t.Errorf("changed %t, error %v, grants %v", changed, err, b.granted())
	}
	b.refuse(alice, request("wiki", "/wiki"), host.Refused, "not one of your own paths")
	if got := b.ids(); got != "alice_wiki bob_notes" {
		t.Errorf("records: %s", got)
	}
}

// A record that cannot be read keeps what it is about, as far as its name
// tells, and does not stop the others.
func TestBrokenRecords(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"half a file":      func(path string) error { return os.Truncate(path, 100) },
		"empty":            func(path string) error { return os.Truncate(path, 0) },
		"another's":        func(path string) error { return os.Rename(filepath.Dir(path)+"/alice_b.json", path) },
		"a link":           func(path string) error { _ = os.Remove(path); return os.Symlink("/etc/passwd", path) },
		"a folder":         func(path string) error { _ = os.Remove(path); return os.Mkdir(path, 0o755) },
		"an unknown state": func(path string) error { return rewrite(path, `"approved"`, `"live"`) },
		"a hostile field":  func(path string) error { return rewrite(path, `"/alice_a"`, `"/a\nListen 81"`) },
		"a bad account":    func(path string) error { return rewrite(path, `"account": "alice"`, `"account": "a\u001b"`) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for _, app := range []string{"a", "b", "c"} {
				b.claim(alice, request(app, "/alice_"+app))
			}
			b.must(spoil(b.store.SiteFile("alice_a")))
			b.reopen(b.system)
			if got := strings.Join(b.Broken(), " "); got != "alice_a" || !strings.Contains(b.ids(), "alice_c") {
				t.Errorf("broken: %s; others: %s", got, b.ids())
			}
			if found := b.Findings(); len(found) != 1 || strings.ContainsAny(found[0].What, "\n\x1b") {
				t.Errorf("findings: %+v", found)
			}
			b.refuse(alice, request("a", "/alice_x"), host.Taken, "alice_a.json\" cannot be read")
			b.refuse(alice, request("x", "/alice_a"), host.Taken, "alice_a.json\" cannot be read")
			if name == "a folder" {
				return
			}
			record, _, err := b.Evict("alice_a")
			if err != nil || record.ID() != "alice_a" || len(b.Broken()) != 0 {
				t.Errorf("evicted: %+v, error %v, broken %v", record, err, b.Broken())
			}
			b.claim(alice, request("a", "/alice_a"))
		})
	}
}

func rewrite(path, from, to string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o644)
}

func TestStoreIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"missing":           os.RemoveAll,
		"writable by all":   func(dir string) error { return os.Chmod(dir, 0o777) },
		"sites are a link":  func(dir string) error { return os.Symlink("/tmp", dir+"/sites") },
		"sites are a file":  func(dir string) error { return os.WriteFile(dir+"/sites", nil, 0o644) },
		"others write them": func(dir string) error { _ = os.Mkdir(dir+"/sites", 0o755); return os.Chmod(dir+"/sites", 0o775) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			r, err := Open(host.Store{Dir: dir})
			if err == nil || r != nil || !strings.HasPrefix(err.Error(), "cannot open the registry: cannot ") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestSinceIsThatOfTheState(t *testing.T) {
	b := newBench(t)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b.now = func() time.Time { return now }
	b.claim(alice, tasks(nil))
	first := now
	now = now.Add(time.Hour)
	record := b.state(alice, tasks(func(r *host.Request) { r.WebSocket = true }), host.Approved)
	if !record.Since.Equal(first) {
		t.Errorf("approved since %v, not %v", record.Since, first)
	}
	record, _, err := b.Withdraw(alice, "tasks", false)
	if err != nil || !record.Since.Equal(now) {
		t.Errorf("reserved since %v, not %v; error %v", record.Since, now, err)
	}
}
