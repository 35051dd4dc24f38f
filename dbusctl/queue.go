package dbusctl

import (
	"context"
	"fmt"
	"strings"
)

// QueueRestart is Restart for a unit that cannot come up before the caller has
// ended: it returns when the manager has accepted the jobs.
func (m *Manager) QueueRestart(ctx context.Context, names ...string) error {
	j := newJobs("restart")
	if err := m.queue(ctx, j, "RestartUnit", names); err != nil {
		return fmt.Errorf("cannot restart %s: %w", strings.Join(names, ", "), err)
	}
	return m.failures(ctx, j)
}
