//go:build machine

package e2e

import (
	"slices"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// TestNeighbours: apps whose names, paths or owners are alike, on ports and on
// sockets, each with the cookies and the pages of its own only.
func TestNeighbours(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newWebHost(t, suite)
			alice, bob, ali := h.user("alice"), h.user("bob"), h.user("ali")
			t.Run("on_ports", func(t *testing.T) {
				enableNeighbours(alice.in(t), bob.in(t), ali.in(t))
				neighboursDoNotMix(alice.in(t))
			})
			t.Run("on_sockets", func(t *testing.T) {
				for _, u := range []*user{alice, bob, ali} {
					u.in(t).socketFolder()
				}
				enableNeighbours(alice.in(t), bob.in(t), ali.in(t))
				neighboursDoNotMix(alice.in(t))
				socketsAreClosedToOthers(alice.in(t), bob.in(t))
				disableLeavesNoSocket(alice.in(t))
			})
			t.Run("prefixes", func(t *testing.T) {
				flaskWithoutItsPath(alice.in(t))
				starletteWithItsPath(alice.in(t))
			})
			t.Run("goldens", func(t *testing.T) { goldensPassTheConfigtest(h.in(t)) })
		})
	}
}

var neighbours = []struct{ owner, app, path string }{
	{"alice", "one", "/alice_one"},
	{"bob", "one", "/bob_one"},
	{"alice", "on", "/alice_on"},
	{"alice", "one-2", "/alice_one-2"},
	{"ali", "ce-one", "/ali_ce-one"},
}

// enableNeighbours enables and publishes all of them.
func enableNeighbours(users ...*user) {
	for _, n := range neighbours {
		u := users[slices.IndexFunc(users, func(u *user) bool { return u.name == n.owner })]
		dir := u.hello(n.app, "", `workers = 1`)
		u.Write(dir+"/app.py", strings.ReplaceAll(boldApp, "PATH", n.path))
		u.OK("enable", "./"+n.app)
		u.publish(n.app)
	}
}

// boldApp gives a cookie that is named as everybody else's, for the whole
// server, and says what it was sent. It does not know that it is behind https.
const boldApp = `
from flask import Flask, request, make_response
app = Flask(__name__)

@app.route("/")
def index():
    response = make_response("PATH " + request.cookies.get("session", "nothing"))
    response.set_cookie("session", "from_PATH", path="/", domain="eco.example.ac.uk")
    return response

@app.route("/away")
def away():
    return "", 302, {"Location": "http://" + request.host + "PATH/"}

@app.route("/far")
def far():
    return "", 302, {"Location": "http://example.org" + "PATH/"}
`

func neighboursDoNotMix(alice *user) {
	b := alice.host.browser()
	for _, n := range neighbours {
		if got := b.get(n.path + "/").is(200).body; got != n.path+" nothing" {
			b.t.Errorf("%s: got %q", n.path, got)
		}
	}
	for _, n := range neighbours {
		if got := b.get(n.path + "/").is(200).body; got != n.path+" from_"+n.path {
			b.t.Errorf("%s: got %q", n.path, got)
		}
		b.get(n.path + "/away").is(302).leads(n.path + "/")
		b.get(n.path+"/far").is(302).says("Location", "http://example.org"+n.path+"/")
	}
	for _, path := range []string{"/alice_o/", "/alice_one-/", "/alice_one-22/", "/alice_one2/", "/ali_ce-on/", "/alice_one;x/", "/ALICE_one/", "/alice_one%2f"} {
		b.get(path).is(404)
	}
}

// socketFolder prepares what the host service would: a folder of the user's
// that only the web server can look into besides.
func (u *user) socketFolder() {
	u.host.t.Helper()
	u.host.root("sh", "-ec", "mkdir -p -m 755 /run/ecounit && install -d -m 2750 -o "+u.name+" -g www-data /run/ecounit/"+u.uid())
}

func socketsAreClosedToOthers(alice, bob *user) {
	h := alice.host
	socket := "/run/ecounit/" + alice.uid() + "/one.sock"
	h.Contains(alice.OK("status", "one"), socket+", answers 200")
	h.Contains(h.root("stat", "-c", "%U:%G %a", socket), "alice:www-data 660")
	if r := h.exec(bob.User.User, "curl", "-s", "--unix-socket", socket, "http://localhost/alice_one/"); r.Code == 0 {
		h.t.Errorf("somebody else reaches the app past Apache: %s", r.Stdout)
	}
	h.Contains(h.root("sh", "-c", "apache2ctl configtest 2>&1"), "Syntax OK")
}

func disableLeavesNoSocket(alice *user) {
	h := alice.host
	b := h.browser()
	folder := "/run/ecounit/" + alice.uid()
	alice.Sh("systemctl --user stop one.service")
	b.get("/alice_one/").is(200) // the socket, which still listens, starts it again
	alice.OK("stop", "one")
	b.get("/alice_one/").is(503, "not running right now")
	if left := h.root("ls", folder); strings.Contains(left, "one.sock") {
		h.t.Errorf("after stop there is still\n%s", left)
	}
	alice.OK("start", "one")
	b.get("/alice_one/").is(200)
	alice.OK("disable", "one")
	if left := h.root("ls", folder); strings.Contains(left, "one.sock") {
		h.t.Errorf("after disable there is still\n%s", left)
	}
	b.get("/alice_one/").is(503)
	b.get("/alice_on/").is(200)
}
