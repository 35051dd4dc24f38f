package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// Signals that ask systemd, as process 1, to shut the system down
// (systemd(1): SIGRTMIN+4 and SIGRTMIN+5; the C library keeps two of the
// kernel's real-time signals for itself).
const (
	sigPowerOff = syscall.Signal(34 + 4)
	sigReboot   = syscall.Signal(34 + 5)
)

// PowerOn boots a machine that is off, on the files it had: after PowerOff or
// CutPower, or when its system was shut down or rebooted from within.
func (m *Machine) PowerOn(ctx context.Context) error {
	m.power.Lock()
	defer m.power.Unlock()
	return m.boot(ctx)
}

// PowerOff shuts the system down in order and leaves the machine off. When
// the context ends before the shutdown does, the power is cut.
func (m *Machine) PowerOff(ctx context.Context) error {
	m.power.Lock()
	defer m.power.Unlock()
	return m.shutDown(ctx, sigPowerOff)
}

// Reboot shuts the system down in order and boots it again on the same files.
func (m *Machine) Reboot(ctx context.Context) error {
	m.power.Lock()
	defer m.power.Unlock()
	if err := m.shutDown(ctx, sigReboot); err != nil {
		return err
	}
	return m.boot(ctx)
}

// CutPower kills everything in the machine at once and leaves it off, as a
// power failure does. What had been written stays, synced or not.
func (m *Machine) CutPower() {
	m.power.Lock()
	defer m.power.Unlock()
	m.cut()
}

func (m *Machine) boot(ctx context.Context) error {
	m.mu.Lock()
	removed, on := m.removed, m.running != nil && !m.running.ended()
	m.mu.Unlock()
	switch {
	case removed:
		return fmt.Errorf("cannot boot machine %s: it is removed", m.Name)
	case on:
		return fmt.Errorf("cannot boot machine %s: it is on", m.Name)
	}
	m.cut() // what a system that ended by itself left of its cgroup
	ctx, cancel := context.WithTimeout(ctx, m.options.Timeout)
	defer cancel()
	run, err := m.spawn()
	if err != nil {
		return fmt.Errorf("cannot boot machine %s: %w", m.Name, err)
	}
	m.mu.Lock()
	m.running = run
	m.mu.Unlock()
	if err := m.waitUntilUp(ctx, run); err != nil {
		err = fmt.Errorf("cannot boot machine %s: %w\n%s", m.Name, err, lastLines(m.state.console(), 40))
		m.cut()
		return err
	}
	return nil
}

// waitUntilUp waits for process 1, then for the end of the boot.
func (m *Machine) waitUntilUp(ctx context.Context, run *running) error {
	leader := findLeader(run.nspawn)
	for leader == 0 || !exists(fmt.Sprintf("/proc/%d/root/run/systemd/private", leader)) {
		if err := pause(ctx, run); err != nil {
			return err
		}
		leader = findLeader(run.nspawn)
	}
	if err := os.Mkdir(run.commands(), 0o755); err != nil {
		return err
	}
	m.mu.Lock()
	run.leader = leader
	m.mu.Unlock()
	for {
		result, err := m.Exec(ctx, "systemctl", "is-system-running", "--wait")
		if err != nil {
			return err
		}
		switch strings.TrimSpace(result.Stdout) {
		case "running", "degraded":
			return nil
		}
		if err := pause(ctx, run); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, run *running) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-run.exited:
		return errors.New("the system ended while it booted")
	case <-time.After(5 * time.Millisecond):
		return nil
	}
}

func (m *Machine) shutDown(ctx context.Context, signal syscall.Signal) error {
	run, err := m.current()
	if err != nil {
		return fmt.Errorf("cannot shut down: %w", err)
	}
	if err := syscall.Kill(run.leader, signal); err != nil {
		return fmt.Errorf("cannot shut down machine %s: %w", m.Name, err)
	}
	select {
	case <-run.exited:
	case <-ctx.Done():
		err = fmt.Errorf("cannot shut down machine %s: %w\n%s", m.Name, ctx.Err(), lastLines(m.state.console(), 40))
	}
	m.cut()
	return err
}

// cut ends everything that runs. The system goes first, so that nspawn, which
// waits for it, can tidy up; then whatever is left.
func (m *Machine) cut() {
	m.mu.Lock()
	run := m.running
	m.running = nil
	m.mu.Unlock()
	if run != nil {
		// An error here comes up again below.
		_ = killCgroup(run.payload())
		select {
		case <-run.exited:
		case <-time.After(2 * time.Second):
		}
	}
	// An error here comes up again when the files are removed.
	_ = removeCgroup(context.Background(), m.Name)
	if run != nil {
		<-run.exited
	}
}

// FailedUnits are the units of the system manager that failed, at boot or
// since.
func (m *Machine) FailedUnits(ctx context.Context) ([]string, error) {
	list, err := m.As("root").Output(ctx, "systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
	if err != nil {
		return nil, fmt.Errorf("cannot list failed units: %w", err)
	}
	var units []string
	for line := range strings.Lines(list) {
		units = append(units, strings.Fields(line)[0])
	}
	return units, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
