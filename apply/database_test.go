package apply

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
)

// fakeDatabase stands for a server with one database, which counts its calls
// among those to systemd: they fail and are killed in turn.
type fakeDatabase struct {
	manager     *fakeManager
	id, last    uint32 // of the database; 0: it is not there
	killedInIt  bool   // after it was made, and before anybody could know
	undone      int
	cannotProbe bool
}

func (d *fakeDatabase) Ensure(context.Context) (Made, error) {
	if err := d.manager.change(); err != nil {
		return Made{}, err
	}
	if d.id != 0 {
		return Made{}, nil
	}
	d.last++
	d.id = d.last
	d.killedInIt = true
	err := d.manager.change()
	d.killedInIt = false
	if d.cannotProbe {
		err = errInjected
	}
	return Made{Database: d.id, Name: "alice_a"}, err
}

func (d *fakeDatabase) Undo(_ context.Context, made Made) error {
	d.undone++
	for unit := range d.manager.running {
		return errors.New(unit + " runs, and its database is dropped")
	}
	if made.Database == d.id {
		d.id = 0
	}
	return nil
}

// newHostWithServer is a host with a database server.
func newHostWithServer(t *testing.T) (*testHost, *fakeDatabase) {
	t.Helper()
	h := newHost(t)
	d := &fakeDatabase{manager: h.manager}
	h.Machine.Database = d
	return h, d
}

// bringWith is bring of an app with a database.
func (h *testHost) bringWith(d *fakeDatabase, to State) error {
	h.t.Helper()
	change := Change{App: "a", UnitDir: h.UnitDir(), From: h.observe(), To: to}
	if d.id == 0 {
		change.Database = "alice_a"
	}
	previous, err := h.Interrupted("a")
	if err != nil {
		h.t.Fatal(err)
	}
	change.Previous, change.Interrupted = previous, previous != nil
	again := *h.Machine // another run of the program
	return again.Run(context.Background(), change)
}

// eachDatabaseCall runs a check for each call of a first enable and of a second
// version, until it says that there are no more.
func eachDatabaseCall(t *testing.T, there bool, check func(t *testing.T, h *testHost, d *fakeDatabase, from, to State, call int) bool) {
	for call := 1; call < 40; call++ {
		h, d := newHostWithServer(t)
		from := State{}
		if there {
			d.id, d.last = 1, 1
			from = h.version("one", "a.service")
			if err := h.bringWith(d, from); err != nil {
				t.Fatal(err)
			}
		}
		if !check(t, h, d, from, h.version("two", "a.service"), call) {
			if call < enoughCalls-1 {
				t.Errorf("only %d calls were tried", call)
			}
			return
		}
	}
	t.Error("there is no end of calls")
}

func TestADatabaseIsMadeOnce(t *testing.T) {
	h, d := newHostWithServer(t)
	to := h.version("one", "a.service")
	if err := h.bringWith(d, to); err != nil || d.id != 1 {
		t.Fatal(err, d.id)
	}
	before := h.manager.changes
	if err := h.bringWith(d, to); err != nil || h.manager.changes != before {
		t.Error("the second time changed something", err)
	}
	if err := h.bring(State{}); err != nil || d.id != 1 || d.undone != 0 {
		t.Error("disable touched the database", err)
	}
	h.mustBe(State{})
}

// TestTheDatabaseComesFirst: where it cannot be made, nothing was stopped or
// written.
func TestTheDatabaseComesFirst(t *testing.T) {
	steps := Diff(Change{App: "a", Database: "alice_a", To: State{Linger: true, Enabled: true}})
	if len(steps) == 0 || steps[0].String() != "database alice_a" {
		t.Errorf("the steps are %v", steps)
	}
}

func TestEveryFailureOfAFirstEnableLeavesNoDatabase(t *testing.T) {
	eachDatabaseCall(t, false, func(t *testing.T, h *testHost, d *fakeDatabase, from, to State, call int) bool {
		h.manager.failAt = h.manager.changes + call
		err := h.bringWith(d, to)
		h.manager.failAt = 0
		if err == nil {
			h.mustBe(to)
			return false
		}
		if !errors.Is(err, errInjected) || d.id != 0 {
			t.Errorf("call %d: the database is number %d, %v", call, d.id, err)
		}
		h.mustBe(from)
		return true
	})
}

