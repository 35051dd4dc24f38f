package registry

import (
	"errors"
	"strings"
	"testing"

	"ecounit/host"
)

func TestApproval(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.Ask = true
	b.state(alice, tasks(nil), host.Pending)
	if len(b.Desired()) != 0 {
		t.Error("served before it was approved")
	}
	if _, changed, err := b.Approve("alice_tasks"); err != nil || !changed {
		t.Errorf("changed %t, error %v", changed, err)
	}
	if _, changed, err := b.Approve("alice_tasks"); err != nil || changed {
		t.Errorf("again: changed %t, error %v", changed, err)
	}
	b.state(alice, tasks(nil), host.Approved)
	b.reopen(b.system)

	_, _, err := b.Withdraw(alice, "tasks", false)
	b.must(err)
	if len(b.Desired()) != 0 {
		t.Error("served though it is withdrawn")
	}
	_, _, err = b.Approve("alice_tasks")
	b.refused(err, host.Refused, "withdrew it")
	b.reopen(b.system)
	b.state(alice, tasks(nil), host.Approved) // down and up again as it was

	_, _, err = b.Withdraw(alice, "tasks", true)
	b.must(err)
	b.state(alice, tasks(nil), host.Pending)
	_, _, err = b.Withdraw(alice, "tasks", false)
	b.must(err)
	b.state(alice, tasks(nil), host.Pending) // nobody approved it

	_, _, err = b.Approve("nobody_x\n")
	b.refused(err, host.NoSite, `no site "nobody_x\n"`)
}

// What an administrator looked at decides which changes they want to look at.
func TestChangesThatMatter(t *testing.T) {
	approved := tasks(func(r *host.Request) {
		r.Auth, r.AllowFrom, r.HTTPSOnly = "ease", []string{"10.0.0.0/8", "192.0.2.0/24"}, true
	})
	for name, c := range map[string]struct {
		change func(*host.Request)
		want   host.State
	}{
		"nothing":           {func(*host.Request) {}, host.Approved},
		"websocket":         {func(r *host.Request) { r.WebSocket = true }, host.Approved},
		"prefix":            {func(r *host.Request) { r.Prefix = "strip" }, host.Approved},
		"timeout":           {func(r *host.Request) { r.Timeout = 9 }, host.Approved},
		"body limit":        {func(r *host.Request) { r.BodyLimit = 9 }, host.Approved},
		"connections":       {func(r *host.Request) { r.Connections = 3 }, host.Approved},
		"fewer networks":    {func(r *host.Request) { r.AllowFrom = []string{"10.1.0.0/16", "192.0.2.7"} }, host.Approved},
		"a path":            {func(r *host.Request) { r.Path = "/alice_other" }, host.Pending},
		"a port":            {func(r *host.Request) { r.Port++ }, host.Pending},
		"a socket":          {func(r *host.Request) { r.Port = 0 }, host.Pending},
		"another login":     {func(r *host.Request) { r.Auth = "basic" }, host.Pending},
		"no login":          {func(r *host.Request) { r.Auth = "" }, host.Pending},
		"http":              {func(r *host.Request) { r.HTTPSOnly = false }, host.Pending},
		"everybody":         {func(r *host.Request) { r.AllowFrom = nil }, host.Pending},
		"a wider network":   {func(r *host.Request) { r.AllowFrom[0] = "8.0.0.0/6" }, host.Pending},
		"one more network":  {func(r *host.Request) { r.AllowFrom = append(r.AllowFrom, "203.0.113.0/24") }, host.Pending},
		"another protocol":  {func(r *host.Request) { r.AllowFrom = append(r.AllowFrom, "2001:db8::/32") }, host.Pending},
		"harmless and not ": {func(r *host.Request) { r.WebSocket, r.Port = true, r.Port+1 }, host.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.terms.Policy.Ask = true
			b.claim(alice, approved)
			before, _, err := b.Approve("alice_tasks")
			b.must(err)
			request := approved
			request.AllowFrom = append([]string(nil), approved.AllowFrom...)
			c.change(&request)
			b.state(alice, request, c.want)
			b.reopen(b.system)
			desired := b.Desired()
			if len(desired) != 1 {
				t.Fatalf("served: %+v", desired)
			}
			if c.want == host.Pending && !desired[0].Equal(before.Site) {
				t.Errorf("served while it waits: %+v", desired[0])
			}
			if c.want == host.Pending {
				b.state(alice, approved, host.Approved) // taken back
			}
		})
	}
}

// Whoever wants to shut people out does not wait for anybody.
func TestTighterWhileItWaits(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.Ask = true
	b.claim(alice, tasks(nil))
	_, _, err := b.Approve("alice_tasks")
	b.must(err)
	b.state(alice, tasks(func(r *host.Request) { r.Auth = "ease" }), host.Approved)
	b.state(alice, tasks(func(r *host.Request) {
		r.Auth, r.Path, r.HTTPSOnly, r.AllowFrom = "ease", "/alice_moved", true, []string{"10.0.0.0/8"}
	}), host.Pending)
	if s := b.Desired()[0]; s.Path != "/alice_tasks" || s.Auth != "ease" || !s.HTTPSOnly || len(s.AllowFrom) != 1 {
		t.Errorf("served while it waits: %+v", s)
	}
}

