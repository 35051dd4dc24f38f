package apply

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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
	_ = os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600) // only for the message of whoever waits
	return func() { _ = lock.Unlock() }, nil
}

func holder(path string) string {
	text, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return "process " + pid
	}
	return "another process"
}
