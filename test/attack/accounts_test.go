//go:build machine

package attack

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"ecounit/host"
)

// departed: inheriting the sites of an account that is gone, by its number or
// by its name.
func departed(h *machineHost) {
	// By hand: a path with a name in it, a folder with a number on it.
	frank := h.addUser("frank")
	h.root("install", "-d", "-m", "2750", "-o", "frank", "-g", "www-data", "/srv/run/frank")
	n := h.naive(`ProxyPass "/frank" "unix:/srv/run/frank/app.sock|http://f.invalid/frank"`)
	h.root("userdel", "-r", "frank")
	h.root("useradd", "-m", "-u", strconv.Itoa(frank.uid), "grace")
	grace := &user{h.As("grace"), h, "grace", frank.uid}
	h.afterwards("userdel -r grace 2>/dev/null")
	stop := grace.backend("grace's", "/srv/run/frank/app.sock")
	n.get("/frank/").from("grace's")
	stop()

	for _, same := range []string{"number", "name"} {
		dave := h.addUser("dave")
		b := dave.bus()
		dave.prepares(b)
		stop := dave.backend("dave's", host.Socket(dave.uid, "tool"))
		r := request(dave, "tool")
		r.Auth = "basic"
		a, err := b.publish(r)
		h.must(err)
		if !a.Live {
			h.t.Errorf("%+v", a)
		}
		_, err = b.call("SetPassword", "tool", "bob", bcryptHash)
		h.must(err)
		h.root("ecounit", "host", "grant", "dave", "/daves")
		h.web.get("/dave_tool/").is(401)
		stop()
		b.Close()
		h.root("userdel", "-r", "dave")

		newcomer := &user{h.As("erin"), h, "erin", dave.uid}
		if same == "name" {
			newcomer = &user{h.As("dave"), h, "dave", dave.uid + 1000}
		}
		h.root("useradd", "-m", "-s", "/bin/bash", "-u", strconv.Itoa(newcomer.uid), newcomer.name)
		if same == "number" { // the number alone, without a word to the service
			stop := newcomer.backend("newcomer's", host.Socket(newcomer.uid, "tool"))
			time.Sleep(3 * time.Second) // for whatever notices that an account went
			if a := h.web.get("/dave_tool/", basic("bob", "secret")); a.seen().App != "" {
				h.t.Errorf("the newcomer answers at the path of who had the number before: %s", a)
			}
			stop()
		}
		nb := newcomer.bus()
		newcomer.prepares(nb)
		newcomer.backend("newcomer's", host.Socket(newcomer.uid, "tool"))

		if body, err := nb.call("PasswordNames", "tool"); err == nil {
			h.t.Errorf("same %s: the newcomer has the passwords %v", same, body)
		}
		r = request(newcomer, "other")
		r.Path = "/daves"
		if _, err := nb.publish(r); err == nil {
			h.t.Errorf("same %s: the newcomer has the grant", same)
		}
		if same == "number" {
			r = request(newcomer, "tool")
			r.Path = "/dave_tool"
			if _, err := nb.publish(r); err == nil {
				h.t.Errorf("the newcomer has the path of who had the number before")
			}
			if _, err := nb.call("Withdraw", "tool", true); err == nil {
				h.t.Errorf("the newcomer withdraws the site of who had the number before")
			}
		}
		h.root("ecounit", "host", "reconcile")
		if a := h.web.get("/dave_tool/"); a.seen().App != "" || a.status == 401 {
			h.t.Errorf("same %s: the site still stands: %s", same, a)
		}
		h.web.get("/daves/").is(404)
		// Nothing is left for whoever comes next.
		if left := h.rootSh("ls -A /var/lib/ecounit/sites /var/lib/ecounit/grants /var/lib/ecounit/htpasswd " + includes + " | grep dave || true"); left != "" {
			h.t.Errorf("same %s: there is still %s", same, left)
		}
		// What the newcomer publishes is theirs, and without the old passwords.
		r = request(newcomer, "tool")
		a, err = nb.publish(r)
		if err != nil || !a.Live {
			h.t.Errorf("same %s: the newcomer's own: %+v, %v", same, a, err)
		}
		h.web.get("/" + newcomer.name + "_tool/").is(200).from("newcomer's")
		h.root("ecounit", "host", "evict", newcomer.name+"_tool")
		h.rootSh("{ loginctl terminate-user " + newcomer.name + "; pkill -KILL -u " + newcomer.name + "; } 2>/dev/null || true; userdel -rf " + newcomer.name + " 2>/dev/null || true")
	}
}

