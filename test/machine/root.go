package machine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Root returns the directory that holds the Debian root of the suite, and
// builds it first when there is none. It is built once per package list, by
// one process at a time, and is complete whenever it is there at all.
//
// Roots are kept in $ECOUNIT_MACHINE_CACHE, or in /var/cache/ecounit-machine.
// The directory has to be on a file system that can carry an overlay, which
// another overlay cannot. $ECOUNIT_MACHINE_MIRROR names another Debian mirror.
func Root(ctx context.Context, suite Suite) (path string, err error) {
	if suite.SystemdVersion() == 0 {
		return "", fmt.Errorf("cannot build a root: unknown suite %q", suite)
	}
	root := filepath.Join(cacheDir(), string(suite)+"-"+recipeHash(suite))
	if isDir(root) {
		return root, nil
	}
	if err := os.MkdirAll(cacheDir(), 0o755); err != nil {
		return "", fmt.Errorf("cannot make the cache of roots: %w", err)
	}
	lock, err := lockFile(ctx, filepath.Join(cacheDir(), string(suite)+".lock"))
	if err != nil {
		return "", fmt.Errorf("cannot lock the root of %s: %w", suite, err)
	}
	defer lock.Close()
	if isDir(root) {
		return root, nil
	}
	if err := buildRoot(ctx, suite, root, lock); err != nil {
		return "", fmt.Errorf("cannot build the root of %s: %w", suite, err)
	}
	removeOldRoots(suite, root)
	return root, nil
}

// buildRoot builds under another name and renames, so that a build that was
// interrupted is never taken for a root. The lock goes to mmdebstrap too: it
// stays locked while an orphaned build still writes.
func buildRoot(ctx context.Context, suite Suite, root string, lock *os.File) error {
	unfinished := filepath.Join(cacheDir(), "."+string(suite)+".new")
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	log, err := os.Create(filepath.Join(cacheDir(), string(suite)+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd, err := buildCommand(ctx, suite, unfinished)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("mmdebstrap: %w\n%s", err, lastLines(log.Name(), 30))
	}
	return os.Rename(unfinished, root)
}

// removeOldRoots deletes the suite's roots of earlier package lists, except
// those that a machine runs on: it holds a shared lock on the directory.
func removeOldRoots(suite Suite, current string) {
	roots, err := filepath.Glob(filepath.Join(cacheDir(), string(suite)+"-*"))
	if err != nil {
		return
	}
	for _, old := range roots {
		if old == current || !isDir(old) {
			continue
		}
		dir, err := os.Open(old)
		if err != nil {
			continue
		}
		if unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			doomed := filepath.Join(cacheDir(), ".old."+filepath.Base(old))
			if os.Rename(old, doomed) == nil {
				_ = os.RemoveAll(doomed) // what is left is only disk space
			}
		}
		dir.Close()
	}
}

// holdRoot takes a shared lock on the root, so that it stays while it is used.
func holdRoot(ctx context.Context, suite Suite) (root string, held *os.File, err error) {
	for {
		root, err = Root(ctx, suite)
		if err != nil {
			return "", nil, err
		}
		held, err = os.Open(root)
		if err == nil {
			err = unix.Flock(int(held.Fd()), unix.LOCK_SH|unix.LOCK_NB)
			if err == nil && sameFile(held, root) {
				return root, held, nil
			}
			held.Close()
		}
		// Another package list's build is removing it just now: once more.
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.EWOULDBLOCK) {
			return "", nil, err
		}
		if ctx.Err() != nil {
			return "", nil, ctx.Err()
		}
	}
}

func sameFile(file *os.File, path string) bool {
	a, errA := file.Stat()
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func cacheDir() string {
	if dir := os.Getenv("ECOUNIT_MACHINE_CACHE"); dir != "" {
		return dir
	}
	return "/var/cache/ecounit-machine"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// lastLines is the end of a text file, for an error message.
func lastLines(path string, n int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimRight(string(data), "\r\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
