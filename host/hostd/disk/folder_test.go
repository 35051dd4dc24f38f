package disk_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ecounit/host/hostd/disk"
	"ecounit/host/hostd/disk/disktest"
)

func open(t *testing.T, dir string, system disk.System) *disk.Folder {
	t.Helper()
	f, err := disk.Open(dir, os.Geteuid(), system)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		owner int
		words string
	}{
		"missing":        {os.Remove, 0, "no such file"},
		"a file":         {func(dir string) error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)) }, 0, "it is not a folder"},
		"a link":         {func(dir string) error { return errors.Join(os.Remove(dir), os.Symlink("/", dir)) }, 0, "it is not a folder"},
		"group writable": {func(dir string) error { return os.Chmod(dir, 0o770) }, 0, "others than its owner can write there (mode 0770)"},
		"for everybody":  {func(dir string) error { return os.Chmod(dir, 0o777|fs.ModeSticky) }, 0, "others than its owner"},
		"another's":      {func(string) error { return nil }, 1, "it belongs to the user"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d")
			must(t, os.Mkdir(dir, 0o755), c.spoil(dir))
			_, err := disk.Open(dir, os.Geteuid()+c.owner, disk.Kernel{})
			if err == nil || !strings.HasPrefix(err.Error(), "cannot ") || !strings.Contains(err.Error(), c.words) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Nothing but a regular file is read, and nothing keeps the reader waiting.
func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.Chmod(dir, 0o755), os.WriteFile(at("secret"), nil, 0o600), os.Symlink("secret", at("link")), os.Symlink("nowhere", at("dangling")),
		syscall.Mkfifo(at("fifo"), 0o600), os.Mkdir(at("folder"), 0o755), os.WriteFile(at("huge"), nil, 0o600), os.Truncate(at("huge"), 1<<30))
	socket, err := net.Listen("unix", at("socket"))
	must(t, err)
	defer socket.Close()
	f := open(t, dir, disk.Kernel{})
	for _, name := range []string{"link", "dangling", "fifo", "folder", "socket"} {
		if _, err := f.Read(name); !errors.Is(err, disk.ErrNotPlain) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := f.Read("huge"); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("error %v", err)
	}
	if _, err := f.Read("missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// Replacing a link replaces the link, not what it points to.
func TestReplaceDoesNotFollow(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "victim"), []byte("old"), 0o600))
	for _, name := range []string{"x", ".x.new"} {
		must(t, os.Symlink("victim", filepath.Join(dir, name)))
	}
	f := open(t, dir, disk.Kernel{})
	must(t, f.Replace("x", []byte("new"), 0o644))
	for name, want := range map[string]string{"victim": "old", "x": "new"} {
		if got, err := f.Read(name); err != nil || string(got.Text) != want {
			t.Errorf("%s: %q, error %v", name, got.Text, err)
		}
	}
}

func TestModeIsExact(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	f := open(t, t.TempDir(), disk.Kernel{})
	must(t, f.Replace("x", nil, 0o644), f.MakeFolder("d", 0o755), f.MakeFolder("d", 0o755))
	file, err := f.Read("x")
	info, statErr := os.Stat(filepath.Join(f.Path(), "d"))
	if err != nil || statErr != nil || file.Mode != 0o644 || !file.Own || info.Mode().Perm() != 0o755 {
		t.Errorf("file %+v, folder %v, errors %v %v", file, info, err, statErr)
	}
}

// Whatever fails, a file is as before or as after, and what is left in the
// making is swept.
func TestReplaceAtEachStep(t *testing.T) {
	for _, mode := range []disktest.Mode{disktest.Once, disktest.Full, disktest.Crash} {
		for at := 1; ; at++ {
			dir := t.TempDir()
			must(t, os.Chmod(dir, 0o755))
			must(t, open(t, dir, disk.Kernel{}).Replace("x", []byte("before"), 0o644))
			faulty := &disktest.Faulty{At: at, Mode: mode}
			err := open(t, dir, faulty).Replace("x", []byte("after "), 0o644)
			if at > len(faulty.Log) {
				must(t, err)
				break
			}
			f := open(t, dir, disk.Kernel{})
			file, readErr := f.Read("x")
			if got := string(file.Text); readErr != nil || got != "before" && got != "after " || err == nil && got != "after " {
				t.Errorf("%d at %s: %q, errors %v, %v", mode, faulty.Log[at-1], got, err, readErr)
			}
			must(t, f.Sweep(func(string) bool { return false }))
			if entries, err := f.List(); err != nil || len(entries) != 1 {
				t.Errorf("%d at %s: left %v, error %v", mode, faulty.Log[at-1], entries, err)
			}
		}
	}
}

func TestPlace(t *testing.T) {
	f := open(t, t.TempDir(), disk.Kernel{})
	must(t, f.Stage(".a", []byte("a"), 0o644), f.Stage(".b", []byte("b"), 0o644))
	for _, from := range []string{".a", ".b", ".b", ".a"} { // twice the same is a case of its own to rename(2)
		must(t, f.Place(from, "x"))
		if got, err := f.Read("x"); err != nil || "."+string(got.Text) != from {
			t.Errorf("placed %s: %q, error %v", from, got.Text, err)
		}
	}
	if err := f.Place(".missing", "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	must(t, f.Remove("x"), f.Remove("x"))
	entries, err := f.List()
	if err != nil || fmt.Sprint(entries) != "[- .a - .b]" {
		t.Errorf("left %v, error %v", entries, err)
	}
}
