package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxFile is the most that Read takes, in bytes.
const maxFile = 16 << 20

// ErrNotPlain is the error for what is neither a regular file nor absent: a
// link, a folder, a FIFO.
var ErrNotPlain = errors.New("it is not a regular file")

// Folder is an open folder. It is not for use by several goroutines.
type Folder struct {
	file   *os.File
	owner  int
	system System
}

// Open opens a folder of the given user's. One that others can write is
// refused: what is read there could be anybody's.
func Open(path string, owner int, system System) (*Folder, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return nil, fmt.Errorf("cannot use %s: it is not a folder", path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", path, err)
	}
	f := &Folder{os.NewFile(uintptr(fd), path), owner, system}
	if err := f.check(); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot use %s: %w", path, err)
	}
	return f, nil
}

func (f *Folder) check() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	switch uid := int(info.Sys().(*syscall.Stat_t).Uid); {
	case uid != f.owner:
		return fmt.Errorf("it belongs to the user %d, not to %d", uid, f.owner)
	case info.Mode()&0o022 != 0:
		return fmt.Errorf("others than its owner can write there (mode %04o)", info.Mode().Perm())
	}
	return nil
}

// MakeFolder makes a folder in this one, unless it is there.
func (f *Folder) MakeFolder(name string, mode fs.FileMode) error {
	path := filepath.Join(f.Path(), name)
	err := os.Mkdir(path, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = os.Chmod(path, mode) // whatever the umask says
	}
	if err != nil {
		return f.cannot("make", name, err)
	}
	return f.Sync()
}

// Close ends the use of the folder.
func (f *Folder) Close() error { return f.file.Close() }

// Path is where the folder is.
func (f *Folder) Path() string { return f.file.Name() }

// Setgid says whether new files get the group of the folder.
func (f *Folder) Setgid() bool {
	info, err := f.file.Stat()
	return err == nil && info.Mode()&fs.ModeSetgid != 0
}

// List are the entries, sorted by name.
func (f *Folder) List() ([]fs.DirEntry, error) {
	// Opened again: an open folder remembers how far it was read.
	again, err := openAt(f.file, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, f.cannot("read", "", err)
	}
	defer again.Close()
	entries, err := again.ReadDir(-1)
	if err != nil {
		return nil, f.cannot("read", "", err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// File is what Read found.
type File struct {
	Text []byte
	Mode fs.FileMode // permissions
	Own  bool        // it belongs to the owner of the folder
}

// Read reads a file. Without one the error is fs.ErrNotExist, and ErrNotPlain
// for anything but a regular file.
func (f *Folder) Read(name string) (File, error) {
	file, err := openAt(f.file, name, unix.O_RDONLY, 0)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) { // a link, a socket
		err = ErrNotPlain
	}
	if err != nil {
		return File{}, f.cannot("read", name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return File{}, f.cannot("read", name, err)
	}
	if !info.Mode().IsRegular() {
		return File{}, f.cannot("read", name, ErrNotPlain)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	if err != nil {
		return File{}, f.cannot("read", name, err)
	}
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	return File{Text: text, Mode: info.Mode().Perm(), Own: uid == f.owner}, nil
}

func (f *Folder) cannot(verb, name string, err error) error {
	return fmt.Errorf("cannot %s %s: %w", verb, filepath.Join(f.Path(), name), reason(err))
}

// reason strips what the os package adds: the sentence around it names the
// file that is meant.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// temporary is the name under which a file is made before it gets its own.
func temporary(name string) string { return "." + strings.TrimPrefix(name, ".") + temporarySuffix }

const temporarySuffix = ".new"
