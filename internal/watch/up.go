package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecounit/dbusctl"
	"ecounit/plan"
)

// LooksAgain waits until systemd looks at the files again, so that it notices
// what is changed from now on. It does by the time this runs, or there was
// another change already, after which all of this comes once more.
func LooksAgain(ctx context.Context, m *dbusctl.Manager, app string) error {
	for begin := time.Now(); time.Since(begin) < 2*time.Second; {
		units, err := m.UnitsMatching(ctx, plan.WatchPathOf(app), app+"-watch-*.path", plan.WatchServiceOf(app))
		if err != nil {
			return err
		}
		busy := func(u dbusctl.Unit) bool { return u.SubState == "running" }
		again := func(u dbusctl.Unit) bool { return u.ActiveState == "activating" }
		if !slices.ContainsFunc(units, busy) || slices.ContainsFunc(units, again) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery / 5):
		}
	}
	return nil
}

// StayUp looks for that long for services that end with the new code. A restart
// sets the count of restarts back to zero.
func StayUp(ctx context.Context, m *dbusctl.Manager, before []dbusctl.Details, restarted []string, long time.Duration) error {
	names := make([]string, len(before))
	for i, d := range before {
		names[i] = d.Name
	}
	for begin := time.Now(); time.Since(begin) < long; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
		now, err := m.DetailsOf(ctx, names...)
		if err != nil {
			return err
		}
		for i, d := range now {
			restarts := before[i].NRestarts
			if slices.Contains(restarted, d.Name) {
				restarts = 0
			}
			if d.ActiveState != "failed" && !strings.HasPrefix(d.SubState, "auto-restart") && d.NRestarts <= restarts {
				continue
			}
			why, err := m.Failure(ctx, d.Name)
			if err != nil {
				return err
			}
			return fmt.Errorf("%s does not stay up with the new code: %s", d.Name, why)
		}
	}
	return nil
}

// Idle waits until a unit is not on its way up.
func Idle(ctx context.Context, m *dbusctl.Manager, name string) error {
	for {
		states, err := m.Units(ctx, name)
		if err != nil || len(states) == 0 || states[0].ActiveState != "activating" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery / 2):
		}
	}
}
