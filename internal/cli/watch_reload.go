package cli

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"ecounit/apply"
	"ecounit/plan"
)

// noticing is a manager that misses no change of an app's code while it reads
// its units again: systemd forgets what it knows of the files then.
type noticing struct {
	reloader
	watched func() map[string][]string // the paths that each app watches
}

// reloader is what noticing asks of the user's manager.
type reloader interface {
	apply.Manager
	Begin(ctx context.Context, name string) error
}

// Reload has the apps take up what was changed meanwhile, as systemd would
// have. What it noticed itself is waited for already, and comes once.
func (n noticing) Reload(ctx context.Context) error {
	before := map[string][sha256.Size]byte{}
	paths := n.watched()
	for app := range paths {
		before[app] = footprint(paths[app])
	}
	if err := n.reloader.Reload(ctx); err != nil {
		return err
	}
	for _, app := range slices.Sorted(maps.Keys(paths)) {
		if footprint(paths[app]) == before[app] {
			continue
		}
		units, err := n.UnitsMatching(ctx, plan.WatchPathOf(app))
		if err != nil {
			return err
		}
		if len(units) == 0 || units[0].ActiveState != "active" {
			continue // stopped, or about to be started
		}
		if err := n.Begin(ctx, plan.WatchServiceOf(app)); err != nil {
			return err
		}
	}
	return nil
}

// watched are the paths that the user's apps watch, by app.
func (h *home) watched() map[string][]string {
	all := map[string][]string{}
	apps, _ := h.apps() // where it cannot be known, systemd notices alone
	for _, app := range apps {
		if last, err := h.lastPlan(app); err == nil && last.Watch != nil {
			all[app] = last.Watch.All()
		}
	}
	return all
}
