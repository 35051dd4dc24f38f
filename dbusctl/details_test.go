package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestDetails(t *testing.T) {
	f, m := connected(t)
	f.set(unitPath("web.service"), map[string]any{
		"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "Description": "Web",
		"MainPID": uint32(17), "NRestarts": uint32(2), "Result": "success",
		"MemoryCurrent": uint64(4096), "TasksCurrent": uint64(1<<64 - 1), "CPUUsageNSec": uint64(1_500_000),
		"ActiveEnterTimestamp": uint64(1_700_000_000_000_000), "InactiveEnterTimestamp": uint64(0), "InactiveExitTimestamp": uint64(1_699_999_999_000_000),
		"InvocationID": []byte{0xab, 0xcd}, "NeedDaemonReload": true,
	})
	f.set(unitPath("nightly.timer"), map[string]any{
		"ActiveState": "active", "NextElapseUSecRealtime": uint64(1_800_000_000_000_000), "LastTriggerUSec": uint64(1<<64 - 1),
	})
	all, err := m.DetailsOf(shortly(t), "web.service", "nightly.timer", "gone.target")
	if err != nil {
		t.Fatal(err)
	}
	web, timer, gone := all[0], all[1], all[2]
	if web.Name != "web.service" || web.SubState != "running" || web.MainPID != 17 || web.NRestarts != 2 ||
		!web.NeedDaemonReload || web.InvocationID != "abcd" {
		t.Errorf("web.service: %+v", web)
	}
	if web.MemoryCurrent == nil || *web.MemoryCurrent != 4096 || web.TasksCurrent != nil ||
		web.CPUUsage == nil || *web.CPUUsage != 1500*time.Microsecond {
		t.Errorf("the counters of web.service: %+v", web)
	}
	if !web.Activated.Equal(time.Unix(1_700_000_000, 0)) || !web.Deactivated.IsZero() || !web.Started.Equal(time.Unix(1_699_999_999, 0)) {
		t.Errorf("the times of web.service: %v %v", web.Activated, web.Deactivated)
	}
	if !timer.NextElapse.Equal(time.Unix(1_800_000_000, 0)) || !timer.LastTrigger.IsZero() {
		t.Errorf("the times of nightly.timer: %+v", timer)
	}
	if gone.Name != "gone.target" || gone.ActiveState != "" || gone.MemoryCurrent != nil {
		t.Errorf("gone.target: %+v", gone)
	}
}

// TestHowLongARunTook does not depend on the time of day.
func TestHowLongARunTook(t *testing.T) {
	for want, monotonic := range map[time.Duration][2]uint64{
		90 * time.Second: {1_000_000, 91_000_000},
		0:                {91_000_000, 1_000_000}, // it runs again
	} {
		f, m := connected(t)
		f.set(unitPath("nightly.service"), map[string]any{
			"ActiveState": "inactive", "InactiveExitTimestamp": uint64(1_700_000_000_000_000), "InactiveEnterTimestamp": uint64(1_600_000_000_000_000),
			"InactiveExitTimestampMonotonic": monotonic[0], "InactiveEnterTimestampMonotonic": monotonic[1],
		})
		d, err := m.Details(shortly(t), "nightly.service")
		if err != nil || d.Ran != want {
			t.Errorf("%v: %s, %v, want %s", monotonic, d.Ran, err, want)
		}
	}
}

// More questions than may be open at once.
func TestDetailsOfMany(t *testing.T) {
	f, m := connected(t)
	var names []string
	for i := range 100 {
		name := fmt.Sprintf("web-%d.service", i)
		names = append(names, name)
		f.set(unitPath(name), map[string]any{"ActiveState": "active", "MainPID": uint32(i)})
	}
	all, err := m.DetailsOf(shortly(t), names...)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range all {
		if d.Name != names[i] || d.MainPID != i {
			t.Fatalf("number %d: %s with PID %d", i, d.Name, d.MainPID)
		}
	}
}

// A manager that hangs holds nobody up beyond the context, however much is asked.
func TestDetailsOfAManagerThatHangs(t *testing.T) {
	f, m := connected(t)
	awake := make(chan struct{})
	t.Cleanup(func() { close(awake) })
	f.on("GetAll", func(*fakeConn, *dbus.Message) { <-awake }) // and reads no further
	units := make([]Unit, 1000)
	for i := range units {
		units[i].Name = fmt.Sprintf("web-%d-%s.service", i, strings.Repeat("x", 100))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := m.details(ctx, units); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
