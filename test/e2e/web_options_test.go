//go:build machine

package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// TestVisitors: what visitors are held to, through Apache itself. The
// administrator installs the includes by hand and writes the files of passwords.
func TestVisitors(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newWebHost(t, suite)
			alice := h.user("alice")
			for _, step := range []struct {
				name string
				test func(*user)
			}{
				{"addresses", onlySomeAddressesVisit},
				{"passwords", visitorsSignIn},
				{"no way around", noWayAroundSigningIn},
				{"websockets as before 2.4.47", oldWebSocketsSignIn},
				{"administrators", administratorsOpenNothing},
				{"snippet", visitorsSignInElsewhere},
				{"https", httpsOnly},
				{"body limit", bodiesAreLimited},
				{"timeout", answersAreNotAwaitedForEver},
				{"connections", connectionsAreLimited},
			} {
				t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
			}
		})
	}
}

// mirror is an app that answers what it was told about who asks.
const mirror = `
import asyncio, json

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    told = {}
    for name, value in scope["headers"]:
        told.setdefault(name.decode().replace("_", "-").lower(), []).append(value.decode())
    answer = {"user": told.get("x-remote-user"), "other": told.get("remote-user"), "secret": told.get("authorization"), "bytes": 0}
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps(answer)})
        await send({"type": "websocket.close"})
        return
    more = True
    while more:
        message = await receive()
        answer["bytes"] += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"].endswith("/slow"):
        await asyncio.sleep(4)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
`

// reflection is its answer.
type reflection struct {
	User, Other, Secret []string
	Bytes               int
}

// mirror enables and publishes the app with lines for [web].
func (u *user) mirror(name string, lines ...string) (path string) {
	u.host.t.Helper()
	u.enableMirror(name, lines...)
	u.publish(name)
	return "/" + u.name + "_" + name
}

func (u *user) enableMirror(name string, lines ...string) {
	u.host.t.Helper()
	dir := "/home/" + u.name + "/" + name
	u.Sh("mkdir -p " + dir)
	u.Write(dir+"/app.py", mirror)
	u.descriptor(dir, `name = "`+name+`"`, append([]string{"[python]", `interpreter = "/usr/bin/python3"`, "[web]", `asgi = "app:app"`}, lines...)...)
	u.OK("enable", "./"+name)
}

// takesAway an app and its include. Left there, it would decide for the next
// app on the same port: httpd has one worker for each address.
func (u *user) takesAway(app string) {
	u.host.t.Helper()
	u.withdraw(app)
	u.OK("disable", app)
}

func (p page) reflects() reflection {
	p.t.Helper()
	var r reflection
	if err := json.Unmarshal([]byte(p.is(200).body), &r); err != nil {
		p.t.Fatalf("%v\n%s", err, p.body)
	}
	return r
}

// curl gives the status of the answer to a request from within the host.
func (h *host) curl(args ...string) string {
	h.t.Helper()
	return h.root(append([]string{"curl", "-s", "-g", "--path-as-is", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}"}, args...)...)
}

// upgrade is how a browser asks for a websocket.
var upgrade = []string{
	"--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
	"-H", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
}

func onlySomeAddressesVisit(alice *user) {
	h := alice.host
	path := alice.mirror("near", `allow_from = ["127.0.0.2", "127.1.0.0/16"]`)
	for from, want := range map[string]string{"127.0.0.1": "403", "127.0.0.2": "200", "127.0.0.3": "403", "127.1.2.3": "200"} {
		if got := h.curl("--interface", from, site+path+"/"); got != want {
			h.t.Errorf("from %s: %s, want %s", from, got, want)
		}
	}
	if got := h.curl("https://[::1]" + path + "/"); got != "403" {
		h.t.Errorf("from ::1: %s", got)
	}
	if got := h.curl(append(upgrade, site+path+"/ws")...); got != "403" {
		h.t.Errorf("a websocket: %s", got)
	}
	h.browser().get(path+"/", "X-Forwarded-For: 127.0.0.2", "Forwarded: for=127.0.0.2", "Client-IP: 127.0.0.2").is(403)

	alice.mirror("near", `allow_from = ["::1"]`)
	if got := h.curl("https://[::1]" + path + "/"); got != "200" {
		h.t.Errorf("from ::1, which is allowed: %s", got)
	}
	h.browser().get(path + "/").is(403)
	alice.takesAway("near")
}

func httpsOnly(alice *user) {
	h := alice.host
	b := h.browser()
	const plain = "http://" + machine.HostName
	for name, lines := range map[string][]string{"safe": nil, "safer": {`auth = "basic"`, `allow_from = ["127.0.0.2"]`}} {
		path := alice.mirror(name, append(lines, "https_only = true")...)
		for _, rest := range []string{"", "/", "/a/b?c=%20d&e", "/a%20b", "/%C3%A9"} {
			to := b.get(plain + path + rest).is(http.StatusPermanentRedirect)
			if got := to.Header.Get("Location"); !strings.EqualFold(got, site+path+rest) {
				h.t.Errorf("%s leads to %s", path+rest, got)
			}
			to.says("Www-Authenticate", "")
		}
		b.get(plain+path+"/", signedInAs("ann", "secret")).is(http.StatusPermanentRedirect)
		for _, more := range [][]string{
			{"-d", "a=b"},
			{"-X", "OPTIONS"},
			upgrade,
			{"--request-target", site + path + "/"},
			{"-H", "X-Forwarded-Proto: https", "-H", "Forwarded: proto=https"},
		} {
			if got := h.curl(append(slices.Clone(more), plain+path+"/")...); got != "308" {
				h.t.Errorf("%s over http with %q: %s", name, more, got)
			}
		}
		if got := h.curl("--http1.0", "-H", "Host:", plain+path+"/"); got != "308" {
			h.t.Errorf("%s over http without a host: %s", name, got)
		}
		for _, odd := range []string{"/a%0d%0aX:y", "/a%3Fb", "/%25"} {
			if got := h.curl(plain + path + odd); got == "200" {
				h.t.Errorf("%s over http: 200", path+odd)
			}
		}
	}
	h.passwords("/var/lib/ecounit/htpasswd/alice_safer", "ann")
	b.get("/alice_safe/").is(200)
	b.get("/alice_safer/", signedInAs("ann", "secret")).is(403)
	for user, want := range map[string]string{"ann:secret": "200", "ann:wrong": "401"} {
		if got := h.curl("--interface", "127.0.0.2", "-u", user, site+"/alice_safer/"); got != want {
			h.t.Errorf("%s over https: %s", user, got)
		}
	}
	alice.takesAway("safe")
	alice.takesAway("safer")
}
