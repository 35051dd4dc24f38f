//go:build machine

package attack

import (
	"fmt"
	"strings"

	"ecounit/host"
)

// linkedSocket: a link in the place of a socket that leads to another user's
// socket. Apache, which may connect to both, follows it past the login of the
// other app.
func linkedSocket(h *machineHost) {
	for _, u := range []*user{h.alice, h.mallory} {
		h.root("install", "-d", "-m", "2750", "-o", u.name, "-g", "www-data", "/srv/run/"+u.name)
	}
	h.alice.backend("alice's", "/srv/run/alice/app.sock")
	h.mallory.does("ln -s /srv/run/alice/app.sock /srv/run/mallory/app.sock")
	n := h.naive(`ProxyPass "/alice" "unix:/srv/run/alice/app.sock|http://a.invalid/alice"`,
		`<Location "/alice">`, `Require all denied`, `</Location>`,
		`ProxyPass "/mallory" "unix:/srv/run/mallory/app.sock|http://m.invalid/mallory"`)
	n.get("/alice/").is(403)
	n.get("/mallory/").from("alice's")

	own, closed := host.SocketDir(h.mallory.uid), host.Socket(h.alice.uid, "closed")
	link := own + "/p.sock"
	h.afterwards("rm -rf " + link)
	for _, links := range []string{
		"ln -s " + closed + " LINK",
		fmt.Sprintf("ln -s ../%d/closed.sock LINK", h.alice.uid),
		"ln -s /proc/self/root" + closed + " LINK",
		"ln -s " + host.SocketDir(h.alice.uid) + " " + own + "/other; ln -s other/closed.sock LINK",
		"ln -s /run/systemd/private LINK", "ln -s /run/dbus/system_bus_socket LINK", "ln -s /dev/log LINK",
	} {
		h.mallory.does("rm -rf " + link + " " + own + "/other; " + strings.ReplaceAll(links, "LINK", link))
		a := h.web.get("/mallory_p/").is(503)
		if a.seen().App != "" {
			h.t.Errorf("%s: %s", links, a)
		}
	}
	for _, other := range []string{"mkfifo LINK", "mkdir LINK", "echo x > LINK", "ln -s LINK LINK", "ln -s /dev/zero LINK"} {
		h.mallory.does("rm -rf " + link + "; " + strings.ReplaceAll(other, "LINK", link))
		h.web.get("/mallory_p/").is(503)
	}
	h.mallory.does("rm -rf " + link + " " + own + "/other")
	h.mallory.backend("mallory/p", link)
	h.web.get("/mallory_p/").is(200).from("mallory/p")
	h.aliceIsServed()
}

// hardLinkedSocket: the same with another name for the socket itself.
func hardLinkedSocket(h *machineHost) {
	h.root("install", "-d", "-m", "1777", "/srv/open")
	h.alice.backend("alice's", "/srv/open/alice.sock", "666")
	if r := h.mallory.sh("ln /srv/open/alice.sock /srv/open/mallory.sock"); r.Code == 0 {
		n := h.naive(`ProxyPass "/mallory" "unix:/srv/open/mallory.sock|http://m.invalid/mallory"`)
		n.get("/mallory/").from("alice's")
	} else {
		h.contains(h.root("cat", "/proc/sys/fs/protected_hardlinks"), "1") // of the kernel, for everybody
	}
	own, closed := host.SocketDir(h.mallory.uid), host.Socket(h.alice.uid, "closed")
	h.mallory.cannot("ln " + closed + " " + own + "/hard.sock")
	h.mallory.cannot("mv " + closed + " " + own + "/hard.sock")
	// Nor out of the folder: whoever shares a file system could link it later.
	h.alice.cannot("ln " + closed + " " + host.SocketDir(h.mallory.uid) + "/hard.sock")
	h.alice.cannot("ln " + closed + " /tmp/alice.sock")
	h.alice.cannot("ln " + closed + " /run/user/" + fmt.Sprint(h.alice.uid) + "/alice.sock")
}

