package dbusctl

import (
	"context"
	"fmt"
)

// StartThrough starts a unit that starts another one before it ends, and waits
// for the end of both jobs. The name of the other one has the id of this run in
// it: other, which is called between the two, makes it of the id. What failed
// is a *JobError, as from Start.
func (m *Manager) StartThrough(ctx context.Context, starter string, other func(invocation string) string) error {
	signals, unsubscribe, err := m.jobSignals(ctx)
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", starter, err)
	}
	defer unsubscribe()
	j := newJobs("start")
	if err = m.queue(ctx, j, "StartUnit", []string{starter}); err == nil {
		err = j.wait(ctx, signals, j.ended)
	}
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", starter, err)
	}
	if len(j.failed) > 0 {
		return m.failures(ctx, j)
	}
	d, err := m.Details(ctx, starter)
	if err != nil {
		return err
	}
	if d.InvocationID == "" {
		return fmt.Errorf("cannot follow what %s started: systemd has forgotten the run", starter)
	}
	unit := other(d.InvocationID)
	if err := j.wait(ctx, signals, func() bool { return j.results[unit] != "" }); err != nil {
		return fmt.Errorf("cannot start %s: %w", unit, err)
	}
	if result := j.results[unit]; result != "done" {
		j.failed = append(j.failed, &JobError{Verb: j.verb, Unit: unit, Result: result})
	}
	return m.failures(ctx, j)
}