// naiveHelper is a script that users may run with sudo, and that believes its
// arguments.
const naiveHelper = `#!/bin/sh
case $1 in
publish) printf 'ProxyPass "/%s_%s" "http://127.0.0.1:%s/"\n' "$2" "$3" "$4" > /srv/naive-sites/$2_$3.conf ;;
withdraw) rm -f /srv/naive-sites/$2_$3.conf ;;
esac
`

// onBehalf: calls on behalf of others, and of an administrator.
func onBehalf(h *machineHost) {
	h.write("/usr/local/sbin/site", naiveHelper)
	h.rootSh("chmod 755 /usr/local/sbin/site; mkdir -p /srv/naive-sites; echo 'ALL ALL=(root) NOPASSWD: /usr/local/sbin/site' > /etc/sudoers.d/site")
	h.afterwards("rm /etc/sudoers.d/site")
	h.alice.does("sudo site publish alice tasks 8000")
	h.mallory.does("sudo site withdraw alice tasks")
	if left := h.root("ls", "/srv/naive-sites"); left != "" {
		h.t.Errorf("naive: there is still %s", left)
	}

	h.unchanged(func() {
		b := h.mallory.bus()
		for _, app := range []string{"tasks", "alice_tasks", "alice/tasks", "../alice_tasks", "secret", "closed"} {
			for _, call := range []struct {
				method string
				args   []any
			}{
				{"Withdraw", []any{app, true}},
				{"Withdraw", []any{app, false}},
				{"SetPassword", []any{app, "mallory", bcryptHash}},
				{"SetPassword", []any{app, "bob", ""}},
				{"PasswordNames", []any{app}},
			} {
				body, err := b.patiently(call.method, call.args...)
				if err == nil {
					h.t.Errorf("mallory calls %s %q: %v", call.method, call.args, body)
					continue
				}
				h.refused(fmt.Sprint(call), err, host.NoSite, host.Invalid)
			}
		}
		h.administers(h.mallory)
	})
	h.web.get("/alice_secret/", basic("bob", "secret")).is(200)
	h.web.get("/alice_secret/", basic("mallory", "secret")).is(401)
	for _, path := range []string{"/var/lib/ecounit/htpasswd/alice_secret", "/var/lib/ecounit/htpasswd"} {
		h.mallory.cannot("cat " + path + " 2>/dev/null || ls " + path + " 2>/dev/null")
	}
}

// administers has somebody who must not call every method of administrators.
func (h *machineHost) administers(u *user) {
	h.t.Helper()
	b := u.bus()
	for _, call := range []struct {
		method string
		args   []any
	}{
		{"Approve", []any{"mallory_p"}},
		{"Approve", []any{"alice_tasks"}},
		{"Reject", []any{"alice_tasks", "because"}},
		{"Evict", []any{"alice_tasks"}},
		{"Evict", []any{"mallory_p"}},
		{"Grant", []any{u.name, "/wiki", true}},
		{"Grant", []any{u.name, "/mine", true}},
		{"Grant", []any{"alice", "/alices", false}},
		{"Reconcile", nil},
	} {
		_, err := b.patiently(call.method, call.args...)
		h.refused(u.name+": "+call.method, err, host.Denied)
	}
	for _, words := range []string{"approve mallory_p", "reject alice_tasks --reason x", "evict alice_tasks", "grant mallory /wiki", "reconcile", "setup"} {
		u.cannot("ecounit host " + words + " </dev/null")
	}
}

