package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"syscall"
)

// Kill ends all processes of units at once, with SIGKILL and without asking.
// What Restart= says still holds, so that a job has to follow. A unit that has
// no processes has nothing to end.
func (m *Manager) Kill(ctx context.Context, names ...string) error {
	queries := make([]query, len(names))
	for i, name := range names {
		queries[i] = query{managerPath, managerFace + ".KillUnit", []any{name, "all", int32(syscall.SIGKILL)}}
	}
	var all []error
	for i, call := range m.ask(ctx, queries) {
		if err := explain(ctx, call.Err); err != nil && !errors.Is(err, ErrNoSuchUnit) {
			all = append(all, fmt.Errorf("cannot kill %s: %w", names[i], err))
		}
	}
	return errors.Join(all...)
}
