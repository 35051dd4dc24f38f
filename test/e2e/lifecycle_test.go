//go:build machine

package e2e

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestLifecycle goes through an app's life on every suite.
func TestLifecycle(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice := h.user("alice")
			dir := alice.hello("tasks", "hello", "[process.worker]", `command = ["sh", "-c", "echo working; exec sleep 1000"]`, "instances = 2")

			alice.OK("check", "tasks")
			h.Contains(alice.OK("enable", "./tasks"), "app-tasks.slice tasks-worker@.service tasks.service tasks.socket tasks.target", "lingering", "answers 200", "request.txt")
			h.Contains(alice.OK("enable", "tasks"), "as it should be, nothing to do")
			h.Contains(alice.answers("tasks"), "hello")
			h.Contains(alice.OK("status", "tasks"), "active for", "starts at boot", "worker@1", "worker@2", "answers 200")
			h.Contains(alice.OK("list"), "tasks", "active")
			h.Contains(alice.OK("list", "--json"), `"name": "tasks"`)
			h.Contains(alice.OK("cat", "tasks"), "# /home/alice/.config/systemd/user/tasks.service", "ExecStart=")

			t.Log("what systemctl users do works as well")
			h.Contains(alice.Sh("systemctl --user status tasks.target tasks.service; systemctl --user restart tasks.service; systemctl --user is-active tasks.service tasks.socket"), "active")

			t.Log("a changed descriptor is seen, shown and applied")
			alice.descriptor(dir, `name = "tasks"`, `description = "Psychology tasks"`, "[web]", `wsgi = "app:app"`, "workers = 3")
			h.Contains(alice.OK("status", "tasks"), "ecounit diff tasks")
			h.Contains(alice.OK("diff", "tasks"), "+Description=Psychology tasks", "stop     tasks-worker@1.service tasks-worker@2.service")
			h.Contains(alice.OK("enable", "tasks", "--dry-run"), "change   /home/alice/.config/systemd/user/tasks.service", "remove   /home/alice/.config/systemd/user/tasks-worker@.service")
			port := alice.Sh("grep ListenStream .config/systemd/user/tasks.socket")
			alice.OK("enable", "tasks")
			if again := alice.Sh("grep ListenStream .config/systemd/user/tasks.socket"); again != port {
				t.Errorf("the port changed from %s to %s", port, again)
			}
			alice.Sh("! systemctl --user list-units --all --no-legend 'tasks-worker*' | grep .")

			t.Log("stop and start, like systemctl")
			alice.OK("stop", "tasks")
			alice.Fails(3, []string{"status", "tasks"}, "inactive")
			alice.Sh("! curl -s --max-time 2 http://127.0.0.1:" + strings.TrimSpace(port[strings.LastIndex(port, ":")+1:]) + "/")
			alice.OK("start", "tasks")
			alice.OK("restart", "tasks")
			alice.OK("reload", "tasks")
			alice.OK("status", "tasks")

			t.Log("crash and restart")
			pid := strings.TrimSpace(alice.Sh("systemctl --user show -p MainPID --value tasks.service"))
			alice.Sh("kill -9 " + pid)
			h.Contains(alice.answers("tasks"), "hello")

			t.Log("the state can be lost")
			alice.Sh("rm -r .local/state/ecounit .config/ecounit")
			h.Contains(alice.answers2("tasks", port), "hello")
			alice.OK("enable", "./tasks")
			if again := alice.Sh("grep ListenStream .config/systemd/user/tasks.socket"); again != port {
				t.Errorf("the port changed from %s to %s", port, again)
			}

			t.Log("after a reboot nobody has to log in")
			h.Must(h.Reboot(t.Context()))
			deadline := time.Now().Add(20 * time.Second)
			for alice.Run("status", "tasks").Code != 0 {
				if time.Now().After(deadline) {
					t.Fatalf("not up after a reboot:\n%s", alice.Run("status", "tasks").Stdout)
				}
				time.Sleep(200 * time.Millisecond)
			}
			h.Contains(alice.answers("tasks"), "hello")

			t.Log("disable leaves nothing")
			h.Contains(alice.OK("disable", "tasks"), "lingering", "stays on", "--linger=off")
			if left := alice.Sh("find .config .local -name '*tasks*'; find .config/systemd -type l; systemctl --user list-units --all --no-legend '*tasks*'; systemctl --user list-unit-files --no-legend '*tasks*'; true"); left != "" {
				t.Errorf("left behind: %s", left)
			}
			alice.Fails(4, []string{"status", "tasks"}, `there is no app "tasks"`)
			alice.OK("enable", "./tasks")
			alice.OK("disable", "tasks", "--linger=off")
			if linger := h.root("sh", "-c", "ls /var/lib/systemd/linger"); linger != "" {
				t.Errorf("lingering is still on: %s", linger)
			}
		})
	}
}

