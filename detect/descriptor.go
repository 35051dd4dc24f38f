package detect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
)

// Error is what could not be done, and what the user can do about it.
type Error struct {
	Message string
	Hint    string // or ""
}

func (e *Error) Error() string { return e.Message }

// ReadDescriptor reads a descriptor, whatever the path leads to: it neither
// waits nor reads more than descriptor.MaxSize. Errors are *Error.
func ReadDescriptor(path string) ([]byte, error) {
	var m Machine
	file, info, err := openRegular(path)
	if err != nil {
		failed := &Error{Message: fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))}
		if errors.Is(err, fs.ErrNotExist) {
			failed.Hint = missingHint(path)
		}
		return nil, failed
	}
	defer file.Close()
	tooLarge := &Error{Message: fmt.Sprintf("cannot read %s: it is larger than %d KiB, so it is not a descriptor", path, descriptor.MaxSize>>10)}
	if info.Size() > descriptor.MaxSize {
		return nil, tooLarge
	}
	text, err := io.ReadAll(io.LimitReader(file, descriptor.MaxSize+1))
	if err != nil {
		return nil, &Error{Message: fmt.Sprintf("cannot read %s: %s", path, m.reason(path, err))}
	}
	if len(text) > descriptor.MaxSize {
		return nil, tooLarge
	}
	return text, nil
}

// missingHint names a descriptor in a folder above. It is not used by itself:
// what stands there may be another app, and a command such as disable should
// not reach for it.
func missingHint(path string) string {
	const hint = "ecounit init writes one"
	if filepath.Base(path) != descriptor.FileName || !filepath.IsAbs(path) {
		return hint
	}
	for folder := filepath.Dir(path); folder != "/"; {
		folder = filepath.Dir(folder)
		if _, err := os.Stat(filepath.Join(folder, descriptor.FileName)); err == nil {
			return hint + "; there is one in " + folder
		}
	}
	return hint
}

// Find tells whether an argument is the path of a descriptor, and of which.
// An empty argument is the folder that the user stands in; its parents are not
// searched. A folder stands for the descriptor in it. Any other word is the
// name of an app.
func Find(arg, cwd string) (path string, isPath bool) {
	path = arg
	if !filepath.IsAbs(arg) {
		path = filepath.Join(cwd, arg)
	}
	written := arg == "" || arg == "." || arg == ".." || strings.Contains(arg, "/")
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file := filepath.Join(path, descriptor.FileName)
		if _, err := os.Lstat(file); err == nil || written {
			return file, true
		}
	}
	if written || strings.HasSuffix(arg, ".toml") {
		return path, true
	}
	return "", false
}
