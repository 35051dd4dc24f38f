package dbusctl

import (
	"context"
	"errors"
	"fmt"
)

// Process is a process of a unit.
type Process struct {
	ControlGroup string // its cgroup, from the root of the hierarchy
	PID          int
	Command      string // the command line, for showing
}

// Processes returns the processes of a unit and, for a slice, of all units in
// it, in one call: "app.slice" has nearly all of a user's services. A unit
// that does not run has none.
func (m *Manager) Processes(ctx context.Context, unit string) ([]Process, error) {
	var list []struct {
		ControlGroup string
		PID          uint32
		Command      string
	}
	err := m.call(ctx, query{managerPath, managerFace + ".GetUnitProcesses", []any{unit}}, &list)
	if errors.Is(err, ErrNoSuchUnit) { // not loaded, so not running
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the processes of %s: %w", unit, err)
	}
	all := make([]Process, len(list))
	for i, p := range list {
		all[i] = Process{p.ControlGroup, int(p.PID), p.Command}
	}
	return all, nil
}
