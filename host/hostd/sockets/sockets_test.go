package sockets

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// parent is a folder of all folders, in a mount namespace that ends with the
// test's thread. Without the right to make one, the test is skipped.
func parent(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount")
	}
	runtime.LockOSThread() // not unlocked: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		t.Skip(err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ecounit")
	t.Cleanup(func() { _ = unix.Unmount(filepath.Join(path, "1000"), unix.MNT_DETACH) })
	return path
}

func TestMake(t *testing.T) {
	f := Folder{Parent: parent(t), UID: 1000, GID: 33}
	if f.Right() {
		t.Fatal("right before it is there")
	}
	for range 2 { // the second time changes nothing
		if err := f.Make(); err != nil {
			t.Fatal(err)
		}
		if !f.Right() {
			t.Fatal("not right")
		}
	}
	mounts, err := os.ReadFile("/proc/thread-self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, f.Path()) {
			n++
			for _, want := range []string{"nosuid", "nodev", "noexec", "size=64k", "nr_inodes=2048"} {
				if !strings.Contains(line, want) {
					t.Errorf("mounted without %s: %s", want, line)
				}
			}
		}
	}
	if n != 1 {
		t.Errorf("mounted %d times", n)
	}
}

// What a user did to their folder is put right, and what listens there stays.
func TestMakeMends(t *testing.T) {
	f := Folder{Parent: parent(t), UID: 1000, GID: 33}
	if err := f.Make(); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(f.Path(), "app.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for name, spoil := range map[string]func() error{
		"opened":        func() error { return os.Chmod(f.Path(), 0o777) },
		"another group": func() error { return os.Chown(f.Path(), 1000, 1000) },
		"another owner": func() error { return os.Chown(f.Path(), 0, 33) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if f.Right() {
			t.Errorf("%s: still right", name)
		}
		if err := f.Make(); err != nil || !f.Right() {
			t.Errorf("%s: %v", name, err)
		}
	}
	conn, err := net.Dial("unix", filepath.Join(f.Path(), "app.sock"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestMakeRefuses(t *testing.T) {
	path := parent(t)
	for name, f := range map[string]Folder{
		"root":     {Parent: path, UID: 0, GID: 33},
		"no group": {Parent: path, UID: 1000},
		"negative": {Parent: path, UID: -1, GID: 33},
	} {
		if err := f.Make(); err == nil {
			t.Errorf("%s: made", name)
		}
	}
	f := Folder{Parent: path, UID: 1000, GID: 33}
	for name, spoil := range map[string]func() error{
		"a parent that others can write": func() error { return os.Chmod(path, 0o777) },
		"somebody else's parent":         func() error { return os.Chown(path, 1000, 0) },
		"a link in the place of the parent": func() error {
			return os.Rename(path, path+"x")
		},
		"a file in its place": func() error { return os.WriteFile(f.Path(), nil, 0o644) },
		"a link in its place": func() error { return os.Symlink("/etc", f.Path()) },
	} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "a link in the place of the parent") {
			if err := os.Symlink(path+"x", path); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Make(); err == nil {
			t.Errorf("%s: made", name)
		}
		for _, p := range []string{path, path + "x"} {
			if err := os.RemoveAll(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if entries, err := os.ReadDir("/etc"); err != nil || len(entries) == 0 {
		t.Error(err)
	}
}

func TestFollowsLinks(t *testing.T) {
	const mounts = `36 35 0:31 / /run rw,nosuid - tmpfs tmpfs rw
40 36 0:40 / /run/ecounit/1000 rw,nosuid,nodev,noexec,nosymfollow shared:1 - tmpfs ecounit rw,size=64k
41 36 0:41 / /run/ecounit/1001 rw,nosuid,nodev,noexec shared:2 - tmpfs ecounit rw,size=64k
42 36 0:42 / /run/ecounit/1001/deep rw - tmpfs x rw
garbage
`
	if got := strings.Join(FollowsLinks("/run/ecounit", mounts), " "); got != "/run/ecounit/1001" {
		t.Errorf("got %q", got)
	}
}
