//go:build machine

package e2e

import (
	"net/url"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// TestPublishedApps goes the whole way: users enable the examples, the
// administrator installs what they ask for, and visitors come through Apache.
func TestPublishedApps(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newWebHost(t, suite)
			alice := h.user("alice")
			for _, step := range []struct {
				name string
				test func(*user)
			}{
				{"flask keeps its path", flaskKeepsItsPath},
				{"chat has its path taken away", chatHasItsPathTakenAway},
				{"node gets its path from the environment", nodeGetsItsPath},
				{"visitors cannot pretend", visitorsCannotPretend},
				{"websockets", websocketsArrive},
				{"websockets as before 2.4.47", websocketsInTheOldForm},
				{"events arrive at once", eventsArriveAtOnce},
				{"friendly while down", friendlyWhileDown},
				{"status tells", statusTells},
				{"bad requests are taken back", badRequestsAreTakenBack},
				{"several workers", severalWorkers},
				{"flask restarts under load", flaskRestartsUnderLoad},
				{"chat restarts under load", chatRestartsUnderLoad},
			} {
				t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
			}
		})
	}
}

func flaskKeepsItsPath(alice *user) {
	const path = "/alice_flasktasks"
	alice.host.Contains(alice.OK("enable", alice.app("flask-tasks")), "answers 200", "not yet: send your administrator /home/alice/.local/state/ecounit/flasktasks/request.txt")
	alice.host.browser().get(path + "/").is(404)
	alice.publish("flasktasks")
	b := alice.host.browser()

	b.get(path).is(308).leads(path + "/")
	b.get(path + "?a=b").is(308).leads(path + "/?a=b")
	first := b.get(path+"/").is(200, "Stroop", "1 time ").says("Content-Type", "text/html; charset=utf-8")
	if cookie := first.Header.Values("Set-Cookie"); len(cookie) != 1 || !strings.Contains(cookie[0]+";", "; Path="+path+";") || strings.Contains(cookie[0], "Domain") {
		b.t.Errorf("the cookies %q do not stay in %s", cookie, path)
	}
	if n := alice.host.browser().links(first, path); n < 3 {
		b.t.Errorf("%d links in\n%s", n, first.body)
	}
	b.get(path+"/static/style.css").is(200, "color-scheme").says("Content-Type", "text/css; charset=utf-8")
	b.get(path+"/").is(200, "2 times")
	alice.host.browser().get(path+"/").is(200, "1 time ") // somebody else

	b.post(path+"/tasks", url.Values{"title": {"Read <b>Fechner</b>"}}).is(303).leads(path + "/")
	b.get(path+"/").is(200, "Added: Read &lt;b&gt;Fechner", "3 times")
	b.get(path + "/nothing").is(404)
	b.get("/alice_flasktasksx/").is(404)
}

func chatHasItsPathTakenAway(alice *user) {
	const path = "/alice_chat"
	alice.OK("enable", alice.app("asgi-chat"))
	alice.publish("chat")
	b := alice.host.browser()
	b.get(path).is(308).leads(path + "/")
	p := b.get(path+"/").is(200, `data-socket="wss://`+machine.HostName+path+`/ws"`)
	if n := b.links(p, path); n < 3 {
		b.t.Errorf("%d links in\n%s", n, p.body)
	}
	b.get(path+"/static/chat.css").is(200, "color-scheme").says("Content-Type", "text/css; charset=utf-8")
	b.get(path + path + "/").is(404)
	want := visitor{"https", machine.HostName, "127.0.0.1", path, site + path + "/"}
	if got := b.whoami(path); got != want {
		b.t.Errorf("the app sees %v, want %v", got, want)
	}
}

func nodeGetsItsPath(alice *user) {
	const path = "/alice_hello"
	alice.OK("enable", alice.app("node-hello"))
	alice.publish("hello")
	b := alice.host.browser()
	b.get(path).is(308).leads(path + "/")
	p := b.get(path+"/?name=<script>").is(200, "Hello, &#60;script&#62;!", `action="/alice_hello/"`)
	if n := b.links(p, path); n < 1 {
		b.t.Errorf("%d links in\n%s", n, p.body)
	}
	b.get(path+"/style.css").is(200).says("Content-Type", "text/css; charset=utf-8")
	want := visitor{"https", machine.HostName, "127.0.0.1", path, ""}
	if got := b.whoami(path); got != want {
		b.t.Errorf("the app sees %v, want %v", got, want)
	}
}

// visitorsCannotPretend sends what apps and their servers take for the word of
// the web server.
func visitorsCannotPretend(alice *user) {
	b := alice.host.browser()
	for _, path := range []string{"/alice_flasktasks", "/alice_chat", "/alice_hello"} {
		honest := b.whoami(path)
		for _, headers := range [][]string{
			{"X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "X-Forwarded-Prefix: /evil", "Forwarded: for=6.6.6.6;host=evil.example;proto=http"},
			{"X_Forwarded_For: 6.6.6.6", "X_Forwarded-Host: evil.example", "X-Forwarded_Proto: http"},
			{"X-Forwarded-Ssl: off", "X-Forwarded-Protocol: http", "X-Forwarded-Scheme: http", "X-Scheme: http"},
			{"Script-Name: /evil", "Script_Name: /evil", "SCRIPT_NAME: /evil", "Path-Info: /evil", "X-Script-Name: /evil"},
			{"Connection: X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto"},
			{"X-Real-IP: 6.6.6.6", "X-Client-IP: 6.6.6.6", "X-Forwarded-Port: 6666", "X-Forwarded-Server: evil.example"},
		} {
			if got := b.whoami(path, headers...); got != honest {
				b.t.Errorf("%s: with %q the app sees %v, otherwise %v", path, headers, got, honest)
			}
		}
	}
}
