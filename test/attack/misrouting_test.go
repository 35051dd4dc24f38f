//go:build machine

package attack

import "fmt"

// root is the administrator as a user, for backends of the host's own.
func (h *machineHost) rootUser() *user { return &user{h.As("root"), h, "root", 0} }

// mismatchedSlash: sending Apache to an address of the user's or a visitor's
// choice. Where only one side of a ProxyPass ends in a slash, a visitor
// continues the backend's host name.
func mismatchedSlash(h *machineHost) {
	app, internal := freePort(), freePort()
	h.mallory.backend("app", fmt.Sprint(app))
	h.rootUser().backend("internal", fmt.Sprint(internal))
	n := h.naive(fmt.Sprintf(`ProxyPass "/m/" "http://127.0.0.1:%d"`, app))
	n.get(fmt.Sprintf("/m/@127.0.0.1:%d/secret", internal)).from("internal")

	for _, path := range []string{"/mallory_p1", "/mallory_strip", "/mallory_port"} {
		for _, rest := range []string{"@127.0.0.1:%d/secret", ":%d/secret", ".example:%d/", "%%40127.0.0.1:%d/", "\\@127.0.0.1:%d/", "#@127.0.0.1:%d/", ";@127.0.0.1:%d/"} {
			a := h.web.get(path + fmt.Sprintf(rest, internal))
			if a.status < 400 || a.seen().App != "" {
				h.t.Errorf("want a refusal: %s", a)
			}
		}
		// With a slash it is a path of the app's own.
		for _, rest := range []string{"/@127.0.0.1:%d/", "//127.0.0.1:%d/", "/http://127.0.0.1:%d/", "/?http://127.0.0.1:%d/"} {
			h.web.get(path + fmt.Sprintf(rest, internal)).from("mallory" + "/" + path[len("/mallory_"):])
		}
	}
	// An absolute target, as to a forward proxy.
	for _, target := range []string{"http://127.0.0.1:%d/", "https://127.0.0.1:%d/", "unix:/run/docker.sock|http://127.0.0.1:%d/"} {
		a := h.web.get(fmt.Sprintf(target, internal))
		if a.seen().App != "" {
			h.t.Errorf("want no app: %s", a)
		}
	}
}

// socketCollision: getting requests of an app with a similar name. Apache
// finds a backend by the beginning of its URL, which has no socket in it.
func socketCollision(h *machineHost) {
	h.rootSh(`install -d -m 1777 /srv/sockets`)
	h.mallory.backend("mallory's", "/srv/sockets/p1", "666")
	h.alice.backend("alice's", "/srv/sockets/p1x", "666")
	n := h.naive(`ProxyPass "/p1" "unix:/srv/sockets/p1|http://localhost/p1"`,
		`ProxyPass "/p1x" "unix:/srv/sockets/p1x|http://localhost/p1x"`)
	n.get("/p1x/").from("mallory's")

	for _, s := range h.commonSites() {
		if r := s.request(); len(r.AllowFrom) > 0 || r.Auth != "" {
			continue
		}
		path := "/" + s.owner.name + "_" + s.app
		for range 2 { // on a new worker and on a known one
			h.web.get(path + "/").is(200).from(s.backendName())
		}
		if got := h.web.get(path + "/").seen().UID; got != s.owner.uid {
			h.t.Errorf("%s is answered by the user %d", path, got)
		}
	}
	for _, path := range []string{"/mallory_p1xx/", "/mallory_/", "/mallory/", "/mallory_p11/", "/mallory_p1./", "/mallory_p1;x/", "/mallory_P1/", "/MALLORY_p1/", "/mallory_p1%2f", "/mallory_p1%2fx/"} {
		if a := h.web.get(path).is(404); a.seen().App != "" {
			h.t.Errorf("want no app: %s", a)
		}
	}
	for _, path := range []string{"//mallory_p1/", "/mallory%5fp1/", "/x/../mallory_p1/", "/mallory_p1x/../mallory_p1/", "/mallory_p1x/%2e%2e/mallory_p1/"} {
		h.web.get(path).from("mallory/p1")
	}
}
