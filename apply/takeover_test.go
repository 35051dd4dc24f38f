package apply

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"ecounit/units"
)

func TestAheadIsCalledBeforeEachStepAndMayFailIt(t *testing.T) {
	h := newHost(t)
	to := h.version("one", "a.service")
	before := h.observe()
	refused := errors.New("the old one does not end")
	var seen []Action
	wentBack := false
	h.Back = func() { wentBack = true }
	h.Ahead = func(_ context.Context, s Step) error {
		seen = append(seen, s.Action)
		if s.Action == Start {
			if h.manager.running["a.service"] {
				t.Error("it runs already")
			}
			return refused
		}
		return nil
	}
	err := h.bring(to)
	var failure *Failure
	if !errors.As(err, &failure) || failure.Step.Action != Start || !errors.Is(err, refused) || failure.Back != nil {
		t.Errorf("%v", err)
	}
	if !wentBack {
		t.Error("nobody was told that it goes back")
	}
	if want := []Action{Linger, Write, Link, Reload, Start}; !slices.Equal(seen, want) {
		t.Errorf("%v, want %v", seen, want)
	}
	h.mustBe(before)
}

// TestDialReachesTheNewProgram: at the app's own port is the old one, which
// answers whatever the new one does.
func TestDialReachesTheNewProgram(t *testing.T) {
	h := newHost(t)
	other := newHost(t)
	var asked atomic.Int32
	h.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		asked.Add(1)
		var d net.Dialer
		return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(other.Web.Site.Port)))
	}
	other.status.Store(500)
	if err := h.bring(h.version("one", "a.service")); err == nil || asked.Load() == 0 {
		t.Errorf("the old program was asked: %v", err)
	}
	other.status.Store(200)
	if err := h.bring(h.version("one", "a.service")); err != nil {
		t.Error(err)
	}
}

// TestDisableRemovesWhatAKilledEnableStaged: nothing says any more what the
// files were to become.
func TestDisableRemovesWhatAKilledEnableStaged(t *testing.T) {
	h := newHost(t)
	if _, err := stage([]FileChange{
		{Path: filepath.Join(h.UnitDir(), "a.service"), After: units.Stamp("a", "/d", "a.service", []byte("[Service]\n")), Mode: 0o644},
		{Path: filepath.Join(h.UnitDir(), "app-a.slice"), After: units.Stamp("a", "/d", "app-a.slice", []byte("[Slice]\n")), Mode: 0o644},
		{Path: h.PlanFile("a"), After: []byte("{}"), Mode: 0o600},
	}); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(h.UnitDir(), ".a.service7")
	if err := os.WriteFile(mine, []byte("a note of the user's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.bring(State{}); err != nil {
		t.Fatal(err)
	}
	if left := h.leftovers(State{}); !slices.Equal(left, []string{mine}) {
		t.Errorf("left behind: %v", left)
	}
}
