package dbusctl

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// Ending is what the manager knows of a service whose process has ended, while
// ExecStopPost= runs. Afterwards a restart makes it forget.
type Ending struct {
	// Asked: somebody stops or restarts the unit, or what it is part of, or
	// the manager itself ends. Jobs of automatic restarts come later.
	Asked   bool
	OneShot bool          // Type=oneshot
	Ran     time.Duration // since it was active; 0 when it never was
	Reason  string        // as Failure says it
}

// Ending reads how the process of a service ended.
func (m *Manager) Ending(ctx context.Context, name string) (Ending, error) {
	p := properties{}
	if err := m.call(ctx, query{unitPath(name), getAll, []any{""}}, &p); err != nil {
		return Ending{}, fmt.Errorf("cannot read how %s ended: %w", name, err)
	}
	e := Ending{OneShot: value[string](p, "Type") == "oneshot", Ran: p.ran(), Reason: p.reason("Result")}
	var job struct {
		ID   uint32
		Path dbus.ObjectPath
	}
	if !p.store("Job", &job) || job.ID == 0 {
		return e, nil
	}
	now := properties{}
	if err := m.call(ctx, query{job.Path, getAll, []any{"org.freedesktop.systemd1.Job"}}, &now); err != nil {
		return e, fmt.Errorf("cannot read what is done with %s: %w", name, err)
	}
	switch value[string](now, "JobType") {
	case "stop", "restart":
		e.Asked = true
	case "start":
		// One that runs is the start that failed. One that waits came while the
		// unit was being stopped, and has taken the place of the job for that.
		e.Asked = value[string](now, "State") == "waiting"
	}
	return e, nil
}

// ran is how long the service was active in its last run.
func (p properties) ran() time.Duration {
	begun := value[uint64](p, "InactiveExitTimestampMonotonic")
	active := value[uint64](p, "ActiveEnterTimestampMonotonic")
	ended := value[uint64](p, "ExecMainExitTimestampMonotonic")
	if active == 0 || active < begun || ended < active {
		return 0
	}
	return time.Duration(ended-active) * time.Microsecond
}

// Begin queues the start of a unit and does not wait for it. A unit that is
// being started or runs goes on.
func (m *Manager) Begin(ctx context.Context, name string) error {
	var job dbus.ObjectPath
	if err := m.call(ctx, query{managerPath, managerFace + ".StartUnit", []any{name, "replace"}}, &job); err != nil {
		return fmt.Errorf("cannot start %s: %w", name, err)
	}
	return nil
}
