package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// System is every call that changes the disk, so that tests can have each of
// them fail, or be the last before a crash. Names are entries of the folder.
type System interface {
	Create(folder *os.File, name string, mode uint32) (*os.File, error)
	Write(file *os.File, text []byte) error
	Sync(file *os.File) error
	Link(folder *os.File, from, to string) error
	Rename(folder *os.File, from, to string) error
	Remove(folder *os.File, name string) error
}

// Kernel is the real one.
type Kernel struct{}

// Create makes a file that was not there. The mode is meant as it is, whatever
// the umask says.
func (Kernel) Create(folder *os.File, name string, mode uint32) (*os.File, error) {
	f, err := openAt(folder, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(os.FileMode(mode)); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Write appends to a file of Create.
func (Kernel) Write(file *os.File, text []byte) error {
	_, err := file.Write(text)
	return err
}

// Sync waits until a file, or the entries of a folder, are on the disk.
func (Kernel) Sync(file *os.File) error { return file.Sync() }

// Link gives a file a second name, which must be free.
func (Kernel) Link(folder *os.File, from, to string) error {
	return persist(func() error { return unix.Linkat(int(folder.Fd()), from, int(folder.Fd()), to, 0) })
}

// Rename puts a file in the place of another.
func (Kernel) Rename(folder *os.File, from, to string) error {
	return persist(func() error { return unix.Renameat(int(folder.Fd()), from, int(folder.Fd()), to) })
}

// Remove takes a name away.
func (Kernel) Remove(folder *os.File, name string) error {
	return persist(func() error { return unix.Unlinkat(int(folder.Fd()), name, 0) })
}

// openAt opens an entry of a folder without following a link, and without
// waiting for the other end of a FIFO.
func openAt(folder *os.File, name string, flags int, mode uint32) (*os.File, error) {
	var fd int
	err := persist(func() (err error) {
		fd, err = unix.Openat(int(folder.Fd()), name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, mode)
		return err
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// persist repeats a call that a signal interrupted: file systems over a
// network return so.
func persist(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
