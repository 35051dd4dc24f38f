package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// ends ends a process at the end of the test.
func ends(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(n, syscall.SIGKILL) })
}

// What a program leaves running, and that could print more, is not waited for.

func TestWhatAProgramOfTheSystemsLeavesRunning(t *testing.T) {
	said, err := runAsRoot(t.Context(), "sh", "-c", "sleep 1000 & echo $!")
	if err != nil {
		t.Error(err)
	}
	ends(t, said)
}

func TestWhatSystemdAnalyzeLeavesRunning(t *testing.T) {
	bin := t.TempDir()
	write(t, filepath.Join(bin, "systemd-analyze"), "#!/bin/sh\nsleep 1000 &\necho $!\n")
	if err := os.Chmod(filepath.Join(bin, "systemd-analyze"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	said, err := analyze(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Error(err)
	}
	ends(t, string(said))
}
