package apply

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
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
