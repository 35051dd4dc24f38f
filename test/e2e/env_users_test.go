//go:build machine

package e2e

import (
	"strings"
)

// oddUsers: people whose numbers are not what useradd gives first.
func oddUsers(h *host) {
	h.root("useradd", "-m", "-s", "/bin/bash", "-u", "70000", "directory")
	h.root("useradd", "-r", "-m", "-d", "/srv/robot home", "-s", "/bin/bash", "robot")
	far := h.account("directory")
	far.hello("far", "from far", "workers = 1")
	far.OK("enable", "./far")
	h.Contains(far.answers("far"), "from far")
	h.Contains(far.OK("status", "far"), "active for", "starts at boot")
	h.Contains(far.OK("logs", "far"), "gunicorn")
	far.OK("restart", "far")

	h.t.Log("what a system user prints is in the system's journal: everything works but logs, and that says why")
	robot := h.account("robot")
	const dir = "/srv/robot home/near"
	robot.Write(dir+"/app.py", "def app(e, s):\n    s('200 OK', [])\n    return [b'from near']\n")
	robot.descriptor(dir, `name = "near"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	h.Contains(robot.OK("enable", dir), "answers 200")
	h.Contains(robot.answers("near"), "from near")
	robot.OK("restart", "near")
	h.Contains(robot.OK("status", "near"), "active for", "starts at boot")
	robot.Fails(1, []string{"logs", "near"}, "cannot read the journal: systemd counts the user id "+robot.uid()+" among the system's", "adds you to the group systemd-journal")
	robot.Fails(1, []string{"logs", "-f", "near"}, "among the system's")
	robot.OK("disable", "near")
	robot.Write(dir+"/app.py", "1/0\n")
	robot.Fails(1, []string{"enable", dir}, "near.service", "nothing of near was left behind; ecounit run shows what it prints")
	h.root("usermod", "-aG", "systemd-journal", "robot")
	robot.Write(dir+"/app.py", "def app(e, s):\n    s('200 OK', [])\n    return [b'from near']\n")
	robot.OK("enable", dir)
	h.Contains(robot.OK("logs", "near"), "gunicorn")
	if left := strings.TrimSpace(robot.Sh("ecounit disable near 2>/dev/null; ls -A .config/systemd/user/*near* 2>/dev/null || true")); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}
