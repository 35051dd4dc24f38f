package publish

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

// What was taken off is said to be served until the web server has let go of it.
func TestTakenOffAndStillServed(t *testing.T) {
	for name, test := range map[string]struct {
		trouble func(*bench)
		still   bool
		crowded bool
	}{
		"all is well":                    {func(*bench) {}, false, false},
		"an administrator's mistake":     {func(b *bench) { b.fake.broken = "no\n" }, true, false},
		"every process is taken":         {func(b *bench) { b.fake.processes = 16 }, true, true},
		"the reload fails":               {func(b *bench) { b.fake.failures["reload"] = os.ErrInvalid }, true, false},
		"it cannot be asked":             {func(b *bench) { b.fake.failures["running"] = os.ErrInvalid }, true, false},
		"it does not run":                {func(b *bench) { b.fake.stopped = true }, false, false},
		"it does not run, and could not": {func(b *bench) { b.fake.stopped, b.fake.broken = true, "no\n" }, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.publish(site("a", 8001), site("b", 8002))
			test.trouble(b)
			for range 2 { // also when it is only asked again
				result := b.publish(site("a", 8001))
				if got := result.Serves("alice_b"); got != test.still || result.Serves("alice_a") || result.Serves("alice_never") || result.Crowded != test.crowded {
					t.Errorf("still served: %t; %+v", got, result)
				}
				if test.still && result.Waits == "" {
					t.Error("it is not said why")
				}
			}
			b.fake.broken, b.fake.processes, b.fake.stopped = "", 0, false
			clear(b.fake.failures)
			if b.publish(site("a", 8001)).Serves("alice_b") || b.fake.running["alice_b.conf"] != "" {
				t.Error("still served after all")
			}
			b.tidy()
		})
	}
}

func TestNotKnownWhatIsServed(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	b.fake.processes = 16
	b.publish()
	if err := os.WriteFile(filepath.Join(b.store.Dir, unloadedName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !b.publish().Serves("alice_a") {
		t.Error("said to be gone, and it is not")
	}
}

// someone's changed site, each time another.
func (b *bench) changes(owner string) Result {
	b.Helper()
	b.changed++
	for i, s := range b.sites {
		if s.Owner == owner {
			b.sites[i].Timeout = time.Duration(b.changed) * time.Second
		}
	}
	return b.publish(b.sites...)
}

func ofOwner(owner string, port int) plan.Site {
	s := site("a", port)
	s.Owner, s.Path = owner, "/"+owner+"_a"
	return s
}

// Who changes a site over and over, and has each reload leave a process behind,
// comes to an end of it long before the others do.
func TestNobodyAloneTakesTheRoom(t *testing.T) {
	for _, limit := range []int{8, 16, 100} {
		b := newBench(t)
		b.limit = limit
		b.sites = []plan.Site{ofOwner("alice", 8001), ofOwner("mallory", 8002), ofOwner("bob", 8003)}
		b.publish(b.sites...)
		b.fake.processes = 3
		waited := 0
		for range 3 * limit {
			if result := b.changes("mallory"); result.Waits == "" {
				b.fake.processes++
			} else if waited++; !result.Crowded || !strings.Contains(result.Waits, "of at most") {
				t.Fatalf("%+v", result)
			}
		}
		if r := (room{limit, b.fake.processes}); waited == 0 || !r.forChanges() {
			t.Fatalf("of %d she has %d, and waited %d times", limit, b.fake.processes, waited)
		}
		// Another change brings hers along.
		if result := b.changes("alice"); result.Waits != "" {
			t.Errorf("alice: %s", result.Waits)
		}
		b.fake.processes = 3 // they let go, and all begin anew
		for _, owner := range []string{"mallory", "alice"} {
			if result := b.changes(owner); result.Waits != "" {
				t.Errorf("%s: %s", owner, result.Waits)
			}
		}
		b.tidy()
	}
}

// The last of the room is for what takes sites away, and the very last for
// administrators.
func TestRoomForTakingDown(t *testing.T) {
	for _, test := range []struct {
		processes int
		out       bool
		waits     bool
	}{{12, false, false}, {13, false, false}, {14, false, true}, {14, true, false}, {15, true, true}} {
		b := newBench(t)
		b.sites = []plan.Site{ofOwner("alice", 8001), ofOwner("mallory", 8002)}
		b.publish(b.sites...)
		b.fake.processes = test.processes
		if result := b.changes("mallory"); result.Waits == "" {
			t.Errorf("%d: a change", test.processes)
		}
		wanted := Wanted{Sites: b.sites[:1], ServerLimit: 16}
		if test.out {
			wanted.Out = []string{"mallory_a"}
		}
		result, err := b.Publish(t.Context(), wanted)
		if err != nil || result.Serves("mallory_a") != test.waits || (result.Waits != "") != test.waits {
			t.Errorf("%+v: %v %+v", test, err, result)
		}
	}
}
