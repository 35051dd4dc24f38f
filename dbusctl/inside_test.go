//go:build machine

package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// insideMachine is a context for a test that runs in a machine only.
func insideMachine(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("DBUSCTL_INSIDE") == "" {
		t.Skip("runs in a machine, for TestMachine")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func insideManager(t *testing.T) (context.Context, *Manager) {
	t.Helper()
	ctx := insideMachine(t)
	m, err := Connect(ctx, os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return ctx, m
}

func insideSystem(t *testing.T) (context.Context, *System) {
	t.Helper()
	ctx := insideMachine(t)
	s, err := ConnectSystem(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return ctx, s
}

// unitFiles writes unit files, with the text of name into the file of name,
// and removes them after the test.
func unitFiles(ctx context.Context, t *testing.T, m *Manager, files map[string]string) {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, ".config/systemd/user")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, text := range files {
		names = append(names, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(ctx)
		if err := m.Stop(ctx, names...); err != nil && !errors.Is(err, ErrNoSuchUnit) && !errors.Is(err, ErrLost) {
			t.Log(err)
		}
		_ = m.ResetFailed(ctx, names...)
		for _, name := range names {
			os.Remove(filepath.Join(dir, name))
		}
	})
	if err := m.Reload(ctx); err != nil {
		t.Fatal(err)
	}
}

// waitUntil asks until a unit is as wanted, or the context ends.
func waitUntil(ctx context.Context, t *testing.T, m *Manager, name string, wanted func(Unit) bool) {
	t.Helper()
	for {
		units, err := m.Units(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if len(units) == 1 && wanted(units[0]) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func service(lines ...string) string {
	return "[Service]\n" + strings.Join(lines, "\n") + "\n"
}

const sleeper = "ExecStart=/bin/sleep inf"

func TestInsideConnect(t *testing.T) {
	ctx, m := insideManager(t)
	if v, err := m.Version(ctx); v < 247 || err != nil {
		t.Errorf("Version: %d, %v", v, err)
	}
	block, err := m.Environment(ctx)
	if err != nil || !slices.ContainsFunc(block, func(s string) bool { return strings.HasPrefix(s, "XDG_RUNTIME_DIR=/run/user/1000") }) {
		t.Errorf("Environment: %q, %v", block, err)
	}
	const root, bob, nobody = 0, 1001, 4242
	for _, uid := range []int{root, bob, nobody} {
		_, err := Connect(ctx, uid)
		if err == nil || !errors.Is(err, ErrNoManager) && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Connect to the manager of %d: %v", uid, err)
		}
	}
	_, s := insideSystem(t)
	if on, err := s.Linger(ctx, os.Getuid()); !on || err != nil {
		t.Errorf("Linger: %v, %v", on, err)
	}
}

// A manager that executes itself anew loses its connections.
func TestInsideLost(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{"slow.service": service("Type=oneshot", "ExecStart=/bin/sleep 5")})
	anew := make(chan struct{})
	time.AfterFunc(200*time.Millisecond, func() {
		defer close(anew)
		cmd := exec.CommandContext(ctx, "systemctl", "--user", "daemon-reexec")
		cmd.Env = append(os.Environ(), fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", os.Getuid()))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	if err := m.Start(ctx, "slow.service"); !errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
	<-anew
	for { // it listens again in a moment
		again, err := Connect(ctx, os.Getuid())
		if err == nil {
			defer again.Close()
			if _, err = again.Version(ctx); err == nil {
				return
			}
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
