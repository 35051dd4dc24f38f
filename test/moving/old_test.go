//go:build machine

// Package moving tries out how somebody moves from the old guide to ecounit:
// supervisor in the home directory, a line in the crontab, ProxyPass by hand.
package moving

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

const supervisordConf = `[unix_http_server]
file=/home/alice/supervisor.sock

[supervisord]
logfile=/home/alice/supervisord.log
pidfile=/home/alice/supervisord.pid

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///home/alice/supervisor.sock

[program:tasks]
directory=/home/alice/tasks
command=/usr/bin/gunicorn --workers 2 --bind 127.0.0.1:8000 app:app
environment=SCRIPT_NAME="/tasks",DATABASE_URL="postgresql://alice_tasks:wonderland@localhost/alice_tasks"
autorestart=true
stdout_logfile=/home/alice/tasks/log.txt
redirect_stderr=true

[group:stats]
programs=stats-web,stats-worker

[program:stats-web]
directory=/home/alice/stats
command=/usr/bin/gunicorn --workers 1 --bind 127.0.0.1:8001 app:app
environment=SCRIPT_NAME="/stats"
autorestart=true

[program:stats-worker]
directory=/home/alice/stats
command=/usr/bin/python3 -u worker.py
autorestart=true
`

const crontab = `# m h  dom mon dow   command
MAILTO=""
@reboot /usr/bin/supervisord -c /home/alice/supervisord.conf
30 4 * * * cd /home/alice/tasks && /usr/bin/python3 clean.py
`

const tasksApp = `
import os, psycopg2
from flask import Flask
app = Flask(__name__)

@app.route("/")
def index():
    with psycopg2.connect(os.environ["DATABASE_URL"]) as db, db.cursor() as cursor:
        cursor.execute("select count(*) from task")
        count = cursor.fetchone()[0]
    return "%d tasks, %s\n" % (count, "systemd" if "INVOCATION_ID" in os.environ and "SUPERVISOR_ENABLED" not in os.environ else "supervisor")
`

const statsApp = `
import os
from flask import Flask
app = Flask(__name__)

@app.route("/")
def index():
    return "stats of %s\n" % ("supervisor" if "SUPERVISOR_ENABLED" in os.environ else "systemd")
`

// worker writes who runs it, so that a test can tell that there is one.
const worker = `
import os, time
while True:
    with open("worker.pid", "w") as f:
        f.write(str(os.getpid()))
    time.sleep(0.2)
`

// proxyPass is what an administrator was asked to write into the site.
const proxyPass = `
    ProxyPass        /tasks http://127.0.0.1:8000/tasks
    ProxyPassReverse /tasks http://127.0.0.1:8000/tasks
    ProxyPass        /stats http://127.0.0.1:8001/stats
    ProxyPassReverse /stats http://127.0.0.1:8001/stats
`

// alice is a user who followed the old guide.
type alice struct{ *scene.User }

func oldGuide(t *testing.T) *alice {
	t.Helper()
	h := scene.New(t, machine.Bookworm)
	a := &alice{h.User("alice")}
	h.Root(`sed -i '/<VirtualHost/r /dev/stdin' /etc/apache2/sites-available/000-default.conf <<'E'` + proxyPass + `E
a2enmod -q proxy proxy_http
systemctl start apache2 postgresql
su postgres -c "psql -qc \"create role alice_tasks login password 'wonderland'\" -c 'create database alice_tasks owner alice_tasks'"`)
	a.Write("tasks/app.py", tasksApp)
	a.Write("tasks/clean.py", "open('cleaned', 'a').write('x')\n")
	a.Write("stats/app.py", statsApp)
	a.Write("stats/worker.py", worker)
	a.Write("supervisord.conf", supervisordConf)
	a.Write("crontab.txt", crontab)
	a.Sh(`PGPASSWORD=wonderland psql -qh localhost -U alice_tasks alice_tasks -c 'create table task (id int)' -c 'insert into task values (1), (2)'
		crontab crontab.txt && rm crontab.txt
		/usr/bin/supervisord -c /home/alice/supervisord.conf`)
	a.runsUnder("supervisor")
	return a
}

// page asks Apache, as a visitor does.
func (a *alice) page(path string) string {
	a.Host.T.Helper()
	return a.Sh("curl -s --max-time 10 http://localhost" + path + " || true")
}

// runsUnder waits until both apps answer through Apache, and checks what runs
// them. A web server that could not reach an app once sends nobody for a
// minute; a reload makes it forget that, as soon as both can be reached.
func (a *alice) runsUnder(what string) {
	a.Host.T.Helper()
	a.Sh("for app in 8000/tasks 8001/stats; do curl -s --retry 30 --retry-connrefused --retry-delay 1 http://127.0.0.1:$app/ > /dev/null; done")
	a.Host.Root("systemctl reload apache2")
	deadline := time.Now().Add(20 * time.Second)
	for {
		tasks, stats := a.page("/tasks/"), a.page("/stats/")
		starting := a.Sh("supervisorctl -c supervisord.conf status | grep STARTING || true")
		if tasks == "2 tasks, "+what+"\n" && stats == "stats of "+what+"\n" && starting == "" {
			break
		}
		if time.Now().After(deadline) {
			a.Host.T.Fatalf("not under %s: %q %q\n%s", what, tasks, stats, a.Sh("supervisorctl -c supervisord.conf status; systemctl --user --all list-units 'tasks*' 'stats*'; true"))
		}
		time.Sleep(200 * time.Millisecond)
	}
	a.worker(what)
}

// worker checks that there is one worker, of whom it should be.
func (a *alice) worker(what string) {
	a.Host.T.Helper()
	count := strings.TrimSpace(a.Sh("pgrep -u alice -fc '[p]ython3 -u worker.py' || true"))
	isSystemd := strings.Contains(a.Sh("cat /proc/$(pgrep -u alice -fo '[p]ython3 -u worker.py')/environ"), "SUPERVISOR_ENABLED") == (what == "supervisor")
	if count != "1" || !isSystemd {
		a.Host.T.Errorf("%s workers, not of %s", count, what)
	}
}

// everything is what a way back has to bring back: the crontab, the files, the
// units, lingering, and what runs.
func (a *alice) everything() string {
	a.Host.T.Helper()
	return a.Sh(`crontab -l | sha256sum; crontab -l
		find . -type f -o -type l -o -type s | grep -v -e __pycache__ -e '\.log$' -e log.txt -e worker.pid -e supervisord.pid -e '^./.local/state/ecounit/[.]lock$' | sort
		cat supervisord.conf | sha256sum
		systemctl --user list-unit-files --no-legend 'tasks*' 'stats*' 'jobs*' 2>/dev/null
		ls /var/lib/systemd/linger
		supervisorctl -c supervisord.conf status | awk '{print $1, $2}'`)
}

func (a *alice) same(before string) {
	a.Host.T.Helper()
	if after := a.everything(); after != before {
		a.Host.T.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func (a *alice) in(t *testing.T) *alice { return &alice{a.In(t)} }
