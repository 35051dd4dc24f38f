package apply

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

const lockRetry = 50 * time.Millisecond

// Lock makes changes of one user wait for each other. waiting is called once
// with the process that holds the lock, when it cannot be had at once.
func (p Places) Lock(ctx context.Context, waiting func(holder string)) (unlock func(), err error) {
	path := p.lockFile()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot create %s: %w", filepath.Dir(path), reason(err))
	}
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err == nil && !got {
		waiting(holder(path))
		got, err = lock.TryLockContext(ctx, lockRetry)
	}
	if err != nil || !got {
		return nil, fmt.Errorf("cannot lock %s: %w", path, reason(err))
	}
	return func() { _ = lock.Unlock() }, nil
}

// holder is the process that holds the lock, as the kernel lists it
// (proc_locks(5)). Naming it in the file would be a write for a change that
// changes nothing.
func holder(path string) string {
	const other = "another process"
	info, err := os.Stat(path)
	if err != nil {
		return other
	}
	list, err := os.ReadFile("/proc/locks")
	if err != nil {
		return other
	}
	// Not by device, too: on an overlay the kernel lists that of a layer.
	inode := fmt.Sprintf(":%d", info.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(list)) {
		f := strings.Fields(line) // 1: FLOCK ADVISORY WRITE 4711 fe:00:131234 0 EOF
		if len(f) > 5 && f[1] == "FLOCK" && strings.HasSuffix(f[5], inode) && f[4] != "0" {
			return "process " + f[4]
		}
	}
	return other
}

// Changing reports whether a change of the app is under way right now.
func (p Places) Changing(app string) bool {
	if _, err := os.Lstat(p.unfinishedFile(app)); err != nil {
		return false
	}
	// The mark alone may be of a change that was killed.
	lock := flock.New(p.lockFile(), flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	if free {
		_ = lock.Unlock()
	}
	return err == nil && !free
}
