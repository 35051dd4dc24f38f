package apply

import (
	"errors"
	"slices"
	"testing"
)

func TestAProcessWithoutRestartMayEnd(t *testing.T) {
	h := newHost(t)
	to := h.version("ends\nRestart=no", "a-once.service")
	if err := h.bring(to); err != nil {
		t.Fatal(err)
	}
	if steps := Diff(Change{App: "a", UnitDir: h.UnitDir(), From: h.observe(), To: to}); len(steps) > 0 {
		t.Errorf("enabled again, it runs again: %v", steps)
	}
	delete(h.manager.running, "a.target")
	if running := h.observe().Running; len(running) > 0 {
		t.Errorf("of an app that was stopped, %v run", running)
	}
}

// TestWhatIsNotUpIsWaitedFor: an app that fails again and again is not as it
// should be.
func TestWhatIsNotUpIsWaitedFor(t *testing.T) {
	h := newHost(t)
	to := h.version("starts", "a-w.service")
	if err := h.bring(to); err != nil {
		t.Fatal(err)
	}
	from := h.observe()
	if got := words(Diff(Change{App: "a", UnitDir: h.UnitDir(), From: from, To: to})); !slices.Equal(got, []string{"start a-w.service", "health a-w.service"}) {
		t.Errorf("the same again: %q", got)
	}
	changed := h.version("others", "a-w.service")
	if got := words(Diff(Change{App: "a", UnitDir: h.UnitDir(), From: from, To: changed})); !slices.Contains(got, "restart a-w.service") || slices.Contains(got, "start a-w.service") {
		t.Errorf("a new version: %q", got)
	}
}

func TestOnlyWhatRanRunsAgain(t *testing.T) {
	for name, test := range map[string]struct {
		stopped, previous bool
	}{"it ran": {false, true}, "it was stopped": {true, false}} {
		h := newHost(t)
		if err := h.bring(h.version("one", "a.service")); err != nil {
			t.Fatal(err)
		}
		if test.stopped {
			delete(h.manager.running, "a.service")
		}
		h.status.Store(500)
		var failure *Failure
		if err := h.bring(h.version("two", "a.service")); !errors.As(err, &failure) || failure.Previous != test.previous {
			t.Errorf("%s: %+v", name, failure)
		}
	}
}

func TestOtherProcessesMayNotEnd(t *testing.T) {
	for name, to := range map[string]func(h *testHost) State{
		"the web process": func(h *testHost) State { return h.version("ends\nRestart=no", "a.service") },
		"one restarted":   func(h *testHost) State { return h.version("ends\nRestart=on-failure", "a-w.service") },
		"one by default":  func(h *testHost) State { return h.version("ends", "a-w.service") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			before := h.observe()
			var down *DownError
			if err := h.bring(to(h)); !errors.As(err, &down) {
				t.Errorf("got %v", err)
			}
			h.mustBe(before)
		})
	}
}
