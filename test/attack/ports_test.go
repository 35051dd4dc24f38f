//go:build machine

package attack

import (
	"fmt"
	"time"

	"ecounit/host"
)

// portSquatting: taking a port while its app is down, and with it the
// visitors, their cookies and what they type.
func portSquatting(h *machineHost) {
	port := freePort()
	n := h.naive(fmt.Sprintf(`ProxyPass "/alice" "http://127.0.0.1:%d/alice"`, port))
	stop := h.alice.backend("alice's", fmt.Sprint(port))
	n.get("/alice/").from("alice's")
	stop()
	h.mallory.backend("mallory's", fmt.Sprint(port))
	h.contains(fmt.Sprint(n.get("/alice/", "Cookie: session=of-a-visitor").from("mallory's").got("Cookie")), "of-a-visitor")

	// Sockets by default: while the app is down, nobody has its place.
	h.alice.does("ecounit stop tasks")
	h.web.get("/alice_tasks/").is(503)
	h.contains(h.mallory.cannot(`python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('`+host.Socket(h.alice.uid, "tasks")+`')"`), "Permission denied")
	h.web.get("/alice_tasks/").is(503)
	h.alice.does("ecounit start tasks")
	h.soon(10*time.Second, func() error {
		if a := h.web.get("/alice_tasks/"); a.status != 200 {
			return fmt.Errorf("%s", a)
		}
		return nil
	})
	h.aliceIsServed()

	// With ports: only for what listens as oneself.
	taken := port // by mallory
	r := request(h.alice, "ported")
	r.Port = uint16(taken)
	_, err := h.alice.bus().publish(r)
	h.refused("publishing a port where mallory listens", err, host.Taken, host.Refused, host.Invalid)

	hers := freePort()
	h.alice.backend("alice's", fmt.Sprint(hers))
	mallory := h.mallory.bus()
	for what, p := range map[string]int{
		"alice's port": hers, "the administrator's": wikiPort, "Apache's": 443, "a privileged one": 80, "of the host's own ssh": 22, "of an app of mallory's with a site": portOfMallory,
	} {
		r := request(h.mallory, "stolen")
		r.Port = uint16(p)
		a, err := mallory.publish(r)
		if err == nil {
			h.t.Errorf("mallory publishes %s: %+v", what, a)
			continue
		}
		h.refused("publishing "+what, err, host.Taken, host.Refused, host.Invalid)
	}
	// Beside alice's on 127.0.0.1 there is room for another listener on IPv6.
	h.mallory.starts("python3", "-c", fmt.Sprintf("import socket, time; s = socket.socket(socket.AF_INET6); s.setsockopt(41, 26, 1); s.bind(('::', %d)); s.listen(); print('ready', flush=True); time.sleep(60)", hers))
	r = request(h.mallory, "stolen")
	r.Port = uint16(hers)
	_, err = mallory.publish(r)
	h.refused("publishing alice's port by way of IPv6", err, host.Taken)
	if a := h.web.get("/mallory_stolen/"); a.seen().App != "" {
		h.t.Errorf("want no app: %s", a)
	}

	// A port that is alice's stays hers while she restarts.
	h.alice.does(`mkdir -p ported && cd ported && printf 'name = "ported"\n[web]\nwsgi = "app:app"\nlisten = "port"\nworkers = 1\n' > ecounit.toml && printf 'from flask import Flask\napp = Flask(__name__)\n@app.route("/")\ndef index(): return "alice ported"\n' > app.py && ecounit enable`)
	defer h.alice.does("ecounit disable ported --release || ecounit disable ported")
	h.web.get("/alice_ported/").is(200)
	at := h.rootSh("sed -n 's/.*\"port\": *\\([0-9]*\\).*/\\1/p' /var/lib/ecounit/sites/alice_ported.json")
	squat := "python3 /opt/backend.py squatter " + at[:len(at)-1] + " 2>&1"
	h.contains(h.mallory.cannot("timeout 5 "+squat), "Address already in use")
	h.alice.does("systemctl --user kill -s KILL ported.service")
	h.contains(h.mallory.cannot("timeout 5 "+squat), "Address already in use")
}
