package detect

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/descriptor"
)

func TestReadDescriptorWhateverItIs(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) string {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	link := func(name, target string) string {
		if err := os.Symlink(target, at(name)); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	socket, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	plain := write("plain", "name = 'x'\n")
	link("b", "a")

	for _, test := range []struct{ name, path, want, hint string }{
		{"missing", at("ecounit.toml"), "it does not exist", "ecounit init writes one"},
		{"directory", dir, "it is a directory", ""},
		{"fifo", fifo(t, at("fifo")), "it is a FIFO", ""},
		{"link to a fifo", link("to-fifo", "fifo"), "it is a FIFO", ""},
		{"device", "/dev/zero", "it is a device", ""},
		{"link to a device", link("zero", "/dev/zero"), "it is a device", ""},
		{"socket", at("socket"), "it is a socket", ""},
		{"50 MB", sparse(t, at("large"), 50<<20), "it is larger than 256 KiB", ""},
		{"one byte too many", sparse(t, at("over"), descriptor.MaxSize+1), "it is larger than 256 KiB", ""},
		{"circle", link("a", "b"), "its symbolic links lead in a circle", ""},
		{"dangling link", link("dangling", "gone/x.toml"), "it is a link to " + at("gone/x.toml") + ", which does not exist", "ecounit init writes one"},
		{"below a file", plain + "/ecounit.toml", "a part of its path is not a directory", ""},
		{"long name", at(strings.Repeat("x", 300)), "its name is too long", ""},
		{"endless in /proc", "/proc/kmsg", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			soon(t, func() {
				_, err := ReadDescriptor(test.path)
				var failed *Error
				if !errors.As(err, &failed) {
					t.Fatalf("want an *Error, got %v", err)
				}
				wants(t, failed.Message, "cannot read "+test.path+": ", test.want)
				if failed.Hint != test.hint {
					t.Errorf("hint %q, want %q", failed.Hint, test.hint)
				}
			})
		})
	}
	for _, path := range []string{plain, link("to-plain", "plain")} {
		if text, err := ReadDescriptor(path); err != nil || string(text) != "name = 'x'\n" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if text, err := ReadDescriptor(sparse(t, at("full"), descriptor.MaxSize)); err != nil || len(text) != descriptor.MaxSize {
		t.Errorf("a file of the largest size: %d bytes, %v", len(text), err)
	}
}

func TestReadDescriptorNamesTheOneAbove(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "a/b")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ecounit.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadDescriptor(filepath.Join(below, "ecounit.toml"))
	var failed *Error
	if !errors.As(err, &failed) || failed.Hint != "ecounit init writes one; there is one in "+dir {
		t.Errorf("got %#v", err)
	}
}

func TestReadDescriptorUnreadable(t *testing.T) {
	if !ordinary(t) {
		return
	}
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(closed, "ecounit.toml"), filepath.Join(dir, "ecounit.toml")} {
		if err := os.WriteFile(file, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(closed, 0o700) }()
	for _, file := range []string{filepath.Join(closed, "ecounit.toml"), filepath.Join(dir, "ecounit.toml")} {
		_, err := ReadDescriptor(file)
		if err == nil || err.Error() != "cannot read "+file+": permission denied" {
			t.Errorf("got %v", err)
		}
	}
}

func TestFind(t *testing.T) {
	cwd := t.TempDir()
	for _, dir := range []string{"app", "empty"} {
		if err := os.Mkdir(filepath.Join(cwd, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(cwd, "app/ecounit.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		arg, path string
		isPath    bool
	}{
		{"", "ecounit.toml", true},
		{".", "ecounit.toml", true},
		{"./app", "app/ecounit.toml", true},
		{"app/", "app/ecounit.toml", true},
		{"app", "app/ecounit.toml", true},
		{"app/ecounit.toml", "app/ecounit.toml", true},
		{"other.toml", "other.toml", true},
		{"./empty", "empty/ecounit.toml", true},
		{"empty", "", false},
		{"flasktasks", "", false},
		{"gone/x", "gone/x", true},
		{cwd, "ecounit.toml", true},
	} {
		want := test.path
		if want != "" {
			want = filepath.Join(cwd, want)
		}
		if path, isPath := Find(test.arg, cwd); path != want || isPath != test.isPath {
			t.Errorf("Find(%q) = %q, %v; want %q, %v", test.arg, path, isPath, want, test.isPath)
		}
	}
	if path, _ := Find("..", filepath.Join(cwd, "app")); path != filepath.Join(cwd, "ecounit.toml") {
		t.Errorf("Find(..) = %q", path)
	}
}
