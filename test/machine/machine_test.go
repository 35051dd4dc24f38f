//go:build machine

package machine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEachSuite walks through what a test does with a machine, on every suite.
func TestEachSuite(t *testing.T) {
	for _, suite := range Suites() {
		t.Run(string(suite), func(t *testing.T) {
			m := New(t, suite)
			t.Run("boot", func(t *testing.T) { testBoot(t, m) })
			t.Run("exec", func(t *testing.T) { testExec(t, m) })
			must(t, m.AddUser(t.Context(), "bob"))
			t.Run("user", func(t *testing.T) { testUser(t, m) })
			t.Run("files", func(t *testing.T) { testFiles(t, m) })
			t.Run("copy a directory", func(t *testing.T) { testCopyDir(t, m) })
			t.Run("stop", func(t *testing.T) { testStop(t, m) })
			t.Run("manager", func(t *testing.T) { testManager(t, m) })
			t.Run("network", func(t *testing.T) { testNetwork(t, m) })
			t.Run("reboot", func(t *testing.T) { testReboot(t, m) })
			t.Run("remove", func(t *testing.T) { testRemove(t, m) })
		})
	}
}

func testBoot(t *testing.T, m *Machine) {
	failed, err := m.FailedUnits(t.Context())
	must(t, err)
	if len(failed) > 0 {
		t.Errorf("failed units: %q", failed)
	}
	version := output(t, m.As("root"), "systemctl", "--version")
	if want := "systemd " + strconv.Itoa(m.Suite.SystemdVersion()) + " "; !strings.HasPrefix(version, want) {
		t.Errorf("systemctl --version = %q, want %q", version, want)
	}
	for _, server := range []string{"apache2", "postgresql", "supervisor"} {
		result, err := m.Exec(t.Context(), "systemctl", "is-enabled", server)
		must(t, err)
		if got := strings.TrimSpace(result.Stdout); got != "disabled" {
			t.Errorf("%s is %s, want disabled", server, got)
		}
	}
	for _, program := range []string{
		"apache2", "psql", "supervisord", "node", "gunicorn", "uvicorn", "python3",
		"curl", "cron", "sudo", "pkcheck", "loginctl", "openssl",
	} {
		output(t, m.As("root"), "which", program)
	}
	if name := output(t, m.As("root"), "hostname", "-f"); name != HostName {
		t.Errorf("the host is called %q, want %q", name, HostName)
	}
}

func testReboot(t *testing.T, m *Machine) {
	ctx := t.Context()
	seen := []string{bootID(t, m)}
	for round := range 3 {
		if round == 2 {
			must(t, m.PowerOff(ctx))
			if _, err := m.Exec(ctx, "true"); err == nil || m.Leader() != 0 {
				t.Fatal("a machine that is off runs commands")
			}
			must(t, m.PowerOn(ctx))
		} else {
			must(t, m.Reboot(ctx))
		}
		id := bootID(t, m)
		if slices.Contains(seen, id) {
			t.Fatalf("boot id %s comes again", id)
		}
		seen = append(seen, id)
		if got := output(t, m.As("bob"), "cat", "/home/bob/kept"); got != "this" {
			t.Errorf("the file holds %q", got)
		}
		// The lingering manager is back without anybody's doing.
		must(t, m.Linger(ctx, "bob"))
	}
	m.CutPower()
	must(t, m.PowerOn(ctx))
	// Every boot is in the journal: it is persistent.
	boots := output(t, m.As("root"), "journalctl", "--list-boots", "--no-pager", "-q")
	for _, id := range seen {
		if !strings.Contains(boots, strings.ReplaceAll(id, "-", "")) {
			t.Errorf("boot %s is not in the journal:\n%s", id, boots)
		}
	}
}

func bootID(t *testing.T, m *Machine) string {
	t.Helper()
	return output(t, m.As("root"), "cat", "/proc/sys/kernel/random/boot_id")
}

func testRemove(t *testing.T, m *Machine) {
	leader := m.Leader()
	must(t, m.Remove(t.Context()))
	must(t, m.Remove(t.Context()))
	if err := m.PowerOn(t.Context()); err == nil {
		t.Error("a removed machine boots")
	}
	assertGone(t, m.Name, leader)
}

// assertGone checks that nothing of a machine is left on the host.
func assertGone(t *testing.T, name string, leader int) {
	t.Helper()
	if !processGone(leader) {
		t.Errorf("process 1 of the machine, %d outside, is still there", leader)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	must(t, err)
	if strings.Contains(string(mounts), name) {
		t.Errorf("mounts are left:\n%s", mounts)
	}
	patterns := []string{
		machinesDir() + "/" + name, "/run/systemd/nspawn/*/" + name,
		"/sys/fs/cgroup/" + cgroupParent + "/" + name, "/sys/fs/cgroup/*/" + cgroupParent + "/" + name,
	}
	for _, pattern := range patterns {
		left, err := filepath.Glob(pattern)
		must(t, err)
		if len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	must(t, err)
	for _, process := range processes {
		if line, err := os.ReadFile(process); err == nil && strings.Contains(string(line), "--machine="+name) {
			t.Errorf("%s is left: %q", process, line)
		}
	}
}

// processGone counts a process that only waits for its parent as gone: that
// may be the host's process 1.
func processGone(pid int) bool {
	status := procField(pid, "status", "State:")
	return status == "" || strings.HasPrefix(status, "Z")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// output runs a command that has to succeed.
func output(t *testing.T, u User, argv ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	text, err := u.Output(ctx, argv...)
	must(t, err)
	return text
}
