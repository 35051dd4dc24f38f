package registry

import (
	"strings"
	"testing"

	"ecounit/host"
)

// What a user left is never inherited: not with their uid, not with their
// name. It makes way when they are known to be gone, and only then.
func TestUsersWhoAreGone(t *testing.T) {
	mallory := Caller{1001, "mallory", "mallory"} // has alice's uid
	second := Caller{2001, "alice", "alice"}      // has her name
	for name, c := range map[string]struct {
		accounts directory
		caller   Caller
		words    string // of the refusal, or "" where the path becomes free
	}{
		"uid reused":           {directory{1001: "mallory"}, mallory, ""},
		"account made again":   {directory{2001: "alice"}, second, ""},
		"both are there":       {directory{1001: "alice", 2001: "alice"}, second, "by alice (uid 1001)"},
		"two accounts, a uid":  {directory{1001: "alice"}, mallory, "by alice (uid 1001)"},
		"nobody can tell":      {directory{1001: "!the directory does not answer"}, second, "whether that user still exists: the directory does not answer"},
		"somebody else's site": {directory{}, bob, "by alice (app wiki)"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.grant(alice, "/wiki")
			b.claim(alice, request("wiki", "/wiki"))
			_, err := b.SetPassword(alice, "wiki", "carol", hash)
			b.must(err)
			b.grants["/wiki"] = host.Grant{Path: "/wiki", Account: c.caller.Account, UID: c.caller.UID}
			b.terms.Accounts = c.accounts
			if c.words != "" {
				kind := host.Taken
				if name == "nobody can tell" {
					kind = host.Failed
				}
				b.refuse(c.caller, request("wiki", "/wiki"), kind, c.words)
				return
			}
			record, changed := b.claim(c.caller, request("wiki", "/wiki"))
			if !changed || record.UID != c.caller.UID || b.ids() != c.caller.Label+"_wiki" {
				t.Errorf("record %+v, left %s", record, b.ids())
			}
			if names, err := b.PasswordNames(c.caller, "wiki"); err != nil || len(names) != 0 {
				t.Errorf("inherited passwords of %v, error %v", names, err)
			}
		})
	}
}

func (b *bench) grant(caller Caller, path string) {
	b.Helper()
	_, err := b.Grant(caller.Account, caller.UID, path, true, b.terms.Policy)
	b.must(err)
}

func TestGrantsOfUsersWhoAreGone(t *testing.T) {
	b := newBench(t)
	b.grant(alice, "/alice_x")
	second := Caller{2001, "alice", "alice"}
	b.terms.Accounts = directory{1001: "!no answer"}
	b.refuse(second, request("x", "/alice_x"), host.Failed, "no answer")
	b.terms.Accounts = directory{2001: "alice"}
	b.claim(second, request("x", "/alice_x"))
	if len(b.granted()) != 0 {
		t.Errorf("grants: %+v", b.granted())
	}
}

// The name of a site is free again, too: alice's second self calls the app as
// the first one did.
func TestNameOfSomebodyWhoIsGone(t *testing.T) {
	b := newBench(t)
	b.claim(alice, request("x", "/alice_x"))
	second := Caller{2001, "alice", "alice"}
	if record, found := b.Own(second, "x"); found {
		t.Errorf("inherited %+v", record)
	}
	_, _, err := b.Withdraw(second, "x", true)
	b.refused(err, host.NoSite, "no site")
	b.terms.Accounts = directory{2001: "alice"}
	b.claim(second, request("x", "/alice_y"))
	if sites := b.Sites(); len(sites) != 1 || sites[0].UID != 2001 || sites[0].Path != "/alice_y" {
		t.Errorf("sites: %+v", sites)
	}
}

func TestDeparted(t *testing.T) {
	b := newBench(t)
	carol := Caller{1003, "carol", "carol"}
	dave := Caller{1004, "dave", "dave"}
	for _, c := range []Caller{alice, bob, carol, dave} {
		b.claim(c, request("x", "/"+c.Label+"_x"))
		_, err := b.Grant(c.Account, c.UID, "/for-"+c.Label, true, b.terms.Policy)
		b.must(err)
		_, err = b.SetPassword(c, "x", "visitor", hash)
		b.must(err)
	}
	accounts := directory{1001: "alice", 1002: "robert", 1004: "!no answer\n"}
	dropped, found, err := b.Departed(t.Context(), accounts)
	if err != nil || len(dropped) != 2 || dropped[0].ID() != "bob_x" || dropped[1].ID() != "carol_x" {
		t.Errorf("dropped %+v, error %v", dropped, err)
	}
	if len(found) != 1 || !strings.Contains(found[0].What, "whether dave (uid 1004) still exists, so what they have is kept: no answer") {
		t.Errorf("findings: %+v", found)
	}
	if got := b.ids(); got != "alice_x dave_x" || len(b.granted()) != 2 || len(b.passwordFiles()) != 2 {
		t.Errorf("left %s, grants %+v, passwords %v", got, b.granted(), b.passwordFiles())
	}
	b.reopen(b.system)
	if got := b.ids(); got != "alice_x dave_x" {
		t.Errorf("after opening again: %s", got)
	}
}