// A change that waits holds the old address and the new one.
func TestPendingChangeHoldsBoth(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.Ask = true
	b.claim(alice, tasks(nil))
	_, _, err := b.Approve("alice_tasks")
	b.must(err)
	b.state(alice, tasks(func(r *host.Request) { r.Path, r.Port = "/alice_new", r.Port+1 }), host.Pending)
	port := tasks(nil).Port
	for _, r := range []host.Request{request("x", "/alice_tasks"), request("x", "/alice_new")} {
		b.refuse(alice, r, host.Taken, "by your own app tasks")
	}
	for _, p := range []uint16{port, port + 1} {
		b.refuse(bob, tasks(func(r *host.Request) { r.App, r.Path, r.Port = "x", "/bob_x", p }), host.Taken, "is used by alice (app tasks)")
	}
	record, _, err := b.Withdraw(alice, "tasks", false)
	if err != nil || record.Path != "/alice_tasks" {
		t.Errorf("what was approved stays reserved: %+v, error %v", record, err)
	}
	b.state(alice, request("x", "/alice_new"), host.Pending)
	b.state(alice, tasks(nil), host.Approved)
}

func TestRejection(t *testing.T) {
	b := newBench(t)
	b.claim(alice, tasks(nil))
	record, changed, err := b.Reject("alice_tasks", "not for money – ask me")
	if err != nil || !changed || record.Reason != "not for money – ask me" || len(b.Desired()) != 0 {
		t.Errorf("record %+v, changed %t, error %v", record, changed, err)
	}
	if _, changed, err := b.Reject("alice_tasks", record.Reason); err != nil || changed {
		t.Errorf("again: changed %t, error %v", changed, err)
	}
	b.reopen(b.system)
	// There is no way around it: the policy is not to ask.
	record = b.state(alice, tasks(func(r *host.Request) { r.Path = "/alice_other" }), host.Rejected)
	if record.Reason == "" {
		t.Error("the reason is lost")
	}
	record, changed, err = b.Withdraw(alice, "tasks", false)
	if err != nil || changed || record.State != host.Rejected {
		t.Errorf("withdrawn: %+v, changed %t, error %v", record, changed, err)
	}
	_, _, err = b.Withdraw(alice, "tasks", true)
	b.refused(err, host.Refused, "cannot give up alice_tasks: an administrator rejected it")
	_, _, err = b.Approve("alice_tasks")
	b.must(err)
	if s := b.Desired(); len(s) != 1 || s[0].Path != "/alice_other" {
		t.Errorf("served: %+v", s)
	}
	for _, reason := range []string{"a\nb", "a\x1b[2J", "\xff", "a\u202eb", strings.Repeat("é", 201)} {
		_, _, err := b.Reject("alice_tasks", reason)
		b.refused(err, host.Invalid, "one line of at most 200")
	}
	_, _, err = b.Reject("alice_tasks", strings.Repeat("é", 200))
	b.must(err)
	if _, _, err := b.Evict("alice_tasks"); err != nil {
		t.Error(err)
	}
	b.state(alice, tasks(nil), host.Approved)
	_, _, err = b.Evict("alice_nothing")
	b.refused(err, host.NoSite, "no site")
}

func TestWithdraw(t *testing.T) {
	b := newBench(t)
	_, _, err := b.Withdraw(alice, "tasks", false)
	b.refused(err, host.NoSite, `no site "tasks"`)
	b.claim(alice, tasks(nil))
	_, _, err = b.Withdraw(bob, "tasks", true)
	b.refused(err, host.NoSite, `no site "tasks"`)
	for _, want := range []bool{true, false} {
		if record, changed, err := b.Withdraw(alice, "tasks", false); err != nil || changed != want || record.State != host.Reserved {
			t.Errorf("record %+v, changed %t, error %v", record, changed, err)
		}
	}
	b.refuse(bob, tasks(func(r *host.Request) { r.App, r.Path = "x", "/bob_x" }), host.Taken, "is used by alice (app tasks)")
	if _, changed, err := b.Withdraw(alice, "tasks", true); err != nil || !changed {
		t.Errorf("changed %t, error %v", changed, err)
	}
	if b.must(b.Unserved("alice_tasks", "")); b.ids() != "" {
		t.Errorf("left %s", b.ids())
	}
}

