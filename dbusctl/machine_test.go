//go:build machine

package dbusctl

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestMachine runs the tests of inside_test.go in real machines, as ordinary
// users who came there in the ways people do.
func TestMachine(t *testing.T) {
	program := compile(t)
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			onMachine(t, machine.NewWith(t, machine.Options{
				Suite:  suite,
				BindRO: map[string]string{filepath.Dir(program): "/opt/dbusctl"},
			}))
		})
	}
}

// compile builds these tests without cgo, to run with any C library.
func compile(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "dbusctl.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags", "machine", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// host is a machine and the tests inside.
type host struct {
	*testing.T
	*machine.Machine
}

// root runs a shell command that has to succeed.
func (h host) root(command string) {
	h.Helper()
	if _, err := h.As("root").Output(h.T.Context(), "sh", "-euc", command); err != nil {
		h.Fatal(err)
	}
}

// inside runs tests in the machine, by way of a command such as su or of none.
func (h host) inside(user machine.User, tests string, via ...string) {
	h.Helper()
	argv := []string{"/opt/dbusctl/dbusctl.test", "-test.v", "-test.timeout=100s", "-test.run=^(" + tests + ")$"}
	if len(via) > 0 {
		argv = append(via, "DBUSCTL_INSIDE="+h.suite()+" "+strings.Join(quoted(argv), " "))
	}
	result, err := user.Env("DBUSCTL_INSIDE="+h.suite()).Exec(h.T.Context(), argv...)
	switch {
	case err != nil:
		h.Fatal(err)
	case result.Code != 0:
		h.Errorf("%s failed:\n%s%s", tests, result.Stdout, result.Stderr)
	case !strings.Contains(result.Stdout, "--- PASS"):
		h.Errorf("%s ran no test:\n%s%s", tests, result.Stdout, result.Stderr)
	default:
		for line := range strings.Lines(result.Stdout) {
			if strings.Contains(line, "measured: ") {
				h.Log(strings.TrimSpace(line))
			}
		}
	}
}

// onBus waits until the manager has its name on the user's bus: it executed
// itself anew in the test before.
func (h host) onBus(user string) {
	h.Helper()
	for range 200 {
		names, err := h.As(user).WithManager().Output(h.T.Context(), "busctl", "--user", "list", "--no-pager")
		if err != nil {
			h.Fatal(err)
		}
		if strings.Contains(names, systemdName+" ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.Fatal("the manager is not on the bus")
}

func (h host) suite() string { return string(h.Machine.Suite) }

func quoted(argv []string) []string {
	all := make([]string, len(argv))
	for i, a := range argv {
		all[i] = "'" + a + "'"
	}
	return all
}

func onMachine(t *testing.T, m *machine.Machine) {
	ctx := t.Context()
	for _, name := range []string{"alice", "bob", "carol"} { // uid 1000, 1001, 1002
		if err := m.AddUser(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	alice, bob, carol := m.As("alice"), m.As("bob"), m.As("carol")
	run := func(name string, test func(h host)) {
		t.Run(name, func(t *testing.T) { test(host{t, m}) })
	}

	run("no manager", func(h host) { h.inside(alice, "TestInsideWithoutManager") })
	run("lingering", func(h host) {
		h.inside(alice, "TestInsideLinger")
		h.inside(bob, "TestInsideLingerDenied")
		h.root("systemctl mask --now polkit 2>&1")
		h.inside(bob, "TestInsideLingerWithoutPolkit")
		const activation = "/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service"
		h.root("mv " + activation + " /root; systemctl reload dbus") // as if not installed
		h.inside(bob, "TestInsideLingerWithoutPolkit")
		h.root("mv /root/org.freedesktop.PolicyKit1.service " + activation + "; systemctl reload dbus; systemctl unmask polkit 2>&1")
	})
	run("failing manager", func(h host) {
		h.root("mkdir -p /etc/systemd/system/user@1002.service.d" +
			"; printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >/etc/systemd/system/user@1002.service.d/broken.conf; systemctl daemon-reload")
		h.inside(carol, "TestInsideFailedManager")
	})
	run("as a user of", func(h host) {
		ways := "TestInsideConnect"
		h.inside(alice.Env("XDG_RUNTIME_DIR=/run/user/0"), ways)
		h.inside(alice.Env("XDG_RUNTIME_DIR="), ways)
		h.inside(alice.Env("DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp/gone", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/tmp/gone"), ways)
		h.inside(m.As("root"), ways, "su", "alice", "-c")
		h.inside(m.As("root"), ways, "su", "-", "alice", "-c")
		h.inside(m.As("root").Env("XDG_RUNTIME_DIR=/run/user/0"), ways, "su", "-m", "alice", "-s", "/bin/sh", "-c")
		h.inside(m.As("root"), ways, "sudo", "-u", "alice", "sh", "-c")
	})
	run("jobs", func(h host) {
		h.inside(alice, "TestInside(Jobs|Order|Kill|FailureReasons|StartLimit|Canceled|Dependency|UnitFiles)")
	})
	run("states", func(h host) { h.inside(alice, "TestInside(Broken|Details|Processes|ExitCodes)") })
	run("speed", func(h host) { h.inside(alice, "TestInsideSpeed") })
	run("lost", func(h host) { h.inside(alice, "TestInsideLost") })
	run("through the bus", func(h host) {
		h.root("rm /run/user/1000/systemd/private")
		h.onBus("alice")
		h.inside(alice, "TestInside(Connect|Jobs|FailureReasons|Broken|Details)")
	})
	run("switched off", func(h host) { h.inside(alice, "TestInsideLingerOff") })
}
