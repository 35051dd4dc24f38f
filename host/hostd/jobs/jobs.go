// Package jobs starts the units that do what the service has no rights for,
// waits for them, and reads what they said. It keeps one connection to the
// machine's systemd, and makes it anew when systemd executes itself anew.
//
// It must not know what the units are for.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ecounit/dbusctl"
)

// maxOutput is how much of what a unit said is read, in bytes.
const maxOutput = 64 << 10

// Runner starts units. It is safe for use by several goroutines.
type Runner struct {
	dir string // where units leave their output

	connecting sync.Mutex
	manager    *dbusctl.Manager

	mu    sync.Mutex
	turns map[string]chan struct{} // a unit runs for one caller at a time
}

// New returns a runner for units that write into files of dir.
func New(dir string) *Runner {
	return &Runner{dir: dir, turns: map[string]chan struct{}{}}
}

// Close ends the connection.
func (r *Runner) Close() {
	r.connecting.Lock()
	defer r.connecting.Unlock()
	if r.manager != nil {
		r.manager.Close()
		r.manager = nil
	}
}

// Start starts a unit and waits until it has started: of Type=oneshot, until it
// has done its work.
func (r *Runner) Start(ctx context.Context, unit string) error {
	return r.ask(ctx, func(m *dbusctl.Manager) error { return m.Start(ctx, unit) })
}

// Again starts a unit anew, also one that has started already.
func (r *Runner) Again(ctx context.Context, unit string) error {
	return r.ask(ctx, func(m *dbusctl.Manager) error { return m.Restart(ctx, unit) })
}

// Reload has a running unit read its configuration again.
func (r *Runner) Reload(ctx context.Context, unit string) error {
	return r.ask(ctx, func(m *dbusctl.Manager) error { return m.ReloadUnits(ctx, unit) })
}

// Run starts a unit that writes into the file of the given name, and returns
// what it wrote, also when it failed.
func (r *Runner) Run(ctx context.Context, unit, output string) (said string, err error) {
	release, err := r.turn(ctx, unit)
	if err != nil {
		return "", err
	}
	defer release()
	path := filepath.Join(r.dir, output)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("cannot run %s: %w", unit, err)
	}
	failed := r.Start(ctx, unit)
	text, err := head(path)
	if failed != nil {
		return text, failed // with what there is
	}
	if err != nil {
		return text, fmt.Errorf("cannot read what %s said: %w", unit, err)
	}
	return text, nil
}

// Active reports whether a unit runs.
func (r *Runner) Active(ctx context.Context, unit string) (bool, error) {
	var state string
	err := r.ask(ctx, func(m *dbusctl.Manager) error {
		all, err := m.Units(ctx, unit)
		if len(all) == 1 {
			state = all[0].ActiveState
		}
		return err
	})
	return state == "active" || state == "reloading" || state == "refreshing", err
}

// Processes is how many processes a unit has.
func (r *Runner) Processes(ctx context.Context, unit string) (n int, err error) {
	err = r.ask(ctx, func(m *dbusctl.Manager) error {
		all, err := m.Processes(ctx, unit)
		n = len(all)
		return err
	})
	return n, err
}

// ask asks once more when systemd went away under the question: whatever is
// asked here may be done twice.
func (r *Runner) ask(ctx context.Context, question func(*dbusctl.Manager) error) error {
	m, err := r.connect(ctx, nil)
	if err != nil {
		return err
	}
	if err = question(m); !errors.Is(err, dbusctl.ErrLost) {
		return err
	}
	if m, err = r.connect(ctx, m); err != nil {
		return err
	}
	return question(m)
}

// connect returns the connection, and makes a new one in the place of one that
// was lost.
func (r *Runner) connect(ctx context.Context, lost *dbusctl.Manager) (*dbusctl.Manager, error) {
	r.connecting.Lock()
	defer r.connecting.Unlock()
	if r.manager != nil && r.manager != lost {
		return r.manager, nil
	}
	if lost != nil {
		lost.Close()
	}
	m, err := dbusctl.ConnectSystemManager(ctx)
	r.manager = m
	return m, err
}

// turn waits until nobody else runs the unit.
func (r *Runner) turn(ctx context.Context, unit string) (release func(), err error) {
	for {
		r.mu.Lock()
		other, busy := r.turns[unit]
		if !busy {
			mine := make(chan struct{})
			r.turns[unit] = mine
			r.mu.Unlock()
			return func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				delete(r.turns, unit)
				close(mine)
			}, nil
		}
		r.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// head is the beginning of a file.
func head(path string) (string, error) { return first(path, maxOutput) }

func first(path string, most int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most))
	return strings.TrimSpace(string(text)), err
}
