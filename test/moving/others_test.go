//go:build machine

package moving

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// TestMovingFromOtherOldWays is about those who did not follow the guide to the
// letter.
func TestMovingFromOtherOldWays(t *testing.T) {
	h := scene.New(t, machine.Bookworm)
	t.Run("a supervisord that takes no orders", func(t *testing.T) { noOrders(h.In(t).User("bob")) })
	t.Run("a server that cron starts", func(t *testing.T) { startedByCron(h.In(t).User("carol")) })
	t.Run("programs that a crontab left running", func(t *testing.T) { inBackground(h.In(t).User("grace")) })
	t.Run("a server that opens its port by itself, and a program that is started by hand", func(t *testing.T) { byItself(h.In(t).User("dave")) })
	t.Run("a server that lets nobody look into it", func(t *testing.T) { closed(h.In(t).User("frank")) })
	t.Run("on a host with the host service", func(t *testing.T) { hosted(h.In(t).User("erin")) })
}

const helloApp = `
import os
from flask import Flask
app = Flask(__name__)

@app.route("/")
def index():
    return "hello from %s\n" % ("systemd" if "BASE_PATH" in os.environ else "the old one")
`

func answers(u *scene.User, port int, path, word string) {
	u.Host.T.Helper()
	if got := u.Sh(fmt.Sprintf("curl -s --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:%d%s/", port, path)); !strings.Contains(got, word) {
		u.Host.T.Fatalf("port %d answers %q, want %q", port, got, word)
	}
}

// noOrders can only be stopped as a whole. Its server listens on all addresses,
// and has a variable that only the shell knew.
func noOrders(u *scene.User) {
	u.Write("site/app.py", helloApp)
	u.Write("supervisord.conf", `[supervisord]
[program:site]
directory=/home/bob/site
command=/usr/bin/gunicorn --bind 0.0.0.0:8100 app:app
[program:other]
directory=/home/bob/other
command=/usr/bin/gunicorn --bind 127.0.0.1:8101 app:app
`)
	u.Write("other/app.py", helloApp)
	u.Sh("STUDY_TOKEN=abc /usr/bin/supervisord -c supervisord.conf")
	answers(u, 8100, "", "hello from the old one")
	u.Host.Contains(u.OK("migrate", "--dry-run"), "is stopped with all its programs at once: it takes no orders",
		"variables that the old one has and no file says: STUDY_TOKEN",
		"port 8100 can be reached from other machines now; the new one listens on 127.0.0.1, for the web server alone")
	u.Fails(1, []string{"migrate"}, "STUDY_TOKEN", "--accept-losses")
	answers(u, 8100, "", "hello from the old one")
	u.Host.Contains(u.OK("migrate", "--accept-losses"), "port 8100 changed hands without a gap", "port 8101 changed hands without a gap", "supervisord")
	answers(u, 8100, "/bob_site", "hello from systemd")
	answers(u, 8101, "/bob_other", "hello from systemd")
	u.OK("migrate", "--undo")
	answers(u, 8100, "", "hello from the old one")
	u.Host.Contains(u.Sh(`cat /proc/$(pgrep -u bob -fo '[s]upervisord -c')/environ | tr '\0' '\n'`), "STUDY_TOKEN=abc")
}

