package policyfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/host"
)

func file(t *testing.T, text string) (*File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "host.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return New(path), path
}

func TestReadsAgainWhenItChanges(t *testing.T) {
	f, path := file(t, "sites_per_user = 3\n")
	read := func(want int, wantFirst bool) {
		t.Helper()
		p, first, err := f.Read()
		if p.SitesPerUser != want || first != wantFirst || err != nil {
			t.Errorf("got %d, %v, %v", p.SitesPerUser, first, err)
		}
	}
	read(3, true)
	read(3, false)
	time.Sleep(10 * time.Millisecond) // the file system's clock has ticks
	if err := os.WriteFile(path, []byte("sites_per_user = 4\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	read(4, true)
	read(4, false)
}

func TestMistakesAreForTheAdministrator(t *testing.T) {
	f, path := file(t, "sites_per_usr = 3\n")
	for _, wantFirst := range []bool{true, false} {
		p, first, err := f.Read()
		var told *host.Error
		var unusable *Unusable
		var mistakes *Mistakes
		if !errors.As(err, &told) || told.Kind != host.BadSetup || !errors.As(err, &unusable) || !errors.As(err, &mistakes) {
			t.Fatalf("got %v", err)
		}
		if first != wantFirst || p.Valid() {
			t.Errorf("got %v, %v", first, p)
		}
		if strings.Contains(told.Message, "sites_per_usr") || !strings.Contains(unusable.Reason.Error(), path+":1:1") {
			t.Errorf("told %q, because %q", told.Message, unusable.Reason)
		}
	}
}

func TestMissing(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "host.toml"))
	_, _, err := f.Read()
	var told *host.Error
	if !errors.As(err, &told) || told.Kind != host.BadSetup || !strings.Contains(told.Fix, "ecounit host setup") {
		t.Errorf("got %v", err)
	}
}

func TestRefusesWhatOthersCouldHaveWritten(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"writable by all":      func(path string) error { return os.Chmod(path, 0o666) },
		"writable by a group":  func(path string) error { return os.Chmod(path, 0o664) },
		"somebody else's":      func(path string) error { return os.Chown(path, 4242, 0) },
		"a link":               func(path string) error { return errors.Join(os.Rename(path, path+"x"), os.Symlink(path+"x", path)) },
		"a folder":             func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o755)) },
		"a FIFO without a pen": func(path string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644)) },
		"too large":            func(path string) error { return os.Truncate(path, maxFile+1) },
	} {
		t.Run(name, func(t *testing.T) {
			f, path := file(t, "sites_per_user = 3\n")
			if err := spoil(path); errors.Is(err, os.ErrPermission) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			p, _, err := f.Read()
			var told *host.Error
			if !errors.As(err, &told) || told.Kind != host.BadSetup || p.Valid() {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
}
