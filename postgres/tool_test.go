package postgres

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const boundVariable = "POSTGRES_BOUND"

// TestAProgramEndsWithTheOneThatStartedIt: this test is both of them.
func TestAProgramEndsWithTheOneThatStartedIt(t *testing.T) {
	if script := os.Getenv(boundVariable); script != "" {
		err := tool{program: program{path: script}, env: []string{"PATH=/usr/bin:/bin"}, stdout: os.Stdout}.run(t.Context(), "try")
		t.Fatalf("it ended: %v", err)
	}
	dir := t.TempDir()
	script, note := filepath.Join(dir, "tool"), filepath.Join(dir, "pid")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho $$ > "+note+".new\nmv "+note+".new "+note+"\nexec sleep 300\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	starter := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	starter.Env = append(os.Environ(), boundVariable+"="+script)
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it runs", func() bool { _, err := os.Stat(note); return err == nil })
	text, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }()
	_ = starter.Process.Kill()
	_ = starter.Wait()
	eventually(t, "it has ended", func() bool { return ended(pid) })
}

// ended reports whether a process is gone, or waits for whoever inherited it.
func ended(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 1200 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("not within a minute: %s", what)
}
