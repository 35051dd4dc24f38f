package watch

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
	Manager
	watched func() map[string][]string // the paths that each app watches
}

// Noticing returns the manager with the paths that each app watches.
func Noticing(m Manager, watched func() map[string][]string) apply.Manager {
	return noticing{m, watched}
}

// Manager is what noticing asks of the user's manager.
type Manager interface {
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
	if err := n.Manager.Reload(ctx); err != nil {
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
