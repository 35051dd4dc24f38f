package machine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Every machine has a cgroup of its own. Without one nspawn would call the
// cgroup of its system "payload" beside that of every other machine, and with
// one everything a machine runs can be killed at once.
const cgroupParent = "ecounit-machine"

// cgroupMount is where cgroup v2 is, in the unified layout or the hybrid one.
func cgroupMount() (string, error) {
	for _, dir := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		var info unix.Statfs_t
		if unix.Statfs(dir, &info) == nil && info.Type == unix.CGROUP2_SUPER_MAGIC {
			return dir, nil
		}
	}
	return "", errors.New("cgroup v2 is not mounted (mount -t cgroup2 none /sys/fs/cgroup/unified)")
}

// makeCgroup makes the cgroup of a machine, with every controller there is.
func makeCgroup(name string) (string, error) {
	mount, err := cgroupMount()
	if err != nil {
		return "", err
	}
	parent := filepath.Join(mount, cgroupParent)
	dir := filepath.Join(parent, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if list, err := os.ReadFile(filepath.Join(parent, "cgroup.controllers")); err == nil {
		for _, controller := range strings.Fields(string(list)) {
			// One that cannot be had is missing inside, as on a real host.
			_ = os.WriteFile(filepath.Join(parent, "cgroup.subtree_control"), []byte("+"+controller), 0)
		}
	}
	return dir, nil
}

// killCgroup kills every process in the cgroup and below it.
func killCgroup(dir string) error {
	err := os.WriteFile(filepath.Join(dir, "cgroup.kill"), []byte("1"), 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV) {
		return nil
	}
	return err
}

// removeCgroup kills what is left of a machine and removes its cgroup, and the
// shadow of it that nspawn makes in a hybrid layout. The parent stays: another
// machine may be about to use it.
func removeCgroup(ctx context.Context, name string) error {
	mount, err := cgroupMount()
	if err != nil {
		return err
	}
	dir := filepath.Join(mount, cgroupParent, name)
	if err := killCgroup(dir); err != nil {
		return err
	}
	for _, dir := range []string{dir, filepath.Join("/sys/fs/cgroup/systemd", cgroupParent, name)} {
		if err := removeCgroupTree(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// removeCgroupTree waits for killed processes to be gone; a cgroup that has
// any cannot be removed.
func removeCgroupTree(ctx context.Context, dir string) error {
	for start := time.Now(); ; {
		err := removeEmptyDirs(dir)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if time.Since(start) > 10*time.Second {
			return fmt.Errorf("processes that cannot be killed: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func removeEmptyDirs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeEmptyDirs(filepath.Join(dir, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return syscall.Rmdir(dir)
}
