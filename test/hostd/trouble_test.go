//go:build machine

package hostd

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	contract "ecounit/host"
)

func brokenPolicy(h host, _ int) {
	defer h.write("/etc/ecounit/host.toml", policy)
	h.write("/etc/ecounit/host.toml", "approvall = \"ask\"\n")
	for _, c := range []called{{Method: "Prepare"}, {Method: "Publish", Request: request("alice", "more")}} {
		h.refused("alice", c, contract.BadSetup, "/etc/ecounit/host.toml")
	}
	h.says(5*time.Second, "journalctl -q -u ecounit-hostd", "/etc/ecounit/host.toml:1:1")
	c := h.call("root", called{Method: "Check"})
	if !strings.Contains(fmt.Sprint(c.Findings), "/etc/ecounit/host.toml:1:1") {
		h.Errorf("got %+v", c)
	}
	h.expect("/alice_tasks/", http.StatusOK, "alice_tasks") // what is published stays
	h.root("rm /etc/ecounit/host.toml")
	h.refused("alice", called{Method: "Prepare"}, contract.BadSetup, "not set up")
}

// brokenConfiguration: an administrator's mistake is told, and the site is
// published when it is mended, by nobody's hand.
func brokenConfiguration(h host, uid int) {
	h.write("/etc/apache2/conf-enabled/broken.conf", "NoSuchDirective on\n")
	c := h.call("alice", called{Method: "Publish", Request: request("alice", "later")})
	if c.Answer.State != string(contract.Approved) || c.Answer.Live || !strings.Contains(c.Answer.Reason, "NoSuchDirective") {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_tasks/", http.StatusOK, "alice_tasks")
	h.serves("alice", "later", contract.Socket(uid, "later"))
	h.root("systemctl stop ecounit-hostd") // sooner than it would by itself
	h.says(5*time.Second, "systemctl is-active ecounit-retry.timer", "active")
	h.root("rm /etc/apache2/conf-enabled/broken.conf")
	h.soon(60*time.Second, func(context.Context) error {
		if status, _ := h.get("/alice_later/"); status != http.StatusOK {
			return fmt.Errorf("not yet published: %d", status)
		}
		return nil
	})
}

func apacheStopped(h host, _ int) {
	h.root("systemctl stop apache2")
	c := h.call("alice", called{Method: "Publish", Request: request("alice", "stopped")})
	if c.Answer.Live || !strings.Contains(c.Answer.Reason, "not running") {
		h.Errorf("got %+v", c)
	}
	h.root("systemctl start apache2")
	h.expect("/alice_stopped/", http.StatusServiceUnavailable, "not running right now")
}

func checkIsClean(h host, _ int) {
	c := h.call("root", called{Method: "Check"})
	for _, f := range c.Findings {
		if f.Severity != "ok" {
			h.Errorf("%+v", f)
		}
	}
	if len(c.Findings) < 8 {
		h.Errorf("got %+v", c)
	}
	for _, plant := range []string{"echo '# mine' > F", "ln -s /etc/passwd F", "mkdir F", "mkfifo F", "touch F; chown alice F"} {
		h.root(strings.ReplaceAll(plant, "F", "/etc/apache2/ecounit.d/foreign.conf"))
		if c := h.call("root", called{Method: "Check"}); !strings.Contains(fmt.Sprint(c.Findings), "foreign.conf") {
			h.Errorf("%s: got %+v", plant, c)
		}
		h.root("rm -r /etc/apache2/ecounit.d/foreign.conf")
	}
	// Apache itself does not miss it.
	h.root("a2dismod -q proxy_http")
	defer h.root("a2enmod -q proxy_http")
	if c := h.call("root", called{Method: "Check"}); !strings.Contains(fmt.Sprint(c.Findings), "a2enmod proxy_http") {
		h.Errorf("got %+v", c)
	}
}

const isGone = "systemctl show -p ActiveState,SubState,Result,NRestarts ecounit-hostd | tr '\\n' ' '"

func exitsWhenIdle(h host, _ int) {
	if c := h.call("alice", called{Method: "Prepare"}); c.Kind != "" {
		h.Fatalf("got %+v", c)
	}
	begin := time.Now()
	h.says(30*time.Second, isGone, "ActiveState=inactive")
	h.Logf("measured: gone %s after the last call", time.Since(begin).Round(time.Second))
	if got := h.root(isGone); !strings.Contains(got, "Result=success") {
		h.Errorf("it ended as %s", got)
	}
	h.endedBeforeItIsUp()
	h.callsAtTheBoundary()
}

// endedBeforeItIsUp: the call that starts the service is answered, even when the
// process is ended by a signal before it can take one. systemd sees no failure
// in that, and the bus does not hear of it: it would hold the call, and all that
// come after it, for 25 s and then refuse them.
func (h host) endedBeforeItIsUp() {
	h.Helper()
	const dir, once = "/run/systemd/system/ecounit-hostd.service.d", "/run/ecounit-hostd/once"
	h.root("mkdir -p " + dir)
	h.write(dir+"/once.conf", "[Service]\nExecStart=\n"+
		"ExecStart=/bin/sh -c 'mkdir "+once+" && kill $$$$; exec /usr/libexec/ecounit-hostd'\n")
	h.root("systemctl daemon-reload")
	if c := h.call("alice", called{Method: "Prepare"}); c.Kind != "" {
		h.Errorf("the next call: %+v", c)
	}
	// Without the folder nothing was ended, and nothing is shown.
	h.root("rmdir " + once + "; rm -r " + dir + "; systemctl daemon-reload")
}

// callsAtTheBoundary: calls that come while the service ends are answered by
// the next one. It ends as when it is idle, only sooner; the signal can come to
// the next one as well, which has not come up then.
func (h host) callsAtTheBoundary() {
	h.Helper()
	give := false
	call := func() {
		give = !give
		if c := h.call("root", called{Method: "Grant", Words: []string{"bob", "/wiki"}, Flag: give}); c.Kind != "" {
			h.Errorf("got %+v", c)
		}
	}
	for i := range 20 {
		call()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			time.Sleep(time.Duration(i) * 2 * time.Millisecond) // a call takes some 20
			_, _ = h.Exec(h.T.Context(), "systemctl", "kill", "--kill-who=main", "ecounit-hostd")
		}()
		call()
		<-ended
	}
}

