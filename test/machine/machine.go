package machine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options says what to boot. Only Suite is needed.
type Options struct {
	Suite  Suite
	Name   string            // default: a new one; two machines cannot have the same
	BindRO map[string]string // host path → path inside, read-only
	Layers []string          // host directories laid over the root, the top one first; never written to

	// Durable lets fsync reach the disk, for tests that measure it. Otherwise
	// it does nothing, and nobody waits for what the rest of the host writes.
	Durable bool

	// Timeout is how long each boot may take, one minute by default.
	Timeout time.Duration
}

// Machine is one throwaway host. Its methods may be used by several goroutines
// at once. Whoever boots a machine calls Remove; a machine whose process died
// without doing so ends with it, and the next Boot deletes its files.
type Machine struct {
	Name  string
	Suite Suite

	options  Options
	root     string   // the cached Debian root
	rootHeld *os.File // keeps the root from being deleted
	state    *state

	power   sync.Mutex // held while the machine is switched on or off
	mu      sync.Mutex // guards what follows
	running *running   // nil when the machine is off
	removed bool
}

// Boot starts a new machine and returns when its boot is complete, whether
// every unit came up or some failed: see [Machine.FailedUnits].
func Boot(ctx context.Context, options Options) (*Machine, error) {
	m := &Machine{Suite: options.Suite, options: options}
	if m.options.Timeout == 0 {
		m.options.Timeout = time.Minute
	}
	var err error
	if m.root, m.rootHeld, err = holdRoot(ctx, options.Suite); err != nil {
		return nil, fmt.Errorf("cannot boot a machine: %w", err)
	}
	if m.state, err = newState(ctx, options.Name); err != nil {
		m.rootHeld.Close()
		return nil, fmt.Errorf("cannot boot a machine: %w", err)
	}
	m.Name = m.state.name
	if err := m.PowerOn(ctx); err != nil {
		_ = m.Remove(context.WithoutCancel(ctx)) // the first error says more
		return nil, err
	}
	return m, nil
}

// Console is what the machine has written to its console since it was made.
func (m *Machine) Console() string {
	text, err := os.ReadFile(m.state.console())
	if err != nil {
		return ""
	}
	return string(text)
}

// Leader is the process id of the machine's process 1, as seen from outside,
// or 0 when the machine is off.
func (m *Machine) Leader() int {
	run, err := m.current()
	if err != nil {
		return 0
	}
	return run.leader
}

// Remove ends everything that runs in the machine and deletes its files. A
// second call does nothing.
func (m *Machine) Remove(ctx context.Context) error {
	m.power.Lock()
	defer m.power.Unlock()
	m.mu.Lock()
	removed := m.removed
	m.removed = true
	m.mu.Unlock()
	if removed {
		return nil
	}
	m.cut()
	err := m.state.remove(ctx)
	m.rootHeld.Close()
	if err != nil {
		return fmt.Errorf("cannot remove machine %s: %w", m.Name, err)
	}
	return nil
}

// current is the running system, or an error when the machine is off.
func (m *Machine) current() (*running, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running == nil || m.running.leader == 0 || m.running.ended() {
		return nil, fmt.Errorf("machine %s is off", m.Name)
	}
	return m.running, nil
}

// snakeoil is the certificate that the machine's Apache shows.
func (m *Machine) snakeoil() string {
	return filepath.Join(m.root, "etc/ssl/certs/ssl-cert-snakeoil.pem")
}
