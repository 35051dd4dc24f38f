package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// newTarget is a file under another name until it is complete.
type newTarget struct {
	*os.File
	path string
}

// newFile begins a file that must not be there yet, for its owner alone. What
// was left in its folder by those who were killed while they dumped the same
// database is removed first.
func newFile(path, database string) (*newTarget, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, exists(path)
	}
	dir, begin := filepath.Dir(path), "."+fileName(database)+".dump."
	removeLeft(dir, begin)
	for range attempts {
		file, err := os.CreateTemp(dir, begin+"*"+unfinished)
		if err != nil {
			return nil, cannotWrite(path, err)
		}
		t := &newTarget{file, path}
		if t.hold() {
			return t, nil
		}
		t.Close()
	}
	return nil, cannotWrite(path, errors.New("others remove it"))
}

// unfinished ends the names of files that are being written.
const unfinished = ".new"

// hold keeps others from taking the file for one that was left. The lock ends
// with the last program that has the file open. It is false where somebody was
// quicker and has removed the file.
func (t *newTarget) hold() bool {
	if err := syscall.Flock(int(t.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return !errors.Is(err, syscall.EWOULDBLOCK) // not all file systems have locks; nobody removes it there
	}
	ours, err := t.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(t.Name())
	return err == nil && os.SameFile(ours, there)
}

// removeLeft removes files that nobody writes to any more. What cannot be
// removed is in nobody's way.
func removeLeft(dir, begin string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		middle, ok := strings.CutPrefix(entry.Name(), begin)
		if ok {
			middle, ok = strings.CutSuffix(middle, unfinished)
		}
		if !ok || !entry.Type().IsRegular() || strings.Trim(middle, "0123456789") != "" {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.Remove(path)
		}
		file.Close()
	}
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
