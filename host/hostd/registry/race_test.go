package registry

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"ecounit/host"
)

// Many users ask for the same thing at once: one gets it, and the others are
// told who.
func TestRace(t *testing.T) {
	const users = 200
	for name, ask := range map[string]func(*Caller, *host.Request){
		"name": func(c *Caller, r *host.Request) { c.Label, r.Path = "wiki", "/wiki_app" }, // a careless policy
		"path": func(c *Caller, r *host.Request) { *c, r.App, r.Path = alice, r.App+c.Label, "/alice_x" },
		"port": func(_ *Caller, r *host.Request) { r.Port = tasks(nil).Port },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			var won, lost atomic.Int32
			var all sync.WaitGroup
			for i := range users {
				all.Go(func() {
					caller := Caller{UID: 5000 + i, Account: fmt.Sprintf("u%d", i), Label: fmt.Sprintf("u%d", i)}
					r := request("app", fmt.Sprintf("/u%d_app", i))
					ask(&caller, &r)
					_, changed, err := b.Claim(t.Context(), caller, r, b.terms)
					var refusal *host.Error
					switch {
					case err == nil && changed:
						won.Add(1)
					case errors.As(err, &refusal) && refusal.Kind == host.Taken:
						lost.Add(1)
					default:
						t.Errorf("changed %t, error %v", changed, err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 || lost.Load() != users-1 {
				t.Errorf("%d won and %d lost", won.Load(), lost.Load())
			}
			b.reopen(b.system)
			if len(b.Sites()) != 1 || len(b.Findings()) != 0 {
				t.Errorf("on disk: %+v, findings %+v", b.Sites(), b.Findings())
			}
		})
	}
}

// Everything at once, for the race detector; at the end memory and disk agree.
func TestEverythingAtOnce(t *testing.T) {
	b := newBench(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			caller := []Caller{alice, bob}[i%2]
			r := request(fmt.Sprintf("a%d", i%3), fmt.Sprintf("/%s_a%d", caller.Label, i%3))
			id := caller.Label + "_" + r.App
			for range 3 {
				_, _, _ = b.Claim(t.Context(), caller, r, b.terms)
				_, _ = b.SetPassword(caller, r.App, "x", hash)
				_ = b.SetProblem(id, fmt.Sprint(i))
				_, _, _ = b.Withdraw(caller, r.App, i%5 == 0)
				_, _, _ = b.Reject(id, "no")
				_, _, _ = b.Approve(id)
				_, _ = b.Grant(caller.Account, caller.UID, "/wiki", i%2 == 0, b.terms.Policy)
				_, _, _ = b.Departed(t.Context(), b.terms.Accounts)
				_, _ = b.Tighten(b.terms.Policy)
				b.Desired()
				b.Findings()
			}
		})
	}
	all.Wait()
	inMemory := fmt.Sprintf("%+v", b.Sites())
	b.reopen(b.system)
	if onDisk := fmt.Sprintf("%+v", b.Sites()); onDisk != inMemory || len(b.Findings()) != 0 {
		t.Errorf("in memory %s\non disk %s\nfindings %v", inMemory, onDisk, b.Findings())
	}
}
