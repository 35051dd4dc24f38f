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
}

// chats opens two websockets to the chat and talks.
func (u *user) chats(path string) {
	h := u.host
	h.t.Helper()
	ann, ben := h.webSocket(path), h.webSocket(path)
	for _, text := range []string{"hello <there>", strings.Repeat("long ", 300)} {
		h.must(ann.send(text))
		for _, who := range []*webSocket{ann, ben} {
			for { // what was said before comes first
				got, err := who.receive()
				h.must(err)
				if strings.Contains(got, strings.TrimSpace(text)) {
					break
				}
			}
		}
	}
}

// websocketsInTheOldForm installs the include for RHEL 8, which has to work on
// later releases too: it is written where no Apache is found.
func websocketsInTheOldForm(alice *user) {
	h := alice.host
	include := alice.ok("show", "chat", "--apache", "--apache-version", "2.4.37")
	h.contains(include, "balancer://", "RewriteRule")
	h.root("sh", "-c", "a2enmod -q proxy_balancer lbmethod_byrequests proxy_wstunnel rewrite && systemctl restart apache2")
	alice.install("chat", include)
	b := h.browser()
	b.links(b.get("/alice_chat/").is(200), "/alice_chat")
	alice.chats("/alice_chat/ws")
	alice.publish("chat")
	alice.chats("/alice_chat/ws")
}

// eventsArriveAtOnce: Apache passes on what an app streams while it still does.
func eventsArriveAtOnce(alice *user) {
	h := alice.host
	client := h.browser().client
	begin := time.Now()
	response, err := client.Get(site + "/alice_chat/events")
	h.must(err)
	defer response.Body.Close()
	var first time.Duration
	events := 0
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			if events++; events == 1 {
				first = time.Since(begin)
			}
		}
	}
	whole := time.Since(begin)
	if events == 0 || first > time.Second || whole < 3*time.Second {
		h.t.Errorf("the first of %d events came after %s, the end of the stream after %s", events, first, whole)
	}
}
