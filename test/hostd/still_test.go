//go:build machine

package hostd

import (
	"net/http"
	"strings"
	"time"

	contract "ecounit/host"
)

// stillServed: nobody is told that a site is off while visitors reach it, and
// its path is nobody else's until they do not.
func stillServed(h host, uid int) {
	h.publish("alice", "off")
	h.serves("alice", "off", contract.Socket(uid, "off"))
	h.expect("/alice_off/", http.StatusOK, "alice_off")
	h.write("/etc/apache2/conf-enabled/broken.conf", "Include /nonexistent/x.conf\n")
	defer h.root("rm -f /etc/apache2/conf-enabled/broken.conf")
	for _, test := range []struct {
		user string
		call called
	}{
		{"alice", called{Method: "Withdraw", Words: []string{"off"}}},
		{"root", called{Method: "Reject", Words: []string{"alice_off", "no"}}},
		{"root", called{Method: "Evict", Words: []string{"alice_off"}}},
	} {
		c := h.call(test.user, test.call)
		if c.Kind != contract.Served || !strings.Contains(c.Message, "/nonexistent/x.conf") || !strings.Contains(c.Fix, "ecounit host check") {
			h.Errorf("%s: got %+v", test.call.Method, c)
		}
		h.expect("/alice_off/", http.StatusOK, "alice_off")
	}
	h.refused("root", called{Method: "Grant", Words: []string{"bob", "/alice_off"}, Flag: true}, contract.Taken, "still served")
	h.says(5*time.Second, "cat /var/lib/ecounit/sites/alice_off.json", `"leaving": true`)
	h.root("rm /etc/apache2/conf-enabled/broken.conf")
	if c := h.call("root", called{Method: "Reconcile"}); c.Kind != "" {
		h.Errorf("got %+v", c)
	}
	h.expect("/alice_off/", http.StatusNotFound, "")
	h.says(5*time.Second, "ls /var/lib/ecounit/sites/alice_off.json 2>&1", "No such file")
}

// moduleMissing: what Apache would load and answer with errors, or not load at
// all, is not said to be published.
func moduleMissing(h host, _ int) {
	for _, module := range []string{"proxy_http", "headers"} {
		h.root("a2dismod -f -q " + module + "; systemctl reload apache2 || :")
		r := request("alice", "tasks")
		r.Timeout = 77
		if c := h.call("alice", called{Method: "Publish", Request: r}); c.Answer.Live || !strings.Contains(c.Answer.Reason, "a2enmod "+module) {
			h.Errorf("without %s: got %+v", module, c)
		}
		h.root("a2enmod -q " + module + "; systemctl reset-failed apache2; systemctl restart apache2")
		h.publish("alice", "tasks")
		h.expect("/alice_tasks/", http.StatusOK, "alice_tasks")
	}
}

// noFolder: whoever calls is answered at once, also where somebody removed the
// folder of the records.
func noFolder(h host, _ int) {
	h.root("systemctl stop ecounit-hostd; mv /var/lib/ecounit /var/lib/ecounit.away")
	begin := time.Now()
	c := h.call("root", called{Method: "Check"})
	if took := time.Since(begin); c.Kind != "" || len(c.Findings) == 0 || took > 15*time.Second {
		h.Errorf("after %s: %+v", took, c)
	}
	h.says(5*time.Second, "stat -c '%U %a' /var/lib/ecounit", "root 755")
	h.root("systemctl stop ecounit-hostd; rm -r /var/lib/ecounit; mv /var/lib/ecounit.away /var/lib/ecounit")
	h.publish("alice", "tasks")
}
