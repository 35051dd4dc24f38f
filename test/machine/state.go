package machine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// state is what exists on the host for one machine: a directory with its
// files, and a cgroup with its processes.
//
// Its owner holds a lock on the file "owner" in the directory. The kernel
// drops the lock when the owner ends, however it ends, so that nobody has to
// guess from a process id whether a machine is still somebody's.
type state struct {
	name  string
	dir   string
	owner *os.File
}

func machinesDir() string { return filepath.Join(cacheDir(), "machines") }

func stateOf(name string) *state {
	return &state{name: name, dir: filepath.Join(machinesDir(), name)}
}

func (s *state) console() string { return filepath.Join(s.dir, "console") }
func (s *state) upper() string   { return filepath.Join(s.dir, "upper") }
func (s *state) work() string    { return filepath.Join(s.dir, "work") }
func (s *state) root() string    { return filepath.Join(s.dir, "root") }

// newState removes what dead owners left and makes the state of a new machine.
func newState(ctx context.Context, name string) (*state, error) {
	if err := os.MkdirAll(machinesDir(), 0o755); err != nil {
		return nil, err
	}
	// Under this lock no other process takes a new directory for an orphan.
	lock, err := lockFile(ctx, machinesDir()+".lock")
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := sweep(ctx); err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id)
	if name == "" {
		name = "ecounit-" + hex.EncodeToString(id[:4])
	}
	s := stateOf(name)
	if err := s.create(hex.EncodeToString(id)); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("a machine named %s is running", name)
		}
		_ = os.RemoveAll(s.dir) // the first error says more
		return nil, err
	}
	return s, nil
}

// create makes the directories, takes ownership and names the machine: systemd
// treats a root without a machine id as a first boot and enables every unit.
func (s *state) create(machineID string) error {
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{s.upper(), s.root(), filepath.Join(s.upper(), "etc")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(s.upper(), "etc/machine-id"), []byte(machineID+"\n"), 0o444); err != nil {
		return err
	}
	owner, err := os.Create(filepath.Join(s.dir, "owner"))
	if err != nil {
		return err
	}
	fmt.Fprintf(owner, "%d\n", os.Getpid()) // for people; the lock is what counts
	if err := unix.Flock(int(owner.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner.Close()
		return err
	}
	s.owner = owner
	return nil
}

// remove ends every process of the machine and deletes its files. The overlay
// needs no unmounting: it is in a mount namespace that ends with the machine.
func (s *state) remove(ctx context.Context) error {
	if err := removeCgroup(ctx, s.name); err != nil {
		return err
	}
	// nspawn's leftover; /run is not always a tmpfs.
	_ = os.Remove("/run/systemd/nspawn/propagate/" + s.name)
	err := os.RemoveAll(s.dir)
	if s.owner != nil {
		s.owner.Close()
	}
	return err
}

// Sweep removes the machines whose owners ended without removing them, as a
// killed test does. Machines of live processes are left alone.
func Sweep(ctx context.Context) error {
	if !isDir(machinesDir()) {
		return nil
	}
	lock, err := lockFile(ctx, machinesDir()+".lock")
	if err != nil {
		return fmt.Errorf("cannot sweep machines: %w", err)
	}
	defer lock.Close()
	return sweep(ctx)
}

func sweep(ctx context.Context) error {
	entries, err := os.ReadDir(machinesDir())
	if err != nil {
		return err
	}
	for _, entry := range entries {
		s := stateOf(entry.Name())
		if s.owned() {
			continue
		}
		if err := s.remove(ctx); err != nil {
			return fmt.Errorf("cannot remove the abandoned machine %s: %w", s.name, err)
		}
	}
	return nil
}

// owned reports whether the process that made the machine still lives.
func (s *state) owned() bool {
	owner, err := os.Open(filepath.Join(s.dir, "owner"))
	if err != nil {
		return false // died before it took ownership
	}
	defer owner.Close()
	return unix.Flock(int(owner.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil
}
