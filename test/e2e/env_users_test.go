//go:build machine

package e2e

import (
	"strings"
)

// oddUsers: people whose numbers are not what useradd gives first.
func oddUsers(h *host) {
	h.root("useradd", "-m", "-s", "/bin/bash", "-u", "70000", "directory")
	h.root("useradd", "-r", "-m", "-d", "/srv/robot home", "-s", "/bin/bash", "robot")
	far := &user{h.As("directory"), h, "directory"}
	far.hello("far", "from far", "workers = 1")
	far.ok("enable", "./far")
	h.contains(far.answers("far"), "from far")
	h.contains(far.ok("status", "far"), "active for", "starts at boot")
	h.contains(far.ok("logs", "far"), "gunicorn")
	far.ok("restart", "far")

	h.t.Log("what a system user prints is in the system's journal: everything works but logs, and that says why")
	robot := &user{h.As("robot"), h, "robot"}
	const dir = "/srv/robot home/near"
	robot.write(dir+"/app.py", "def app(e, s):\n    s('200 OK', [])\n    return [b'from near']\n")
	robot.descriptor(dir, `name = "near"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	h.contains(robot.ok("enable", dir), "answers 200")
	h.contains(robot.answers("near"), "from near")
	robot.ok("restart", "near")
	h.contains(robot.ok("status", "near"), "active for", "starts at boot")
	robot.fails(1, []string{"logs", "near"}, "cannot read the journal: systemd counts the user id "+robot.uid()+" among the system's", "adds you to the group systemd-journal")
	robot.fails(1, []string{"logs", "-f", "near"}, "among the system's")
	robot.ok("disable", "near")
	robot.write(dir+"/app.py", "1/0\n")
	robot.fails(1, []string{"enable", dir}, "near.service", "nothing of near was left behind; ecounit run shows what it prints")
	h.root("usermod", "-aG", "systemd-journal", "robot")
	robot.write(dir+"/app.py", "def app(e, s):\n    s('200 OK', [])\n    return [b'from near']\n")
	robot.ok("enable", dir)
	h.contains(robot.ok("logs", "near"), "gunicorn")
	if left := strings.TrimSpace(robot.sh("ecounit disable near 2>/dev/null; ls -A .config/systemd/user/*near* 2>/dev/null || true")); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}
