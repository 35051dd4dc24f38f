package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// newTarget is a file under another name until it is complete.
type newTarget struct {
	*os.File
	path string
}

// newFile begins a file that must not be there yet, for its owner alone.
func newFile(path string) (*newTarget, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, exists(path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.new")
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return &newTarget{file, path}, nil
}

func cannotWrite(path string, err error) error {
	e := &Error{Kind: Failed, Message: fmt.Sprintf("cannot write the dump %s: %v", path, reason(err)), cause: err}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		e.Kind, e.Fix = DiskFull, "make room on the disk"
	}
	return e
}

// reason is what the system said, without the call and the path.
func reason(err error) error {
	var said syscall.Errno
	if errors.As(err, &said) {
		return said
	}
	return err
}

func exists(path string) error {
	return &Error{Kind: FileExists, Message: "cannot write the dump: there is a file " + path, Fix: "choose another name, or move that file away"}
}

// size is how much is written.
func (t *newTarget) size() int64 {
	info, err := os.Lstat(t.Name())
	if err != nil {
		if info, err = os.Lstat(t.path); err != nil {
			return 0
		}
	}
	return info.Size()
}

// commit gives the file its name. On the disk it is complete then: a database
// may be dropped next.
func (t *newTarget) commit() error {
	if err := t.Sync(); err != nil {
		return cannotWrite(t.path, err)
	}
	// A link does not replace a file that somebody else made meanwhile.
	err := os.Link(t.Name(), t.path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(t.path)
	case err != nil: // not all file systems have links
		if _, there := os.Lstat(t.path); there == nil {
			return exists(t.path)
		}
		if err := os.Rename(t.Name(), t.path); err != nil {
			return cannotWrite(t.path, err)
		}
	}
	dir, err := os.Open(filepath.Dir(t.path))
	if err == nil {
		defer dir.Close()
		err = dir.Sync()
	}
	if err != nil {
		return cannotWrite(t.path, err)
	}
	return nil
}

// discard removes what has no name of its own; after a commit nothing is left
// under the other.
func (t *newTarget) discard() {
	t.Close()
	os.Remove(t.Name())
}