// killed: the service is killed at some moment of a publication, and what was
// asked for is there in the end, or can be asked for again.
func killed(h host, _ int) {
	for i := range 10 {
		app := fmt.Sprintf("killed%d", i)
		done := make(chan struct{})
		go func() {
			defer close(done)
			begin := time.Now()
			h.call("alice", called{Method: "Publish", Request: request("alice", app)})
			if took := time.Since(begin); took > 10*time.Second {
				h.Errorf("the call at which it was killed took %s", took)
			}
		}()
		time.Sleep(time.Duration(10+20*i) * time.Millisecond)
		_, _ = h.Exec(h.T.Context(), "systemctl", "kill", "-s", "KILL", "ecounit-hostd")
		<-done
		h.root("apache2ctl configtest")
		h.publish("alice", app)
		h.expect("/alice_"+app+"/", http.StatusServiceUnavailable, "not running right now")
		h.expect("/alice_tasks/", http.StatusOK, "alice_tasks")
		if c := h.call("alice", called{Method: "Withdraw", Words: []string{app}, Flag: true}); c.Kind != "" {
			h.Errorf("got %+v", c)
		}
		time.Sleep(2 * time.Second) // calls are limited
	}
	if got := h.root("ls -A /var/lib/ecounit /etc/apache2/ecounit.d"); strings.Contains(got, "transaction") || strings.Contains(got, ".before") {
		h.Errorf("left behind:\n%s", got)
	}
}

// reboot: the folders for sockets are there before the managers of users are.
func reboot(h host, uid int) {
	h.root("loginctl enable-linger alice")
	// A unit of the user's that needs the folder at once.
	script := "mkdir -p ~/.config/systemd/user/default.target.wants && cd ~/.config/systemd/user && " +
		"printf '[Service]\\nExecStart=/usr/bin/python3 /opt/backend.py alice_tasks " + contract.Socket(uid, "tasks") + "\\n' > tasks.service && " +
		"ln -s ../tasks.service default.target.wants/tasks.service"
	if r := h.as("alice", script); r.Code != 0 {
		h.Fatal(r)
	}
	if err := h.Reboot(h.T.Context()); err != nil {
		h.Fatal(err)
	}
	h.says(10*time.Second, "systemctl show -p Result,ActiveState user@$(id -u alice).service ecounit-boot.service", "Result=success")
	h.soon(20*time.Second, func(context.Context) error {
		if status, _ := h.get("/alice_tasks/"); status != http.StatusOK {
			return fmt.Errorf("answers %d", status)
		}
		return nil
	})
	made, started := h.root("systemctl show -P InactiveEnterTimestampMonotonic ecounit-boot.service"), h.root(fmt.Sprintf("systemctl show -P ActiveEnterTimestampMonotonic user@%d.service", uid))
	if len(made) > len(started) || len(made) == len(started) && made >= started {
		h.Errorf("the folders were made at %s, the manager started at %s", made, started)
	}
	if failed, err := h.FailedUnits(h.T.Context()); err != nil || len(failed) > 0 {
		h.Errorf("failed: %q %v", failed, err)
	}
}

// usersGo: what belonged to an account that is gone is nobody's, at once, and
// who gets the number does not inherit it.
func usersGo(h host, _ int) {
	uid := h.user("dora")
	h.publish("dora", "site")
	h.root("userdel -r dora && useradd -m -u " + fmt.Sprint(uid) + " eric")
	h.soon(10*time.Second, func(context.Context) error {
		if status, _ := h.get("/dora_site/"); status != http.StatusNotFound {
			return fmt.Errorf("answers %d", status)
		}
		return nil
	})
	h.says(5*time.Second, "journalctl -q ECOUNIT_ACTION=depart ECOUNIT_USER=dora", "dora_site")
	h.publish("eric", "site")
	h.root("userdel -r eric")
	h.says(10*time.Second, "ls /var/lib/ecounit/sites/eric_site.json 2>&1", "No such file")
}
