//go:build machine

package attack

import (
	"fmt"
	"strings"
)

// crowd: holding websockets open through each reload, until so many old
// processes of Apache are there that nobody's site is published any more, nor
// taken off. What it does by hand is in reloadStorm.
func crowd(h *machineHost) {
	h.rootSh("systemctl restart apache2")
	h.afterwards("systemctl restart apache2")
	mallory, alice := h.mallory.bus(), h.alice.bus()
	changes := func(b bus, u *user, i int) (live bool, body string) {
		h.t.Helper()
		r := request(u, "p1")
		r.Timeout = uint32(100 + i)
		answer, err := b.patiently("Publish", r)
		h.must(err)
		fields := answer[0].([]any)
		live, _ = fields[1].(bool)
		return live, fmt.Sprint(fields)
	}
	waited := ""
	for i := range 24 { // more than Apache has processes
		for range 8 { // in every process that takes any
			conn, a := h.web.webSocket("/mallory_p1/")
			a.is(101)
			defer conn.Close()
		}
		live, said := changes(mallory, h.mallory, i)
		if !live {
			waited = said
			break
		}
	}
	if !strings.Contains(waited, "of at most 16 processes") {
		h.t.Errorf("mallory is never held back: %s", waited)
	}
	h.t.Logf("mallory is told: %s", waited)
	// Another user publishes, and an administrator takes hers off.
	if live, said := changes(alice, h.alice, 1); !live {
		h.t.Errorf("alice: %s", said)
	}
	h.web.get("/alice_p1/").is(200)
	h.web.get("/mallory_p1/").is(200)
	const call = "busctl call org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 "
	h.rootSh(call + "Reject ss mallory_p1 no")
	h.web.get("/mallory_p1/").is(404)
	h.rootSh(call + "Approve s mallory_p1") // for whatever comes next
}
