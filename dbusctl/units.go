package dbusctl

import (
	"context"
	"fmt"
	"strings"

	sd "github.com/coreos/go-systemd/v22/dbus"
)

// Unit is what a list of units tells of each. The words are systemd's.
type Unit struct {
	Name        string
	Description string
	LoadState   string // loaded, not-found, bad-setting, error, masked
	ActiveState string // active, reloading, inactive, failed, activating, deactivating
	SubState    string // by type of unit: running, exited, dead, auto-restart, listening, waiting…
}

// Broken says that the unit failed, or that it ended by itself and waits to be
// started again.
func (u Unit) Broken() bool {
	return u.ActiveState == "failed" || strings.HasPrefix(u.SubState, "auto-restart")
}

// Units returns the named units, each once, in one call. A unit that does not
// exist is there with the LoadState not-found; an impossible name is left out.
// The order is the manager's.
func (m *Manager) Units(ctx context.Context, names ...string) ([]Unit, error) {
	if len(names) == 0 {
		return nil, nil
	}
	list, err := m.systemd.ListUnitsByNamesContext(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("cannot list units: %w", explain(ctx, err))
	}
	return units(list), nil
}

// UnitsMatching returns the loaded units whose names match one of the shell
// patterns, in one call. A unit that neither runs, nor failed, nor is needed
// by another one may not be loaded.
func (m *Manager) UnitsMatching(ctx context.Context, patterns ...string) ([]Unit, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	list, err := m.systemd.ListUnitsByPatternsContext(ctx, nil, patterns)
	if err != nil {
		return nil, fmt.Errorf("cannot list units: %w", explain(ctx, err))
	}
	return units(list), nil
}

func units(list []sd.UnitStatus) []Unit {
	all := make([]Unit, len(list))
	for i, u := range list {
		all[i] = Unit{u.Name, u.Description, u.LoadState, u.ActiveState, u.SubState}
	}
	return all
}
