//go:build machine

package e2e

import (
	"bufio"
	"strings"
	"time"
)

// websocketsArrive: what one says, everybody in the room hears.
func websocketsArrive(alice *user) {
	if include := alice.state("chat", "alice_chat.conf"); !strings.Contains(include, "upgrade=websocket") {
		alice.host.t.Errorf("the include is not for the Apache that is here:\n%s", include)
	}
	alice.chats("/alice_chat/ws")
	restartEndsWebsockets(alice)
}

// restartEndsWebsockets: a page that is open notices at once, and can connect
// again.
func restartEndsWebsockets(alice *user) {
	h := alice.host
	ann := h.webSocket("/alice_chat/ws")
	begin := time.Now()
	alice.OK("restart", "chat")
	for {
		if _, err := ann.receive(); err != nil {
			break
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		h.t.Errorf("the websocket ended %s after the restart began", took)
	}
	alice.chats("/alice_chat/ws")
}

// chats opens two websockets to the chat and talks.
func (u *user) chats(path string) {
	h := u.host
	h.t.Helper()
	ann, ben := h.webSocket(path), h.webSocket(path)
	for _, text := range []string{"hello <there>", strings.Repeat("long ", 300)} {
		h.Must(ann.send(text))
		for _, who := range []*webSocket{ann, ben} {
			for { // what was said before comes first
				got, err := who.receive()
				h.Must(err)
				if strings.Contains(got, strings.TrimSpace(text)) {
					break
				}
			}
		}
	}
}

func websocketsInTheOldForm(alice *user) {
	alice.installOldForm("chat")
	b := alice.host.browser()
	b.links(b.get("/alice_chat/").is(200), "/alice_chat")
	alice.chats("/alice_chat/ws")
	alice.publish("chat")
	alice.chats("/alice_chat/ws")
}

// installOldForm has the administrator install the include for RHEL 8, which
// has to work on later releases too: it is written where no Apache is found.
func (u *user) installOldForm(app string) {
	u.host.t.Helper()
	include := u.Run("show", app, "--apache", "--apache-version", "2.4.37").Stdout // there may be warnings beside it
	u.host.Contains(include, "balancer://", "RewriteRule")
	u.host.root("sh", "-c", "a2enmod -q proxy_balancer lbmethod_byrequests proxy_wstunnel rewrite && systemctl restart apache2")
	u.install(app, include)
}

// eventsArriveAtOnce: Apache passes on what an app streams while it still does.
func eventsArriveAtOnce(alice *user) {
	h := alice.host
	alice.OK("restart", "chat") // nobody is there
	h.browser().get("/alice_chat/").is(200)
	begin := time.Now()
	response, err := h.browser().client.Get(site + "/alice_chat/events")
	h.Must(err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	event := func() string {
		for lines.Scan() {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				return data
			}
		}
		return "the end of the stream"
	}
	first := event()
	if took := time.Since(begin); took > time.Second {
		h.t.Errorf("the first event came after %s", took)
	}
	begin = time.Now()
	h.webSocket("/alice_chat/ws") // somebody enters
	if second := event(); first != "0" || second != "1" {
		h.t.Errorf("after the event %q came %q", first, second)
	}
	if took := time.Since(begin); took > 2*time.Second {
		h.t.Errorf("the second event came after %s", took)
	}
}
