//go:build machine

package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// testTimeout is far more than any command in these tests needs.
const testTimeout = time.Minute

func testExec(t *testing.T, m *Machine) {
	result, err := m.Exec(t.Context(), "sh", "-c", "echo out; echo err >&2; exit 3")
	must(t, err)
	if result != (Result{Stdout: "out\n", Stderr: "err\n", Code: 3}) {
		t.Errorf("result = %+v", result)
	}
	if result, err = m.Exec(t.Context(), "no-such-program"); err != nil || result.Code != 127 {
		t.Errorf("missing program: %+v, %v, want status 127", result, err)
	}
	if result, err = m.Exec(t.Context(), "sh", "-c", "kill -9 $$"); err != nil || result.Code != 137 {
		t.Errorf("killed program: %+v, %v, want status 137", result, err)
	}
	if _, err := m.As("root").Output(t.Context(), "sh", "-c", "echo why >&2; false"); err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("error = %v, want what the command said", err)
	}
	if _, err := m.As("nobody-at-all").Exec(t.Context(), "true"); err == nil {
		t.Error("an unknown user runs commands")
	}
}

func testUser(t *testing.T, m *Machine) {
	bob := m.As("bob")
	got := output(t, bob, "sh", "-c", "id -un; id -Gn; pwd; env | sort; grep ^0:: /proc/self/cgroup; tty || true")
	for _, want := range []string{"bob\nbob\n/home/bob\n", "HOME=/home/bob\n", "LOGNAME=bob\n", "SHELL=/bin/bash\n", "not a tty"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
	for _, no := range []string{"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "TERM=", "/.."} {
		if strings.Contains(got, no) {
			t.Errorf("%q in:\n%s", no, got)
		}
	}
	got = output(t, bob.Env("A=1", "HOME=/x").Dir("/tmp").Stdin(strings.NewReader("read")), "sh", "-c", "cat; pwd; echo $A $HOME")
	if got != "read/tmp\n1 /x" {
		t.Errorf("with environment, directory and input: %q", got)
	}
}

func testManager(t *testing.T, m *Machine) {
	bob := m.As("bob").WithManager()
	must(t, m.Linger(t.Context(), "bob"))
	output(t, bob, "systemd-run", "--user", "--unit=hello", "--wait", "sh", "-c", "echo hello from a user unit")
	// journald may need a moment to write it down.
	for deadline := time.Now().Add(testTimeout); ; time.Sleep(10 * time.Millisecond) {
		if strings.Contains(output(t, bob, "journalctl", "--user", "--no-pager", "-u", "hello"), "hello from a user unit") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the journal does not have what a user unit wrote")
		}
	}
	if got := output(t, bob, "grep", "^0::", "/proc/self/cgroup"); strings.Contains(got, "..") {
		t.Errorf("cgroup = %q, outside the machine", got)
	}
}

// testStop checks that commands end when they are told to, children and all.
func testStop(t *testing.T, m *Machine) {
	const script = "sleep 54321 & (sleep 54321 &) ; echo ready; sleep 54321"
	t.Run("context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p, err := m.As("bob").Start(ctx, "sh", "-c", script)
		must(t, err)
		waitFor(t, func() bool { return p.Output() == "ready\n" })
		cancel()
		if _, err := p.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want %v", err, context.Canceled)
		}
		waitFor(t, func() bool { return sleeping(t, m) == "" })
	})
	t.Run("login session", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		// su moves to a session's cgroup.
		p, err := m.As("root").Start(ctx, "su", "-l", "bob", "-c", "sleep 54321 & echo ready; sleep 54321")
		must(t, err)
		waitFor(t, func() bool { return p.Output() == "ready\n" })
		cancel()
		if _, err := p.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want %v", err, context.Canceled)
		}
		waitFor(t, func() bool { return sleeping(t, m) == "" })
	})
	t.Run("kill from outside", func(t *testing.T) {
		p, err := m.As("bob").Start(t.Context(), "sleep", "54321")
		must(t, err)
		waitFor(t, func() bool {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid()))
			return err == nil && string(text) == "sleep\x0054321\x00"
		})
		must(t, syscall.Kill(p.Pid(), syscall.SIGKILL))
		if result, err := p.Wait(); err != nil || result.Code != 137 {
			t.Errorf("result = %+v, %v, want status 137", result, err)
		}
	})
	t.Run("stop", func(t *testing.T) {
		p, err := m.As("bob").Start(t.Context(), "sh", "-c", "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.01; done")
		must(t, err)
		waitFor(t, func() bool { return p.Output() == "ready\n" })
		if result := p.Stop(); result.Stdout != "ready\nbye\n" || result.Code != 4 {
			t.Errorf("result = %+v", result)
		}
		p.Stop()
	})
	t.Run("daemon", func(t *testing.T) {
		start := time.Now()
		output(t, m.As("bob"), "sh", "-c", "sleep 54321 &")
		if time.Since(start) > 20*time.Second {
			t.Error("a daemon that keeps the output open holds its caller up")
		}
		output(t, m.As("bob"), "pkill", "-f", "sleep 54321")
		waitFor(t, func() bool { return sleeping(t, m) == "" })
	})
}

func sleeping(t *testing.T, m *Machine) string {
	t.Helper()
	result, err := m.Exec(t.Context(), "pgrep", "-a", "-x", "sleep")
	must(t, err)
	return result.Stdout
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testTimeout); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to that")
		}
	}
}
