package host

import (
	"errors"
	"io"
	"os"
	"syscall"
)

var errNotRegular = errors.New("it is not a regular file")

// ReadRegular reads at most so many bytes of a file, which may be a link to one
// as Debian makes them, and of nothing at which a reader would wait.
func ReadRegular(path string, most int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	return io.ReadAll(io.LimitReader(file, most))
}
