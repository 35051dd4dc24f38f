//go:build machine

package attack

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"ecounit/host"
)

// site is an app that a user publishes over the bus, with testdata/backend.py
// behind it.
type site struct {
	owner  *user
	app    string
	change func(*host.Request)
}

// backendName is what the backend of a site says that it is.
func (s site) backendName() string { return s.owner.name + "/" + s.app }

// address is what its backend listens on.
func (s site) address() string {
	if r := s.request(); r.Port != 0 {
		return fmt.Sprint(r.Port)
	}
	return host.Socket(s.owner.uid, s.app)
}

// request is how its owner asks for it.
func (s site) request() host.Request {
	r := request(s.owner, s.app)
	if s.change != nil {
		s.change(&r)
	}
	return r
}

// publishes has sites published together, and expects all of them to be live.
// Their backends end with the test.
func (h *machineHost) publishes(sites ...site) {
	h.t.Helper()
	buses, errs := map[string]bus{}, make([]error, len(sites))
	for _, s := range sites {
		if _, connected := buses[s.owner.name]; !connected {
			buses[s.owner.name] = s.owner.bus()
			s.owner.prepares(buses[s.owner.name])
		}
		s.owner.backend(s.backendName(), s.address())
	}
	// The service lets a user have few calls under way.
	const atOnce = 3
	room := map[string]chan bool{}
	for name := range buses {
		room[name] = make(chan bool, atOnce)
	}
	var all sync.WaitGroup
	for i, s := range sites {
		all.Go(func() {
			room[s.owner.name] <- true
			defer func() { <-room[s.owner.name] }()
			a, err := buses[s.owner.name].publish(s.request())
			if err == nil && !a.Live {
				err = fmt.Errorf("%+v", a)
			}
			if err != nil {
				errs[i] = fmt.Errorf("%s/%s: %w", s.owner.name, s.app, err)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		h.must(err)
	}
}

// prepares has the service make the user's folder for sockets.
func (u *user) prepares(b bus) (dir string) {
	u.host.t.Helper()
	body, err := b.call("Prepare")
	u.host.must(err)
	dir, _ = body[0].(string)
	if dir != host.SocketDir(u.uid) {
		u.host.t.Fatalf("the folder for the sockets of %s is %q", u.name, dir)
	}
	return dir
}

// refused expects the service to refuse for one of the reasons.
func (h *machineHost) refused(what string, err error, kinds ...host.Kind) {
	h.t.Helper()
	got := refusedAs(err)
	for _, kind := range kinds {
		if got == kind {
			return
		}
	}
	h.t.Errorf("%s: got %q (%v), want one of %q", what, got, err, kinds)
}

// state is everything that the service has written, for tests that expect it
// to stay as it is.
func (h *machineHost) state() string {
	h.t.Helper()
	return h.rootSh(`find /var/lib/ecounit/sites /var/lib/ecounit/grants /var/lib/ecounit/htpasswd /etc/apache2 /etc/ecounit ! -type d | sort > /root/files
		xargs -d '\n' stat -c '%n %F %U %a' < /root/files
		xargs -d '\n' sha256sum < /root/files`)
}

// unchanged runs something that must leave the state as it was, and Apache in
// order.
func (h *machineHost) unchanged(during func()) {
	h.t.Helper()
	before := h.state()
	during()
	if after := h.state(); after != before {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	h.rootSh("apache2ctl configtest 2>/dev/null")
	h.aliceIsServed()
}

// aliceIsServed expects that Alice's app answers as ever.
func (h *machineHost) aliceIsServed() {
	h.t.Helper()
	begin := time.Now()
	h.web.get("/alice_tasks/").is(200).from("alice/tasks")
	if took := time.Since(begin); took > time.Second {
		h.t.Errorf("alice's app took %s to answer", took)
	}
}

// webSocket opens a websocket and returns it, or the answer when there is none.
func (s server) webSocket(path string, headers ...string) (net.Conn, answer) {
	s.host.t.Helper()
	conn := s.dial()
	s.host.t.Cleanup(func() { conn.Close() })
	nonce := make([]byte, 16)
	rand.Read(nonce)
	a, err := s.exchange(conn, strings.Join(append([]string{
		"GET " + path + " HTTP/1.1", "Host: " + strings.TrimPrefix(s.origin(), "https://"), "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: " + base64.StdEncoding.EncodeToString(nonce), "Sec-WebSocket-Version: 13",
	}, headers...), "\r\n")+"\r\n\r\n")
	s.host.must(err)
	return conn, a
}
