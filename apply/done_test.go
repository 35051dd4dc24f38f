package apply

import (
	"errors"
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
