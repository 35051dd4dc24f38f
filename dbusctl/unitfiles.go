package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Link is a symbolic link that Enable made or Disable removed.
type Link struct {
	Path   string // such as ~/.config/systemd/user/default.target.wants/web.target
	Target string // what it points to; empty when it was removed
}

// Enable makes the links that the [Install] sections of the named unit files
// ask for, and returns those that were not there. It replaces nothing that is
// in the way. The manager follows new links after the next Reload.
func (m *Manager) Enable(ctx context.Context, names ...string) ([]Link, error) {
	if len(names) == 0 {
		return nil, nil
	}
	const persistent, careful = false, false // not only for this boot; no force
	hasInstall, changes, err := m.systemd.EnableUnitFilesContext(ctx, names, persistent, careful)
	if err != nil {
		return nil, fmt.Errorf("cannot enable %s: %w", strings.Join(names, ", "), explain(ctx, err))
	}
	if !hasInstall {
		return nil, fmt.Errorf("cannot enable %s: no [Install] section says when to start", strings.Join(names, ", "))
	}
	links := make([]Link, len(changes))
	for i, c := range changes {
		links[i] = Link{Path: c.Filename, Target: c.Destination}
	}
	return links, nil
}

// Disable removes all links to the named unit files, and returns those that
// were there. A unit that has none, or that does not exist, is no error. The
// manager forgets removed links after the next Reload.
func (m *Manager) Disable(ctx context.Context, names ...string) ([]Link, error) {
	if len(names) == 0 {
		return nil, nil
	}
	links, err := m.disable(ctx, names)
	if !errors.Is(err, ErrNoSuchUnit) {
		return links, err
	}
	// Not one is disabled when one of them has neither a file nor links.
	for _, name := range names {
		removed, err := m.disable(ctx, []string{name})
		if err != nil && !errors.Is(err, ErrNoSuchUnit) {
			return links, err
		}
		links = append(links, removed...)
	}
	return links, nil
}

func (m *Manager) disable(ctx context.Context, names []string) ([]Link, error) {
	changes, err := m.systemd.DisableUnitFilesContext(ctx, names, false)
	if err != nil {
		return nil, fmt.Errorf("cannot disable %s: %w", strings.Join(names, ", "), explain(ctx, err))
	}
	links := make([]Link, len(changes))
	for i, c := range changes {
		links[i] = Link{Path: c.Filename}
	}
	return links, nil
}
