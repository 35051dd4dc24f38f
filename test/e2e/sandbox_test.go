//go:build machine

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// prisoner is an app that tries what it is asked to.
const prisoner = `
import os, socket, subprocess, urllib.parse

def attempt(q):
    if 'write' in q:
        with open(q['write'], 'w') as f:
            f.write('x')
        return 'written'
    if 'connect' in q:
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(q['connect'])
            return s.recv(100).decode()
    if 'run' in q:
        r = subprocess.run(q['run'], shell=True, capture_output=True, text=True, timeout=20)
        return 'status %d %s%s' % (r.returncode, r.stdout, r.stderr)
    return 'hello'

def app(environ, start_response):
    try:
        said = attempt(dict(urllib.parse.parse_qsl(environ['QUERY_STRING'])))
    except OSError as e:
        said = os.strerror(e.errno)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [said.encode()]
`

// database stands in for Postgres: a socket of somebody else, who believes
// the kernel about who comes.
const database = `
import os, socket, struct
s = socket.socket(socket.AF_UNIX)
s.bind('/run/database/.s.PGSQL.5432')
os.chmod('/run/database/.s.PGSQL.5432', 0o777)
s.listen()
print('listening', flush=True)
while True:
    c, _ = s.accept()
    c.send(b'uid %d' % struct.unpack('3i', c.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1])
    c.close()
`

func TestSandbox(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice, bob := h.user("alice"), h.user("bob")
			h.root("install", "-d", "-o", "bob", "/run/database")
			server, err := bob.Start(t.Context(), "python3", "-c", database)
			h.Must(err)
			defer server.Stop()
			for !strings.Contains(server.Output(), "listening") {
				time.Sleep(10 * time.Millisecond)
			}
			alice.prison("cell", "basic")
			for _, step := range []struct {
				name string
				test func(*user)
			}{
				{"limits", sandboxLimits},
				{"basic", sandboxBasic},
				{"strict", sandboxStrict},
				{"strict for each kind of app", sandboxStrictKinds},
				{"strict without user namespaces", sandboxWithoutNamespaces},
				{"settings passed through", sandboxSettings},
				{"units that systemd has no word against", sandboxVerified},
			} {
				t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
			}
		})
	}
}

// prison writes an app with a level of the sandbox.
func (u *user) prison(name, level string, more ...string) {
	u.host.t.Helper()
	dir := "/home/" + u.name + "/" + name
	u.Write(dir+"/app.py", prisoner)
	u.descriptor(dir, fmt.Sprintf("name = %q", name), append([]string{"[web]", `wsgi = "app:app"`, "workers = 1", "[sandbox]", fmt.Sprintf("level = %q", level)}, more...)...)
}

// attempts has the app try something.
func (u *user) attempts(app, what, value string) string {
	u.host.t.Helper()
	return u.page(app, "/"+u.name+"_"+app+"/?"+url.Values{what: {value}}.Encode())
}

// properties are what systemd has loaded of a unit.
func (u *user) properties(unit string, names ...string) string {
	u.host.t.Helper()
	return u.Sh("systemctl --user show '" + unit + "' -p " + strings.Join(names, " -p "))
}

// sandboxLimits: here no controller is delegated, so that every limit is
// warned of, and kept for the day when one is.
func sandboxLimits(alice *user) {
	alice.prison("small-one", "basic", "[limits]", `memory = "64M"`, `cpu = "50%"`, "tasks = 40")
	said := alice.OK("enable", "./small-one")
	for key, controller := range map[string]string{"memory": "memory", "cpu": "cpu", "tasks": "pids"} {
		v2 := fmt.Sprintf("`limits.%s` is not enforced: the %s controller is not delegated to users on this host", key, controller)
		v1 := fmt.Sprintf("`limits.%s` is not enforced: this host uses cgroup v1", key)
		if !strings.Contains(said, v2) && !strings.Contains(said, v1) {
			alice.host.t.Errorf("no warning of %s in:\n%s", key, said)
		}
	}
	alice.host.Contains(alice.properties(`app-small\x2done.slice`, "MemoryMax", "CPUQuotaPerSecUSec", "TasksMax"), "MemoryMax=67108864", "CPUQuotaPerSecUSec=500ms", "TasksMax=40")
	alice.host.Contains(alice.properties("small-one.service", "Slice"), `Slice=app-small\x2done.slice`)
	alice.host.Contains(alice.OK("enable", "small-one"), "nothing to do", "`limits.cpu`")
	alice.OK("disable", "small-one")
}

