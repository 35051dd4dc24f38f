//go:build machine

package moving

import (
	"syscall"
	"time"

	"ecounit/test/scene"
)

// backgroundTable is of somebody who never saw a supervisor. The last line was
// never deleted: its app is ecounit's by now.
const backgroundTable = `@reboot cd /home/grace/one && nohup python3 worker.py &
@reboot cd /home/grace/loop; while true; do python3 worker.py; sleep 1; done &
@reboot cd /home/grace/sock && /usr/bin/gunicorn --daemon -b unix:/home/grace/sock/s.sock app:app
@reboot sleep 60 && cd /home/grace/later && python3 worker.py &
@reboot cd /home/grace/site && /usr/bin/gunicorn -b 127.0.0.1:8600 app:app
`

// inBackground has programs that crontab lines left running. Each is found and
// stopped, and nothing else is: neither one with the same words in another
// folder nor systemd, which holds the port of an app that is enabled already.
func inBackground(u *scene.User) {
	t := u.Host.T
	for _, folder := range []string{"one", "loop", "mine", "later"} {
		u.Write(folder+"/worker.py", worker)
	}
	for _, folder := range []string{"sock", "site"} {
		u.Write(folder+"/app.py", helloApp)
	}
	u.Write("site/ecounit.toml", "name = \"site\"\n[web]\nwsgi = \"app:app\"\nlisten = 8600\npath = \"/grace_site\"\n")
	u.OK("enable", "site/ecounit.toml")
	u.Write("crontab.txt", backgroundTable)
	u.Sh(`crontab crontab.txt
		start() { setsid sh -c "$1" </dev/null >/dev/null 2>&1 & }
		sed -n '1,3s/^@reboot //p' crontab.txt | while read -r line; do start "$line"; done
		start 'cd mine && python3 worker.py'`)
	workers := func() string {
		return u.Sh(`sleep 0.5; for p in $(pgrep -u grace -x python3 | sort -n); do
			grep -q worker.py /proc/$p/cmdline && echo "$(readlink /proc/$p/cwd) $(tr '\0' '\n' </proc/$p/environ | grep -c ^INVOCATION_ID=)"; done | sort
			pgrep -u grace -fc '[s]h -c cd /home/grace/loop' || true
			curl -s --unix-socket sock/s.sock http://localhost/ || true`)
	}
	before := workers()
	if before != "/home/grace/loop 0\n/home/grace/mine 0\n/home/grace/one 0\n1\nhello from the old one\n" {
		t.Fatal(before)
	}
	u.Host.Contains(u.OK("migrate", "--dry-run"), "site/ecounit.toml is enabled already",
		"nothing was found that it started before; if something of it runs, stop that first, or there are two")
	manager := u.Sh("systemctl --user show -p UserspaceTimestampMonotonic --value")
	u.OK("migrate")
	after := workers()
	if want := "/home/grace/later 1\n/home/grace/loop 1\n/home/grace/mine 0\n/home/grace/one 1\n1\n"; after != want {
		t.Errorf("%s\nwant\n%s", after, want)
	}
	if got := u.Sh("systemctl --user show -p UserspaceTimestampMonotonic --value"); got != manager {
		t.Error("the user's systemd was stopped")
	}
	(&alice{u}).killedAfter(1200*time.Millisecond, "migrate", "--undo")
	u.OK("migrate", "--undo")
	if after := workers(); after != before {
		t.Errorf("%s\nwant\n%s", after, before)
	}
	u.Host.Contains(u.Sh("crontab -l; systemctl --user is-active site.service"), backgroundTable, "active")
}

// alone has a port that others cannot share while it changes hands, and after.
func alone(u *scene.User, during func()) {
	other := u.Host.User("henry")
	other.Write("bind.py", `import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
end = time.time() + 60
while time.time() < end:
    try:
        s.bind(("127.0.0.1", int(sys.argv[1])))
        print("bound"); break
    except OSError:
        time.sleep(0.001)
`)
	run, err := other.Start(u.Host.T.Context(), "python3", "bind.py", "8200")
	u.Host.Must(err)
	during()
	u.Host.Must(run.Signal(syscall.SIGTERM))
	result, err := run.Wait()
	u.Host.Must(err)
	if result.Stdout != "" {
		u.Host.T.Errorf("another user shares the port: %s", result.Stdout)
	}
}
