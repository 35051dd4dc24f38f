//go:build machine

package hostd

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	contract "ecounit/host"
)

func passwords(h host, _ int) {
	hash := h.root("htpasswd -nbB -C 10 carol secret | cut -d: -f2 | tr -d '\n'")
	h.refused("alice", called{Method: "SetPassword", Words: []string{"nothing", "carol", hash}}, contract.NoSite, "")
	if c := h.call("alice", called{Method: "SetPassword", Words: []string{"tasks", "carol", hash}}); c.Kind != "" {
		h.Fatalf("got %+v", c)
	}
	if c := h.call("alice", called{Method: "PasswordNames", Words: []string{"tasks"}}); len(c.Names) != 1 || c.Names[0] != "carol" {
		h.Errorf("got %+v", c)
	}
	if got := h.root("stat -c '%U:%G %a' /var/lib/ecounit/htpasswd/alice_tasks"); got != "root:www-data 640" {
		h.Errorf("the file is %s", got)
	}
	r := request("alice", "tasks")
	r.Auth = "basic"
	if c := h.call("alice", called{Method: "Publish", Request: r}); !c.Answer.Live {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_tasks/", http.StatusUnauthorized, "")
	if got := h.root("curl -su carol:secret https://eco.example.ac.uk/alice_tasks/"); got != "alice_tasks" {
		h.Errorf("with the password: %s", got)
	}
	if got := h.root("journalctl -q -t ecounit-hostd"); strings.Contains(got, "$2y$") {
		h.Error("the hash is in the journal")
	}
	h.publish("alice", "tasks") // without
}

func administratorDecides(h host, _ int) {
	h.write("/etc/ecounit/host.toml", policy+"approval = \"ask\"\n")
	defer h.write("/etc/ecounit/host.toml", policy)
	c := h.call("alice", called{Method: "Publish", Request: request("alice", "new")})
	if c.Answer.State != string(contract.Pending) || c.Answer.Live {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_new/", http.StatusNotFound, "")
	h.refused("alice", called{Method: "Approve", Words: []string{"alice_new"}}, contract.Denied, "password")
	if c := h.call("root", called{Method: "Approve", Words: []string{"alice_new"}}); !c.Answer.Live {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_new/", http.StatusServiceUnavailable, "not running right now")
	if c := h.call("root", called{Method: "Reject", Words: []string{"alice_new", "not in term"}}); c.Kind != "" {
		h.Errorf("got %+v", c)
	}
	h.expect("/alice_new/", http.StatusNotFound, "")
	if c := h.call("alice", called{Method: "Publish", Request: request("alice", "new")}); c.Answer.Reason != "not in term" {
		h.Errorf("got %+v", c)
	}
	for _, c := range []called{
		{Method: "Evict", Words: []string{"alice_new"}},
		{Method: "Grant", Words: []string{"bob", "/wiki"}, Flag: true},
		{Method: "Grant", Words: []string{"bob", "/wiki"}},
	} {
		if c := h.call("root", c); c.Kind != "" {
			h.Errorf("got %+v", c)
		}
	}
	h.refused("root", called{Method: "Grant", Words: []string{"nobody-here", "/wiki"}, Flag: true}, contract.Refused, "no account")
	for _, action := range []string{"approve", "reject", "evict", "grant", "revoke"} {
		h.says(5*time.Second, "journalctl -q ECOUNIT_ACTION="+action+" ECOUNIT_CALLER_UID=0", "by uid 0")
	}
}

// rawCalls are made by busctl, of wrong types, and answered in words.
func rawCalls(h host, _ int) {
	const face = "org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 "
	for call, want := range map[string]string{
		face + "Withdraw s x":                           "takes arguments of the types (sb)",
		face + "Withdraw":                               "takes arguments of the types (sb)",
		face + "Prepare s x":                            "takes arguments of the types ()",
		face + "Publish v s x":                          "takes arguments of the types ((ssqsbuassbtq))",
		face + "Publish as 1 x":                         "takes arguments of the types",
		face + "Nothing":                                "nvalid method",
		"org.ecounit.Host1 / org.ecounit.Host1 Prepare": "bject",
		"org.ecounit.Host1 /org/ecounit/Host1 org.freedesktop.DBus.Properties GetAll s org.ecounit.Host1": "",
	} {
		r := h.as("bob", "busctl --system call "+call)
		if r.Code == 0 || !strings.Contains(r.Stderr, want) {
			h.Errorf("%s: exit %d, %s", call, r.Code, r.Stderr)
		}
	}
	// A megabyte, and a deep type.
	for _, script := range []string{
		`python3 -c 'print("x"*120000)' | xargs busctl --system call ` + face + "Evict s",
		"busctl --system call " + face + "Evict aaaaaaaaaaaaaaaai 0",
	} {
		if r := h.as("bob", script); r.Code == 0 {
			h.Errorf("%.80s: %s%s", script, r.Stdout, r.Stderr)
		}
	}
	if r := h.as("bob", "busctl --system introspect org.ecounit.Host1 /org/ecounit/Host1"); !strings.Contains(r.Stdout, "(ssqsbuassbtq)") {
		h.Errorf("introspection: %+v", r)
	}
	if r := h.as("bob", "busctl --system call org.ecounit.Host1 /org/ecounit/Host1 org.freedesktop.DBus.Peer Ping"); r.Code != 0 {
		h.Errorf("ping: %+v", r)
	}
	h.root("systemctl restart ecounit-hostd")
	refused := 0
	for i := range 100 {
		if r := h.as("bob", "busctl --system call "+face+"PasswordNames s x"); strings.Contains(r.Stderr, "too many calls") {
			refused++
		} else if i > 90 {
			h.Logf("%s", r.Stderr)
		}
	}
	if refused == 0 {
		h.Error("a hundred calls and none was too many")
	}
	defer h.root("systemctl restart ecounit-hostd") // which forgets who called too often
	// Others are served meanwhile.
	if c := h.call("alice", called{Method: "PasswordNames", Words: []string{"tasks"}}); c.Kind != "" {
		h.Errorf("got %+v", c)
	}
}

const denyBob = `polkit.addRule(function(action, subject) {
    if (action.id == "org.ecounit.host.publish" && action.lookup("user") == "bob" && action.lookup("app") == "evil") {
        return polkit.Result.NO;
    }
    if (action.id == "org.ecounit.host.administer" && subject.user == "alice") {
        return polkit.Result.YES;
    }
});
`

// localAuthority is the same for the polkit of Debian 11, which has no rules.
const localAuthority = `[x]
Identity=unix-user:%s
Action=%s
ResultAny=%s
ResultInactive=%[3]s
ResultActive=%[3]s
`

func polkitDecides(h host, _ int) {
	evil := called{Method: "Publish", Request: request("bob", "evil")}
	if h.root("test -d /etc/polkit-1/rules.d && echo yes || echo no") == "yes" {
		h.write("/etc/polkit-1/rules.d/10-test.rules", denyBob)
	} else {
		h.write("/etc/polkit-1/localauthority/50-local.d/bob.pkla", fmt.Sprintf(localAuthority, "bob", contract.PublishAction, "no"))
		h.write("/etc/polkit-1/localauthority/50-local.d/alice.pkla", fmt.Sprintf(localAuthority, "alice", contract.AdministerAction, "yes"))
	}
	h.root("systemctl restart polkit")
	h.refused("bob", evil, contract.Denied, "does not let you")
	if c := h.call("alice", called{Method: "Check"}); c.Kind != "" || len(c.Findings) == 0 {
		h.Errorf("got %+v", c)
	}
	h.root("rm -f /etc/polkit-1/rules.d/10-test.rules /etc/polkit-1/localauthority/50-local.d/*; systemctl restart polkit")

	// Without polkit nobody publishes, and root still administers.
	h.root("systemctl mask -q --runtime --now polkit")
	defer h.root("systemctl unmask -q --runtime polkit")
	h.refused("bob", evil, contract.Denied, "polkit is not running")
	if c := h.call("root", called{Method: "Check"}); !strings.Contains(fmt.Sprint(c.Findings), "polkit: not running") {
		h.Errorf("got %+v", c)
	}
}