// polkitBypass: doing what polkit does not allow, where a rule says no and
// where polkit is away. By hand there is a program that asks nobody: see
// onBehalf.
func polkitBypass(h *machineHost) {
	const rule = "/etc/polkit-1/rules.d/10-attack.rules"
	h.rootSh(`mkdir -p /etc/polkit-1/rules.d; cat > ` + rule + ` <<'END'
polkit.addRule(function(action, subject) {
	if (action.id == "org.ecounit.host.publish" && subject.user == "mallory")
		return polkit.Result.NO;
});
END
systemctl restart polkit`)
	h.afterwards("rm -f " + rule + "; systemctl unmask --runtime polkit.service; systemctl restart polkit")
	mallory, eve := h.mallory.bus(), h.eve.bus()
	h.unchanged(func() {
		r := request(h.mallory, "denied")
		for name, change := range map[string]func(*host.Request){
			"new": func(*host.Request) {}, "known": func(r *host.Request) { r.App, r.Path = "p", "/mallory_p"; r.Timeout = 7 },
		} {
			r := r
			change(&r)
			_, err := mallory.patiently("Publish", r)
			h.refused("publishing against a rule: "+name, err, host.Denied)
		}
		// The same request twice changes nothing, so that it may be asked.
		if a, err := eve.publish(request(h.eve, "p1")); err != nil || !a.Live {
			h.t.Errorf("eve, whom no rule keeps: %+v, %v", a, err)
		}
		h.rootSh("rm " + rule + "; systemctl mask --runtime --now polkit.service")
		for _, b := range []bus{mallory, eve} {
			r := request(b.user, "denied")
			_, err := b.patiently("Publish", r)
			h.refused("publishing without polkit", err, host.Denied)
		}
		h.administers(h.mallory)
		h.root("ecounit", "host", "list") // root needs nobody's leave
	})
}

// approvals: being served without an administrator's approval, or against
// their rejection. By hand whoever can run the script decides: see onBehalf.
func approvals(h *machineHost) {
	b := h.mallory.bus()
	h.mallory.backend("mallory/waits", host.Socket(h.mallory.uid, "waits"))
	r := request(h.mallory, "waits")
	publish := func(what string, state host.State, live bool) {
		h.t.Helper()
		body, err := b.patiently("Publish", r)
		h.must(err)
		var a host.Answer
		h.must(dbus.Store(body, &a))
		if a.State != string(state) || a.Live != live {
			h.t.Errorf("%s: %+v", what, a)
		}
	}
	served := func(path string, want bool) {
		h.t.Helper()
		if a := h.web.get(path + "/"); (a.seen().App == "mallory/waits") != want {
			h.t.Errorf("served %t: %s", !want, a)
		}
	}
	publish("by default", host.Approved, true)
	served("/mallory_waits", true)
	h.root("ecounit", "host", "reject", "mallory_waits", "--reason", "no")
	served("/mallory_waits", false)
	publish("rejected", host.Rejected, false)
	r.Timeout = 77
	publish("rejected, in another form", host.Rejected, false)
	_, err := b.patiently("Withdraw", "waits", true)
	h.refused("giving up what was rejected", err, host.Refused, host.Denied)
	publish("rejected, given up and asked for again", host.Rejected, false)
	served("/mallory_waits", false)
	h.root("ecounit", "host", "evict", "mallory_waits")

	h.rootSh(`cp /etc/ecounit/host.toml /root/host.toml && sed -i '1i approval = "ask"' /etc/ecounit/host.toml && sed -i '2,$ {/^approval/d}' /etc/ecounit/host.toml`)
	h.afterwards("cp /root/host.toml /etc/ecounit/host.toml; ecounit host evict mallory_waits")
	publish("where somebody has to approve", host.Pending, false)
	served("/mallory_waits", false)
	_, err = b.patiently("Approve", "mallory_waits")
	h.refused("approving oneself", err, host.Denied)
	h.root("ecounit", "host", "approve", "mallory_waits")
	served("/mallory_waits", true)
	// What was approved is not a licence for something else.
	r.Path = "/mallory_elsewhere"
	publish("approved, and now at another path", host.Pending, false)
	served("/mallory_elsewhere", false)
}

