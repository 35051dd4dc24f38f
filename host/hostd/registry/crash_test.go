package registry

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecounit/host"
	"ecounit/host/hostd/disk/disktest"
)

// operations are everything that writes, each with what it needs.
var operations = map[string]struct{ prepare, run func(b *bench) error }{
	"a new site":     {nothing, claimed(tasks(basic))},
	"a changed site": {claimed(tasks(nil)), claimed(tasks(basic))},
	"a moved site":   {claimed(tasks(nil)), claimed(tasks(func(r *host.Request) { r.Path = "/alice_other" }))},
	"withdraw": {claimed(tasks(basic)), func(b *bench) error {
		_, _, err := b.Withdraw(alice, "tasks", false)
		return err
	}},
	"release": {claimed(tasks(basic)), func(b *bench) error {
		_, _, err := b.Withdraw(alice, "tasks", true)
		return err
	}},
	"reject": {claimed(tasks(nil)), func(b *bench) error {
		_, _, err := b.Reject("alice_tasks", "no")
		return err
	}},
	"a password": {claimed(tasks(basic)), func(b *bench) error {
		_, err := b.SetPassword(alice, "tasks", "carol", hash)
		return err
	}},
	"grant": {nothing, func(b *bench) error {
		_, err := b.Grant("alice", 1001, "/wiki", true, b.terms.Policy)
		return err
	}},
	"take back": {
		func(b *bench) error { _, err := b.Grant("alice", 1001, "/wiki", true, b.terms.Policy); return err },
		func(b *bench) error { _, err := b.Grant("alice", 1001, "/wiki", false, b.terms.Policy); return err },
	},
	"departed": {claimed(tasks(basic)), func(b *bench) error {
		_, _, err := b.Departed(b.Context(), directory{})
		return err
	}},
	"in place of somebody who is gone": {claimed(tasks(basic)), func(b *bench) error {
		terms := b.terms
		terms.Accounts = directory{2001: "alice"}
		_, _, err := b.Claim(b.Context(), Caller{2001, "alice", "alice"}, tasks(nil), terms)
		return err
	}},
}

func nothing(*bench) error { return nil }

func basic(r *host.Request) { r.Auth = "basic" }

func claimed(r host.Request) func(b *bench) error {
	return func(b *bench) error {
		_, _, err := b.Claim(b.Context(), alice, r, b.terms)
		return err
	}
}

// Each operation is stopped at each of its steps, in each way. What is there
// afterwards is the state before or after, or, where two records are
// concerned, the state between the two: never two holders, never half a file,
// never passwords without their site.
func TestEachStep(t *testing.T) {
	for _, mode := range []disktest.Mode{disktest.Once, disktest.Full, disktest.Crash} {
		for name, op := range operations {
			t.Run(fmt.Sprintf("%s %d", name, mode), func(t *testing.T) {
				states := []string{}
				for at := 0; ; at++ {
					b := newBench(t)
					b.must(op.prepare(b))
					if at == 0 {
						states = append(states, b.holdings())
					}
					faulty := &disktest.Faulty{At: at, Mode: mode}
					b.reopen(faulty)
					faulty.Log = nil
					err := op.run(b)
					if at == 0 { // nothing fails
						b.must(err)
						states = append(states, b.holdings())
						if strings.HasPrefix(name, "in place of") {
							states = append(states, "") // the one before is gone, the next not yet there
						}
						if states[0] == states[1] {
							t.Fatal("the operation does nothing")
						}
						continue
					}
					if at > len(faulty.Log) {
						break
					}
					step := faulty.Log[at-1]
					inMemory := b.holdings()
					if mode != disktest.Crash {
						b.noLeftovers()
					}
					b.reopen(disktest.Fast{})
					after := b.holdings()
					if !slices.Contains(states, after) {
						t.Errorf("at %s: %s\nknown are %q", step, after, states)
					}
					if mode != disktest.Crash && inMemory != after {
						t.Errorf("at %s: in memory\n%s\non disk\n%s", step, inMemory, after)
					}
					if err != nil && mode != disktest.Crash && !strings.HasPrefix(err.Error(), "cannot ") {
						t.Errorf("at %s: error %v", step, err)
					}
					if strings.HasPrefix(step, "create") && err == nil {
						t.Errorf("at %s: no error", step)
					}
					b.noLeftovers()
					// The next attempt succeeds.
					if err := op.run(b); err != nil && b.holdings() != states[1] {
						t.Errorf("after %s: error %v, %s", step, err, b.holdings())
					}
				}
			})
		}
	}
}

// holdings are who has what, without the times.
func (b *bench) holdings() string {
	b.Helper()
	var all strings.Builder
	if len(b.Broken()) != 0 || len(b.Findings()) != 0 {
		b.Errorf("broken %v, findings %v", b.Broken(), b.Findings())
	}
	for _, record := range b.Sites() {
		// An empty file of passwords is like none: nobody gets in.
		text, _ := os.ReadFile(filepath.Join(b.store.Passwords(), record.ID()))
		fmt.Fprintf(&all, "%s %s %d %d %s %s %q; ", record.ID(), record.Path, record.Port, record.UID, record.State, record.Auth, text)
	}
	for _, g := range b.granted() {
		fmt.Fprintf(&all, "%s %s %d; ", g.Path, g.Account, g.UID)
	}
	return all.String()
}

func (b *bench) noLeftovers() {
	b.Helper()
	for _, name := range b.passwordFiles() {
		if _, found := b.site(name); !found {
			b.Errorf("passwords without a site: %s", name)
		}
	}
	for _, dir := range []string{b.store.Sites(), b.store.Grants()} {
		entries, err := os.ReadDir(dir)
		b.must(err)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				b.Errorf("left over: %s", e.Name())
			}
		}
	}
}

// What is written is on the disk before it has its name, and its name is
// before the answer is given.
func TestOrderOfWriting(t *testing.T) {
	b := newBench(t)
	log := &disktest.Faulty{}
	b.reopen(log)
	log.Log = nil
	b.claim(alice, tasks(nil))
	want := "remove .alice_tasks.json.new create .alice_tasks.json.new write .alice_tasks.json.new sync .alice_tasks.json.new " +
		"rename .alice_tasks.json.new alice_tasks.json sync " + b.store.Sites()
	if got := strings.Join(log.Log, " "); got != want {
		t.Errorf("done:\n%s\nwant:\n%s", got, want)
	}
}
