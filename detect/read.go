package detect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// openRegular opens a file for reading and never waits for anybody. What is
// not a regular file is not opened at all: that alone can start a writer at
// the other end of a FIFO, or rewind a tape.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, &notRegular{info.Mode()}
	}
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	if info, err = file.Stat(); err == nil && !info.Mode().IsRegular() { // exchanged in between
		err = &notRegular{info.Mode()}
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	// A few files of the kernel, such as /proc/kmsg, call themselves regular
	// and have no end. Others know no deadline, and need none.
	_ = file.SetReadDeadline(time.Now().Add(readTime))
	return file, info, nil
}

// readTime is how long a file of the kernel may make a reader wait.
const readTime = 300 * time.Millisecond

// head returns the first bytes of a regular file, at most limit.
func (m Machine) head(path string, limit int) ([]byte, error) {
	file, _, err := openRegular(m.real(path))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, int64(limit)))
}

// maxEntries bounds a folder. The largest site-packages have a few thousand.
const maxEntries = 20_000

// names lists a folder in order; one that cannot be read is empty.
func (m Machine) names(path string) []string {
	dir, err := os.OpenFile(m.real(path), os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxEntries)
	if err != nil {
		return nil
	}
	slices.Sort(names)
	return names
}

// folders lists the folders in a folder, those that links lead to among them.
func (m Machine) folders(path string) []string {
	dir, err := os.OpenFile(m.real(path), os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxEntries) // says what each is without a look at it
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && m.isDirectory(filepath.Join(path, e.Name())) {
			found = append(found, e.Name())
		}
	}
	slices.Sort(found)
	return found
}

// glob lists the paths of a folder's entries whose name matches.
func (m Machine) glob(folder, pattern string) []string {
	var found []string
	for _, name := range m.names(folder) {
		if ok, err := filepath.Match(pattern, name); err == nil && ok {
			found = append(found, filepath.Join(folder, name))
		}
	}
	return found
}

type notRegular struct{ mode fs.FileMode }

func (e *notRegular) Error() string { return "it is " + kindOf(e.mode) }

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

// reason says in words why a path cannot be used.
func (m Machine) reason(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := m.lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 && filepath.IsAbs(path) {
			return fmt.Sprintf("it is a link to %s, which does not exist", m.resolve(path))
		}
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, unix.ELOOP):
		return "its symbolic links lead in a circle"
	case errors.Is(err, unix.ENOTDIR):
		return "a part of its path is not a directory"
	case errors.Is(err, unix.ENAMETOOLONG):
		return "its name is too long"
	}
	text := err.Error()
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		text = inner.Err.Error()
	}
	return text
}
