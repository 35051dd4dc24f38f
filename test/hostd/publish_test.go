//go:build machine

package hostd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	contract "ecounit/host"
	"ecounit/test/machine"
)

// backend answers with a name, on a socket or a port.
const backend = `
import os, sys, http.server, socketserver
name, address = sys.argv[1:]
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(name.encode())
    def address_string(self):
        return "-"
    def log_message(self, *args):
        pass
if address.startswith("/"):
    class S(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
    if os.path.exists(address):
        os.remove(address)
    server = S(address, H)
    os.chmod(address, 0o660)
else:
    class S(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
    server = S(("127.0.0.1", int(address)), H)
print("ready", flush=True)
server.serve_forever()
`

// serves has a user run an app that answers with its name.
func (h host) serves(user, app, address string) (stop func()) {
	h.Helper()
	h.write("/opt/backend.py", backend)
	p, err := h.As(user).Start(context.WithoutCancel(h.life.Context()), "python3", "/opt/backend.py", user+"_"+app, address)
	if err != nil {
		h.Fatal(err)
	}
	h.soon(10*time.Second, func(context.Context) error {
		if !strings.Contains(p.Output(), "ready") {
			return fmt.Errorf("the app of %s is not ready: %s", user, p.Output())
		}
		return nil
	})
	stop = func() { p.Stop() }
	h.life.Cleanup(stop)
	return stop
}

// get fetches a page over https.
func (h host) get(path string) (status int, body string) {
	h.Helper()
	client := h.HTTPClient()
	defer client.CloseIdleConnections()
	answer, err := client.Get("https://" + machine.HostName + path)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func (h host) expect(path string, status int, body string) {
	h.Helper()
	if gotStatus, gotBody := h.get(path); gotStatus != status || !strings.Contains(gotBody, body) {
		h.Errorf("%s: got %d %.200q, want %d %q", path, gotStatus, gotBody, status, body)
	}
}

// TestService goes through the life of the service on each release.
func TestService(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			uid := h.user("alice")
			h.user("bob")
			for _, step := range []struct {
				name string
				test func(host, int)
			}{
				{"a user publishes", userPublishes},
				{"a port", userPublishesPort},
				{"passwords", passwords},
				{"an administrator", administratorDecides},
				{"raw calls", rawCalls},
				{"polkit", polkitDecides},
				{"a policy with a mistake", brokenPolicy},
				{"a configuration with a mistake", brokenConfiguration},
				{"taken off, and still served", stillServed},
				{"a module is missing", moduleMissing},
				{"Apache stopped", apacheStopped},
				{"no folder for records", noFolder},
				{"check", checkIsClean},
				{"idle", exitsWhenIdle},
				{"killed", killed},
				{"reboot", reboot},
				{"gone users", usersGo},
			} {
				if !t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(h.in(t), uid) }) && t.Context().Err() != nil {
					return
				}
			}
		})
	}
}

func userPublishes(h host, uid int) {
	c := h.call("alice", called{Method: "Prepare"})
	if c.Dir != contract.SocketDir(uid) {
		h.Fatalf("got %+v", c)
	}
	if got := h.root("stat -c '%U:%G %a' " + c.Dir); got != "alice:www-data 2750" {
		h.Errorf("the folder is %s", got)
	}
	if got := h.root("findmnt -n -o OPTIONS " + c.Dir); !strings.Contains(got, "nosymfollow") {
		h.Errorf("mounted with %s", got)
	}
	h.serves("alice", "tasks", contract.Socket(uid, "tasks"))
	begin := time.Now()
	c = h.call("alice", called{Method: "Publish", Request: request("alice", "tasks")})
	h.Logf("measured: a first publish in %s", time.Since(begin).Round(time.Millisecond))
	want := contract.Answer{State: "approved", Live: true, URL: "https://" + machine.HostName + "/alice_tasks/"}
	if c.Answer != want {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_tasks/", http.StatusOK, "alice_tasks")
	h.says(5*time.Second, "journalctl -q ECOUNIT_ACTION=publish ECOUNIT_USER=alice ECOUNIT_SITE=alice_tasks", "publish alice_tasks")

	// The same once more changes nothing.
	before := h.root("stat -c %Y-%i /etc/apache2/ecounit.d/*")
	h.publish("alice", "tasks")
	if after := h.root("stat -c %Y-%i /etc/apache2/ecounit.d/*"); after != before {
		h.Error("files were written again")
	}
	h.refused("bob", called{Method: "Publish", Request: request("alice", "tasks")}, contract.Refused, "not one of your own paths")

	if c := h.call("alice", called{Method: "Withdraw", Words: []string{"tasks"}}); c.Kind != "" {
		h.Errorf("got %+v", c)
	}
	h.expect("/alice_tasks/", http.StatusNotFound, "")
	h.publish("alice", "tasks")
	h.expect("/alice_tasks/", http.StatusOK, "alice_tasks")
}

func userPublishesPort(h host, _ int) {
	r := request("alice", "ported")
	r.Port = 18001
	h.refused("alice", called{Method: "Publish", Request: r}, contract.Refused, "nothing listens on 127.0.0.1:18001")
	stop := h.serves("bob", "squatter", "18001")
	h.refused("alice", called{Method: "Publish", Request: r}, contract.Taken, "port 18001 is in use by bob")
	stop()
	h.serves("alice", "ported", "18001")
	if c := h.call("alice", called{Method: "Publish", Request: r}); !c.Answer.Live {
		h.Fatalf("got %+v", c)
	}
	h.expect("/alice_ported/", http.StatusOK, "alice_ported")
}
