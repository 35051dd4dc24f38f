package cutover

import (
	"syscall"
	"testing"
	"time"
)

// TestASignalReachesNobodyElse, whoever has the number by now.
func TestASignalReachesNobodyElse(t *testing.T) {
	old, other := sleeper(t, "sleep", "1000"), sleeper(t, "sleep", "1000")
	h, runs := old.open()
	if !runs {
		t.Fatal("it does not run")
	}
	defer h.close()
	if h.fd < 0 {
		t.Skip("the kernel is older than 5.3")
	}
	if err := h.signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := old.waitGone(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, runs := old.open(); runs {
		t.Error("a process that has ended runs")
	}
	h.pid = other.PID
	if err := h.signal(syscall.SIGKILL); err != nil {
		t.Errorf("to one that has ended: %v", err)
	}
	if !other.Runs() {
		t.Error("the other process was stopped")
	}
}

func TestASignalOnAnOldKernel(t *testing.T) {
	p := sleeper(t, "sleep", "1000")
	h := handle{pid: p.PID, fd: -1}
	if err := h.signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := p.waitGone(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := h.signal(syscall.SIGKILL); err != nil {
		t.Errorf("to one that has ended: %v", err)
	}
}