// What is given up is nobody else's until the web server has let go of it.
func TestGivenUpAndStillServed(t *testing.T) {
	const why = "waits: there is no room"
	for name, giveUp := range map[string]func(*bench) (host.Record, bool, error){
		"released": func(b *bench) (host.Record, bool, error) { return b.Withdraw(alice, "tasks", true) },
		"evicted":  func(b *bench) (host.Record, bool, error) { return b.Evict("alice_tasks") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.grant(alice, "/wiki")
			b.claim(alice, tasks(func(r *host.Request) { r.Path = "/wiki" }))
			_, err := b.Grant("alice", alice.UID, "/wiki", false, b.terms.Policy)
			b.must(err)
			for _, want := range []bool{true, false} {
				if record, changed, err := giveUp(b); err != nil || changed != want || !record.Leaving || len(b.Desired()) != 0 {
					t.Errorf("%+v, changed %t, error %v", record, changed, err)
				}
			}
			b.must(b.Unserved("alice_tasks", why))
			b.reopen(b.system)
			if r := b.Sites()[0]; r.Problem != why || !r.Leaving {
				t.Errorf("%+v", r)
			}
			_, err = b.Grant("bob", bob.UID, "/wiki", true, b.terms.Policy)
			b.refused(err, host.Taken, "/wiki was given up, and is still served for alice (app tasks)")
			b.refuse(bob, tasks(func(r *host.Request) { r.App, r.Path = "x", "/bob_x" }), host.Taken, "is used by alice (app tasks)")
			_, _, err = b.Approve("alice_tasks")
			b.refused(err, host.Refused, "was given up")

			b.must(b.Unserved("alice_tasks", ""))
			b.grant(bob, "/wiki")
			if b.ids() != "" {
				t.Errorf("left %s", b.ids())
			}
			b.must(b.Unserved("alice_tasks", "")) // nobody knows it any more
			// Its owner may come back meanwhile, and then it stays.
			b.claim(alice, tasks(nil))
			_, _, err = giveUp(b)
			b.must(err)
			b.state(alice, tasks(nil), host.Approved)
			b.must(b.Unserved("alice_tasks", ""))
			if r := b.Sites(); len(r) != 1 || r[0].Leaving {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestRejectedAndStillServed(t *testing.T) {
	b := newBench(t)
	b.claim(alice, tasks(nil))
	_, _, err := b.Reject("alice_tasks", "no")
	b.must(err)
	for _, why := range []string{"waits: there is no room", ""} {
		b.must(b.Unserved("alice_tasks", why))
		if r := b.Sites()[0]; r.Problem != why || r.State != host.Rejected || r.Reason != "no" {
			t.Errorf("%+v", r)
		}
	}
}

func TestProblems(t *testing.T) {
	b := newBench(t)
	b.claim(alice, tasks(nil))
	b.must(b.SetProblem("alice_tasks", "no\x1b[2J good\n"))
	b.must(b.SetProblem("nobody_x", "no good"))
	files := b.files()
	b.must(b.SetProblem("alice_tasks", "no [2J good"))
	if record, _ := b.Own(alice, "tasks"); record.Problem != "no [2J good" || strings.Join(files, "") != strings.Join(b.files(), "") {
		t.Errorf("record: %+v", record)
	}
	if record, changed := b.claim(alice, tasks(nil)); changed || record.Problem == "" {
		t.Errorf("the same request: %+v, changed %t", record, changed)
	}
	if record, _ := b.claim(alice, tasks(func(r *host.Request) { r.WebSocket = true })); record.Problem != "" {
		t.Errorf("another form: %+v", record)
	}
	_, _, err := b.Withdraw(alice, "tasks", false)
	b.must(err)
	b.must(b.SetProblem("alice_tasks", "late"))
	if record, _ := b.site("alice_tasks"); record.Problem != "" {
		t.Errorf("withdrawn: %+v", record)
	}
}

func TestTighten(t *testing.T) {
	b := newBench(t)
	_, err := b.Grant("alice", 1001, "/wiki", true, b.terms.Policy)
	b.must(err)
	b.claim(alice, request("wiki", "/wiki"))
	b.claim(bob, tasks(func(r *host.Request) { r.App, r.Path, r.BodyLimit = "x", "/bob_x", 10 }))
	if found, err := b.Tighten(b.terms.Policy); err != nil || len(found) != 0 {
		t.Errorf("findings %+v, error %v", found, err)
	}
	_, err = b.Grant("alice", 1001, "/wiki", false, b.terms.Policy)
	b.must(err)
	rules := b.terms.Policy
	rules.HTTPSOnly, rules.BodyLimit = true, 100
	for range 2 {
		found, err := b.Tighten(rules)
		if err != nil || len(found) != 1 || !strings.Contains(found[0].What, "alice_wiki is served, but would not be allowed today") {
			t.Errorf("findings %+v, error %v", found, err)
		}
		b.reopen(b.system)
	}
	sites := b.Desired()
	if !sites[0].HTTPSOnly || !sites[1].HTTPSOnly || sites[0].BodyLimit != 100 || sites[1].BodyLimit != 10 {
		t.Errorf("sites: %+v", sites)
	}
	rules.SitesPerUser = 0 // a mistake in the file
	if found, err := b.Tighten(rules); err != nil || len(found) != 0 || len(b.Desired()) != 2 {
		t.Errorf("findings %+v, error %v", found, err)
	}
}

func TestErrorsAreOfTheContract(t *testing.T) {
	b := newBench(t)
	b.terms.Policy.SitesPerUser = 0
	_, _, err := b.Claim(t.Context(), alice, tasks(nil), b.terms)
	var refusal *host.Error
	if !errors.As(err, &refusal) || refusal.Kind != host.BadSetup || refusal.Fix == "" {
		t.Errorf("error %#v", err)
	}
}