// answers2 asks at the address of a socket file.
func (u *user) answers2(name, listen string) string {
	u.host.t.Helper()
	_, address, _ := strings.Cut(strings.TrimSpace(listen), "=")
	return u.Sh("curl -s --max-time 10 http://" + address + "/" + u.name + "_" + name + "/")
}

func TestLingerStaysWhileAnotherAppNeedsIt(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	alice.hello("one", "1")
	alice.hello("two", "2")
	alice.OK("enable", "./one")
	alice.OK("enable", "./two")
	h.Contains(alice.OK("disable", "one", "--linger=off"), "stays on: needed by two")
	h.Contains(alice.answers("two"), "2")
	h.Contains(alice.OK("disable", "two", "--linger=off"), "lingering    off")
}

func TestHandEditsAreNoticedAndDropInsSurvive(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("mine", "hello")
	alice.OK("enable", "./mine")
	alice.Sh(`mkdir -p .config/systemd/user/mine.service.d && printf '[Service]\nEnvironment=WORD=kept\n' > .config/systemd/user/mine.service.d/override.conf && systemctl --user daemon-reload`)
	alice.Sh("echo Nice=3 >> .config/systemd/user/mine.service")
	h.Contains(alice.OK("status", "mine"), "mine.service was edited by hand")
	alice.descriptor(dir, `name = "mine"`, `description = "changed"`, "[web]", `wsgi = "app:app"`)
	alice.Fails(1, []string{"enable", "mine"}, "cannot overwrite mine.service: edited by hand", "systemctl --user edit mine.service", "--force")
	alice.Fails(1, []string{"disable", "mine"}, "edited by hand")
	h.Contains(alice.Sh("cat .config/systemd/user/mine.service"), "Nice=3")
	alice.OK("enable", "mine", "--force")
	h.Contains(alice.Sh("systemctl --user show mine.service -p Environment -p Nice"), "WORD=kept", "Nice=0")
	alice.OK("disable", "mine")
	h.Contains(alice.Sh("cat .config/systemd/user/mine.service.d/override.conf"), "WORD=kept")
}

func TestTakenUnitNamesAreRefusedWithTheirHolder(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	alice.Sh("mkdir -p .config/systemd/user; printf '[Service]\nExecStart=/bin/sleep 9\n' > .config/systemd/user/own.service")
	alice.hello("own", "x")
	alice.Fails(1, []string{"enable", "./own"}, "own.service is taken: /home/alice/.config/systemd/user/own.service")
	alice.hello("a", "x", "[process.b]", `command = "sleep 100"`)
	alice.OK("enable", "./a")
	alice.hello("a-b", "x")
	alice.Fails(1, []string{"enable", "./a-b"}, "a-b.service is taken", "choose another name")
	alice.Sh("cp -r a copy")
	alice.Fails(1, []string{"enable", "./copy"}, "copy/ecounit.toml:1:8", "an app of this name already: /home/alice/a/ecounit.toml", "ecounit disable a")
	alice.Sh("rm -r copy; mv a moved")
	alice.OK("enable", "./moved")
	alice.hello("dbus", "x")
	alice.Fails(1, []string{"enable", "./dbus"}, "dbus.service is taken", "dbus.socket is taken")
}