// replacedSocket: a socket of one's own in the place of another user's, or
// another folder in the place of one's own.
func replacedSocket(h *machineHost) {
	h.root("install", "-d", "-m", "777", "/srv/shared")
	h.alice.backend("alice's", "/srv/shared/alice.sock", "666")
	n := h.naive(`ProxyPass "/alice" "unix:/srv/shared/alice.sock|http://a.invalid/alice" disablereuse=On`)
	n.get("/alice/").from("alice's")
	h.mallory.backend("mallory's", "/srv/shared/alice.sock", "666")
	n.get("/alice/").from("mallory's")

	hers, own := host.SocketDir(h.alice.uid), host.SocketDir(h.mallory.uid)
	for _, script := range []string{
		"rm -f " + hers + "/tasks.sock && ! test -e " + hers + "/tasks.sock", "rm " + hers + "/tasks.sock", "touch " + hers + "/x", "mkdir " + hers + "/x",
		"ls " + hers, "stat " + hers + "/tasks.sock",
		"mv " + hers + " " + own + "/x", "mv " + own + " /run/ecounit/moved", "rmdir " + own, "mkdir /run/ecounit/x", "touch /run/ecounit/x",
		"ln -s /tmp /run/ecounit/x", "mv /run/ecounit /run/moved", "chmod 777 /run/ecounit", "chmod 777 " + hers,
		"ln -sfT " + hers + " " + own,
	} {
		h.mallory.cannot(script)
	}
	h.contains(h.rootSh("stat -c '%U:%G %a' /run/ecounit "+hers+" "+own), "root:root 755", "alice:www-data 2750", "mallory:www-data 2750")
	h.aliceIsServed()
}

// directAccess: connecting to an app past Apache's login.
func directAccess(h *machineHost) {
	port := freePort()
	h.alice.backend("alice's", fmt.Sprint(port))
	n := h.naive(fmt.Sprintf(`ProxyPass "/alice" "http://127.0.0.1:%d/alice"`, port), `<Location "/alice">`, `Require all denied`, `</Location>`)
	n.get("/alice/").is(403)
	h.contains(h.mallory.does(fmt.Sprintf("curl -s http://127.0.0.1:%d/alice/", port)), "alice's")

	for _, app := range []string{"tasks", "closed", "secret"} {
		socket := host.Socket(h.alice.uid, app)
		for _, u := range []*user{h.mallory, h.eve, {h.As("nobody"), h, "nobody", 65534}} {
			u.cannot("curl -sS --unix-socket " + socket + " http://x/alice_" + app + "/")
		}
		h.alice.does("curl -sS --unix-socket " + socket + " http://x/alice_" + app + "/")
	}
	// Through a process of Apache's group? There is no way into it, although
	// whatever is made in the folder has this group.
	own := host.SocketDir(h.mallory.uid)
	h.mallory.does("cp /usr/bin/id " + own + "/id; chmod 2755 " + own + "/id; " + own + "/id >~/id.out 2>&1; rm -f " + own + "/id; ! grep www-data ~/id.out")
	h.mallory.cannot("sg www-data true </dev/null")
	h.mallory.cannot("newgrp www-data </dev/null")
}

// fullFolder: filling the place where sockets are.
func fullFolder(h *machineHost) {
	h.rootSh("mkdir -p /srv/small && mount -t tmpfs -o mode=1777,nr_inodes=64 tmpfs /srv/small")
	h.afterwards("umount -l /srv/small")
	const fill = `i=0; while touch DIR/fill.$i 2>/dev/null && [ $i -lt 100000 ]; do i=$((i+1)); done; dd if=/dev/zero of=DIR/fill.0 bs=1M count=512 2>/dev/null; true`
	h.mallory.does(strings.ReplaceAll(fill, "DIR", "/srv/small"))
	h.alice.cannot("touch /srv/small/alice.sock")

	own := host.SocketDir(h.mallory.uid)
	defer h.mallory.does("rm -f " + own + "/fill.*")
	h.mallory.does(strings.ReplaceAll(fill, "DIR", own))
	h.mallory.cannot("touch " + own + "/one-more")
	h.alice.does("touch " + host.SocketDir(h.alice.uid) + "/x && rm " + host.SocketDir(h.alice.uid) + "/x")
	h.eve.prepares(h.eve.bus())
	h.contains(h.rootSh("df -k --output=avail /run | tail -1; touch /run/x && rm /run/x && echo writable"), "writable")
	h.aliceIsServed()
}