func sandboxBasic(alice *user) {
	h := alice.host
	alice.OK("enable", "./cell")
	h.Contains(alice.properties("cell.service", "NoNewPrivileges", "LockPersonality", "RestrictRealtime", "PrivateUsers"),
		"NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes", "PrivateUsers=no")
	h.Contains(alice.attempts("cell", "run", "grep -h -e NoNewPrivs -e Seccomp: /proc/self/status"), "NoNewPrivs:\t1", "Seccomp:\t2")
	if id := alice.attempts("cell", "run", "cp $(command -v id) /tmp/setuid && chmod u+s /tmp/setuid && chrt -r 1 true"); !strings.Contains(id, "status 1 chrt: ") {
		h.t.Errorf("real-time scheduling: %s", id)
	}
	h.Contains(alice.attempts("cell", "write", "/home/alice/outside"), "written")
	alice.Sh("rm outside")
}

// sandboxStrict: the app writes in its own folder and nowhere else, and still
// reaches what it needs.
func sandboxStrict(alice *user) {
	h := alice.host
	alice.Sh("echo mine > precious; mkdir -p other")
	alice.prison("cell", "strict")
	h.Contains(alice.OK("enable", "./cell"), "answers 200")
	h.Contains(alice.attempts("cell", "", ""), "hello")
	for _, path := range []string{"/home/alice/cell/file", "/tmp/strict", "/var/tmp/strict", "/dev/null"} {
		if said := alice.attempts("cell", "write", path); said != "written" {
			h.t.Errorf("%s: %s", path, said)
		}
	}
	for _, path := range []string{
		"/home/alice/outside", "/home/alice/precious", "/home/alice/other/file", "/home/alice/.bashrc", "/home/alice/.config/systemd/user/new.service",
		"/home/alice/.config/ecounit/apps/other.toml", "/run/user/" + alice.uid() + "/file", "/dev/shm/../../home/alice/outside", "/usr/file", "/etc/file",
	} {
		if said := alice.attempts("cell", "write", path); said != "Read-only file system" && said != "Permission denied" {
			h.t.Errorf("%s: %s", path, said)
		}
	}
	h.Contains(alice.Sh("cat cell/file precious; ls -A /tmp /var/tmp other | grep -c strict || true"), "xmine\n0\n")
	h.Contains(alice.attempts("cell", "connect", "/run/database/.s.PGSQL.5432"), "uid "+alice.uid())
	h.Contains(alice.attempts("cell", "run", "unshare --user true"), "Operation not permitted")
	h.Contains(alice.attempts("cell", "run", "cp /bin/true s && chmod u+s s"), "Operation not permitted")
	h.Contains(alice.attempts("cell", "run", "python3 -c 'import socket; socket.socket(socket.AF_VSOCK)' 2>&1 | tail -n 1"), "not supported by protocol")
	h.Contains(alice.attempts("cell", "run", "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:1\"))' 2>&1 | tail -n 1"), "Connection refused")
	for _, way := range []string{
		"XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-run --user --wait touch /home/alice/outside",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$(id -u)/bus busctl --user call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Reload",
		"echo x > /proc/$(pgrep -u alice -x systemd)/root/home/alice/outside",
		"touch /proc/$(pgrep -u alice -x systemd)/cwd/home/alice/outside",
	} {
		if said := alice.attempts("cell", "run", way); strings.HasPrefix(said, "status 0") {
			h.t.Errorf("a way out: %s: %s", way, said)
		}
	}
	alice.Sh("rm -f outside")
	alice.OK("restart", "cell")
	h.Contains(alice.attempts("cell", "run", "cat file; id -un"), "status 0 xalice")
	alice.OK("status", "cell")
}

func sandboxStrictKinds(alice *user) {
	for _, app := range []struct{ example, name string }{{"flask-tasks", "flasktasks"}, {"asgi-chat", "chat"}, {"node-hello", "hello"}} {
		dir := alice.app(app.example)
		alice.Sh("cd " + dir + " && sed -i 's/^workers = 2/workers = 1/' ecounit.toml && printf '\\n[sandbox]\\nlevel = \"strict\"\\n' >> ecounit.toml")
		alice.host.Contains(alice.OK("enable", dir), "answers 200")
		alice.OK("restart", app.name)
		alice.OK("status", app.name)
		alice.OK("disable", app.name)
	}
}