func startedByCron(u *scene.User) {
	const line = `@reboot cd /home/carol/site && /usr/bin/gunicorn --bind 127.0.0.1:8200 app:app > /dev/null 2>&1`
	u.Write("site/app.py", helloApp)
	u.Write("crontab.txt", line+"\n15 3 * * * /bin/true\n")
	u.Sh(`crontab crontab.txt; cd /home/carol/site && (setsid /usr/bin/gunicorn --bind 127.0.0.1:8200 app:app > /dev/null 2>&1 < /dev/null &)`)
	answers(u, 8200, "", "hello from the old one")
	before := u.Sh("crontab -l; pgrep -u carol -fa '[g]unicorn --bind' | cut -d' ' -f2-; find . -name '*.toml'; ls ecounit 2>/dev/null || true")
	alone(u, func() {
		u.Host.Contains(u.OK("migrate"), "line 1 of the crontab is commented out", "port 8200 changed hands without a gap")
	})
	answers(u, 8200, "/carol_site", "hello from systemd")
	u.Host.Contains(u.Sh("systemctl --user list-timers --all --no-legend; crontab -l"), "jobs-true.timer", ": 15 3 * * * /bin/true")
	u.Sh(`(crontab -l; echo '# another') | crontab -`)
	u.OK("migrate", "--undo")
	answers(u, 8200, "", "hello from the old one")
	u.Sh("crontab -l | grep -v another | crontab -")
	if after := u.Sh("crontab -l; pgrep -u carol -fa '[g]unicorn --bind' | cut -d' ' -f2-; find . -name '*.toml'; ls ecounit 2>/dev/null || true"); after != before {
		u.Host.T.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func byItself(u *scene.User) {
	u.Write("page/server.js", `
require("http").createServer((request, response) => response.end("hello from " + (process.env.SUPERVISOR_ENABLED ? "the old one" : "systemd")))
	.listen(process.env.PORT, "127.0.0.1")
`)
	u.Write("supervisord.conf", `[inet_http_server]
port=127.0.0.1:9300
username=dave
password=%%secret&<
[supervisord]
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=http://127.0.0.1:9300
username=dave
password=%%secret&<
[program:page]
directory=/home/dave/page
command=/usr/bin/node server.js
environment=PORT="8300"
[program:later]
command=/bin/sleep 1000
autostart=false
[program:prepare]
command=/bin/sh -c 'echo ran >> prepared'
directory=/home/dave
autorestart=false
startsecs=0
`)
	u.Sh("/usr/bin/supervisord -c supervisord.conf; supervisorctl -c supervisord.conf start later")
	answers(u, 8300, "", "hello from the old one")
	before := u.Sh("supervisorctl -c supervisord.conf status | awk '{print $1, $2}'")
	u.Host.Contains(u.OK("migrate"), "the old one ends before the new one listens (its command opens the port by itself)",
		"is written and not enabled: supervisord does not start it by itself either", "goes on with later:later", "nobody listened for")
	answers(u, 8300, "", "hello from systemd")
	u.Host.Contains(u.Sh("supervisorctl -c supervisord.conf status || true"), "later                            RUNNING", "STOPPED")
	u.Host.Contains(u.Run("status", "prepare").Stdout, "prepare.service: done", "starts at boot")
	u.OK("migrate", "--undo")
	answers(u, 8300, "", "hello from the old one")
	if after := u.Sh("sleep 1; supervisorctl -c supervisord.conf status | awk '{print $1, $2}'"); after != before {
		u.Host.T.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// hosted has an administrator's line for an app, on a host whose policy would
// allow neither the path nor the port. The service itself is not installed:
// nobody may ask it.
func hosted(u *scene.User) {
	u.Host.Root(`mkdir -p /etc/ecounit && echo 'base_url = "https://eco.example.ac.uk"' >/etc/ecounit/host.toml
sed -i '/<VirtualHost/a ProxyPass /lab http://127.0.0.1:8400/lab' /etc/apache2/sites-available/000-default.conf
a2enmod -q proxy proxy_http && systemctl restart apache2`)
	u.Write("lab/app.py", helloApp)
	u.Write("etc/supervisord.conf", `[unix_http_server]
file=%(here)s/s.sock
[supervisord]
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:lab]
directory=/home/erin/lab
command=/usr/bin/gunicorn --bind 127.0.0.1:8400 app:app
environment=SCRIPT_NAME="/lab"
`)
	u.Sh("/usr/bin/supervisord")
	answers(u, 8400, "/lab", "hello from the old one")
	u.Host.Contains(u.OK("migrate"), "http://localhost/lab/ answers as before",
		"the line in /etc/apache2/sites-enabled/000-default.conf goes on to publish it")
	answers(u, 80, "/lab", "hello from systemd")
	u.Host.Contains(u.OK("status", "lab"), "https://eco.example.ac.uk/lab")
	u.Host.Contains(u.OK("enable", "lab"), "nothing to do")
	u.OK("migrate", "--undo")
	answers(u, 8400, "/lab", "hello from the old one")
}

// closed has a server whose socket cannot be borrowed, as all are on a host that
// keeps processes from looking into each other: there is a gap, and in it
// connections are refused. Nothing else goes wrong for visitors.
func closed(u *scene.User) {
	u.Write("site/app.py", helloApp)
	u.Write("site/gunicorn.conf.py", "import ctypes\nPR_SET_DUMPABLE = 4\nctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)\n")
	u.Write("supervisord.conf", `[unix_http_server]
file=%(here)s/s.sock
[supervisord]
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:site]
directory=/home/frank/site
command=/usr/bin/gunicorn --bind 127.0.0.1:8500 app:app
environment=SCRIPT_NAME="/frank_site"
`)
	u.Sh("/usr/bin/supervisord -c supervisord.conf")
	answers(u, 8500, "/frank_site", "hello from the old one")
	said := ""
	results, lost := (&alice{u}).visitors([]string{"http://localhost:8500/frank_site/"}, func() { said = u.OK("migrate") })
	u.Host.T.Logf("%d requests failed\n%s", lost, said)
	u.Host.Contains(said, "the old one ends before the new one listens (the port cannot be handed over", "nobody listened for")
	for _, r := range results {
		for message := range r.Messages {
			if !strings.Contains(message, "connection refused") && !strings.Contains(message, "connection reset") && !strings.Contains(message, "EOF") {
				u.Host.T.Error(message)
			}
		}
		for status := range r.Statuses {
			if status != http.StatusOK {
				u.Host.T.Errorf("status %d", status)
			}
		}
	}
	answers(u, 8500, "/frank_site", "hello from systemd")
	u.OK("migrate", "--undo")
	answers(u, 8500, "/frank_site", "hello from the old one")
}
