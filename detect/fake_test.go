package detect

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/plan"
)

// elf stands for a program; it is never run.
const elf = "\x7fELF\x00"

// fake lays out a machine below a folder: a name that ends in / is a folder, a
// content that begins with "-> " a link, and what is in a bin can be run.
func fake(t *testing.T, files map[string]string) Machine {
	t.Helper()
	m := Machine{Root: t.TempDir(), User: plan.User{Name: "alice", UID: 1000, Home: "/home/alice"}, GID: 1000}
	m.add(t, map[string]string{
		"/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/bash\nbob:x:1002:1002::/home/bob:/bin/sh\n",
		"/etc/group":  "root:x:0:\nalice:x:1000:\nstaff:x:50:alice,bob\n",
	})
	m.add(t, files)
	return m
}

func (m Machine) add(t *testing.T, files map[string]string) {
	t.Helper()
	for path, content := range files {
		at := filepath.Join(m.Root, path)
		folder, mode := filepath.Dir(at), os.FileMode(0o644)
		if strings.HasSuffix(path, "/") {
			folder = at
		}
		if base := filepath.Base(folder); base == "bin" || base == "shims" {
			mode = 0o755
		}
		err := os.MkdirAll(folder, 0o755)
		if target, isLink := strings.CutPrefix(content, "-> "); isLink {
			err = os.Symlink(target, at)
		} else if folder != at && err == nil {
			err = os.WriteFile(at, []byte(content), mode)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// soon fails the test when something does not end. Nothing takes a second, but
// the race detector makes ten of it, and the machine may be busy.
func soon(t *testing.T, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
}

func fifo(t *testing.T, path string) string {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func sparse(t *testing.T, path string, size int64) string {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	return path
}

// ordinary goes on only as a user for whom permissions count: root's test runs
// itself again as nobody, and reports what that says.
func ordinary(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	const nobody = 65534
	again := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.count=1")
	again.Env = []string{"TMPDIR=/tmp", "PATH=/usr/bin:/bin", "HOME=/nonexistent"}
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	return false
}

func wants(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in: %s", part, got)
		}
	}
}