// oddNames: accounts whose names mean something in paths or to Apache.
func oddNames(h *machineHost) {
	n := h.naiveFiles("ProxyPass \"/Mallory.X\" \"http://127.0.0.1:1/\"\nRedirectMatch \"^/m.x$\" \"/docs/\"\n")
	n.start() // a dot in a pattern stands for any character
	n.get("/max").is(302)

	for _, name := range []string{"Mallory", "m.x", "m@x", "mallory_b.conf", "1mallory", "mallory$", "alice_", "server"} {
		if r, err := h.Exec(h.t.Context(), "useradd", "--badname", "-M", name); err != nil || r.Code != 0 {
			h.t.Logf("this system has no account %q: %s", name, r.Stderr)
			continue
		}
		h.afterwards("userdel '" + name + "'")
		uid, err := strconv.Atoi(strings.TrimSpace(h.root("id", "-u", name)))
		h.must(err)
		h.unchanged(func() {
			b := (&user{h.As(name).Dir("/"), h, name, uid}).bus()
			for _, path := range []string{"/" + name + "_x", "/" + name, "/alice_x", "/alice_tasks", "/server-status", "/mallory_b.conf_x", "/mallory_x"} {
				if (name == "alice_" || name == "server") && path == "/"+name+"_x" {
					continue // a path like any other, and theirs
				}
				r := request(h.mallory, "x")
				r.Path = path
				_, err := b.patiently("Publish", r)
				h.refused(name+" at "+path, err, host.Refused, host.Invalid, host.Taken, host.Denied)
			}
		})
	}
}

// busNames: taking the service's name on the bus, and with it the calls of
// others.
func busNames(h *machineHost) {
	h.write("/etc/dbus-1/system.d/naive.conf", `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><policy context="default"><allow own="org.naive.Host1"/><allow send_destination="org.naive.Host1"/></policy></busconfig>`)
	h.rootSh("systemctl reload dbus")
	h.afterwards("rm /etc/dbus-1/system.d/naive.conf; systemctl reload dbus")
	b := h.mallory.bus()
	const doNotQueue = 4
	var got uint32
	h.must(b.BusObject().Call("org.freedesktop.DBus.RequestName", 0, "org.naive.Host1", uint32(doNotQueue)).Store(&got))
	if got != 1 {
		h.t.Errorf("naive: the name is not mallory's: %d", got)
	}
	h.root("systemctl", "stop", "ecounit-hostd.service")
	for _, name := range []string{host.BusName, host.BusName + ".x", "org.ecounit.Host2", "org.ecounit"} {
		err := b.BusObject().Call("org.freedesktop.DBus.RequestName", 0, name, uint32(0)).Err
		h.refused("owning "+name, err, "org.freedesktop.DBus.Error.AccessDenied")
	}
	err := b.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{}, uint32(0)).Err
	h.refused("listening to everybody", err, "org.freedesktop.DBus.Error.AccessDenied")
	h.aliceIsServed()
}

// privateParts: the units and files of the service, without the service.
func privateParts(h *machineHost) {
	units := strings.Fields(h.rootSh(`systemctl list-unit-files --no-legend 'ecounit*' | awk '{print $1}'`))
	if len(units) == 0 {
		h.t.Fatal("the service has no units")
	}
	for _, unit := range units {
		unit = strings.Replace(unit, "@.", fmt.Sprintf("@%d.", h.alice.uid), 1)
		for _, verb := range []string{"start", "stop", "restart", "kill"} {
			h.mallory.cannot("systemctl --no-ask-password " + verb + " " + unit + " 2>/dev/null")
		}
	}
	h.mallory.cannot("systemctl --no-ask-password reload apache2 2>/dev/null")
	for _, script := range []string{
		"touch /var/lib/ecounit/x", "touch /var/lib/ecounit/sites/x", "rm -f /var/lib/ecounit/sites/alice_tasks.json", "echo x > /var/lib/ecounit/sites/mallory_p.json",
		"echo x > /etc/ecounit/host.toml", "echo x > /etc/apache2/conf-available/ecounit.conf", "touch /run/ecounit/x", "touch /etc/ecounit/x",
		"ls /var/lib/ecounit/htpasswd", "kill -9 1", "pkill -9 -f ecounit-hostd",
	} {
		h.mallory.cannot(script + " 2>/dev/null")
	}
	if open := h.rootSh("find /var/lib/ecounit /etc/ecounit /run/ecounit " + includes + ` /usr/share/ecounit /usr/bin/ecounit -xdev ! -type l -perm /022 ! -type s 2>/dev/null; find /usr -name 'ecounit*' -perm /6000`); open != "" {
		h.t.Errorf("others than their owner can write:\n%s", open)
	}
	// What belongs to users in there: their own folders, and no more.
	for line := range strings.Lines(h.rootSh("find /var/lib/ecounit /etc/ecounit /run/ecounit " + includes + " -xdev ! -user root")) {
		if path := strings.TrimSpace(line); !strings.HasPrefix(path, "/run/ecounit/") {
			h.t.Errorf("%s is not root's", path)
		}
	}
}