func TestNoFailureTouchesADatabaseThatWasThere(t *testing.T) {
	eachDatabaseCall(t, true, func(t *testing.T, h *testHost, d *fakeDatabase, from, to State, call int) bool {
		h.manager.failAt = h.manager.changes + call
		err := h.bringWith(d, to)
		h.manager.failAt = 0
		if d.id != 1 || d.undone != 0 {
			t.Errorf("call %d: the database was touched", call)
		}
		if err == nil {
			return false
		}
		h.mustBe(from)
		return true
	})
}

func TestKilledAtAnyStepTheNextRunHasTheDatabase(t *testing.T) {
	eachDatabaseCall(t, false, func(t *testing.T, h *testHost, d *fakeDatabase, _, to State, call int) bool {
		h.manager.killAt = h.manager.changes + call
		killed := killedDuring(func() { _ = h.bringWith(d, to) })
		h.manager.killAt = 0
		if err := h.bringWith(d, to); err != nil || d.id != 1 {
			t.Fatalf("call %d: the next run: %v, the database is number %d", call, err, d.id)
		}
		h.mustBe(to)
		return killed
	})
}

// TestKilledAndThenUnhealthyDropsTheDatabase: what a run made that was killed is
// known to the next one, and what that one finds is nobody's.
func TestKilledAndThenUnhealthyDropsTheDatabase(t *testing.T) {
	eachDatabaseCall(t, false, func(t *testing.T, h *testHost, d *fakeDatabase, from, to State, call int) bool {
		h.manager.killAt = h.manager.changes + call
		killed := killedDuring(func() { _ = h.bringWith(d, to) })
		h.manager.killAt = 0
		if !killed {
			return false
		}
		h.status.Store(http.StatusInternalServerError)
		if err := h.bringWith(d, to); err == nil {
			t.Fatal("an unhealthy version was accepted")
		}
		if d.id != 0 && !d.killedInIt {
			t.Errorf("call %d: the database is left behind", call)
		}
		h.mustBe(from)
		return true
	})
}

// TestADatabaseThatCannotBeUsedGoesAgain: Ensure fails, and says what it made.
func TestADatabaseThatCannotBeUsedGoesAgain(t *testing.T) {
	h, d := newHostWithServer(t)
	d.cannotProbe = true
	if err := h.bringWith(d, h.version("one", "a.service")); !errors.Is(err, errInjected) || d.id != 0 || d.undone != 1 {
		t.Errorf("the database is number %d, undone %d times, %v", d.id, d.undone, err)
	}
	h.mustBe(State{})
}

// TestWhatWasMadeStaysNotedUntilItIsUndone: the way back fails, and the next
// run takes it.
func TestWhatWasMadeStaysNotedUntilItIsUndone(t *testing.T) {
	h, d := newHostWithServer(t)
	h.status.Store(http.StatusInternalServerError)
	h.manager.crashes = "one"
	to := h.version("one", "a.service")
	again := *h.Machine
	again.Database = failingUndo{d}
	err := again.Run(context.Background(), Change{App: "a", UnitDir: h.UnitDir(), From: h.observe(), To: to, Database: "alice_a"})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Back == nil {
		t.Fatalf("the way back did not fail: %v", err)
	}
	text, err := os.ReadFile(h.unfinishedFile("a"))
	if err != nil || !strings.Contains(string(text), `"made":{"database":1`) {
		t.Fatalf("it is not noted: %s, %v", text, err)
	}
	if err := h.bringWith(d, to); err == nil || d.id != 0 {
		t.Errorf("the database is number %d, %v", d.id, err)
	}
	h.mustBe(State{})
}

type failingUndo struct{ *fakeDatabase }

func (failingUndo) Undo(context.Context, Made) error { return errInjected }
