package webserver

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestAFileThatIsExchangedKeepsNobodyWaiting: between a look at a file and its
// reading, a FIFO may come to its place.
func TestAFileThatIsExchangedKeepsNobodyWaiting(t *testing.T) {
	root := t.TempDir()
	file, fifo := filepath.Join(root, "/etc/httpd/conf.d/x.conf"), filepath.Join(root, "fifo")
	for _, path := range []string{filepath.Join(root, "/usr/sbin/httpd"), file} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var exchange sync.WaitGroup
	exchange.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_ = unix.Renameat2(unix.AT_FDCWD, fifo, unix.AT_FDCWD, file, unix.RENAME_EXCHANGE)
			}
		}
	})
	for range 2000 {
		Find(root).Texts()
	}
	close(stop)
	exchange.Wait()
}
