//go:build machine

package attack

import (
	"fmt"

	"ecounit/host"
)

// administratorsOwn is what the host's Apache serves besides the apps. The
// ports are those of the administrator's own apps.
const administratorsOwn = `
Alias "/docs" "/srv/docs"
Alias "/.well-known/acme-challenge" "/srv/acme"
Alias "/mallory_old" "/srv/docs"
<Directory "/srv">
  Require all granted
</Directory>
ProxyPass "/wiki" "http://127.0.0.1:%[1]d/wiki"
<Location "/mallory_legacy">
  ProxyPass "http://127.0.0.1:%[1]d/legacy"
</Location>
<Location "/private">
  Require all denied
</Location>
Redirect "/mallory_moved" "/docs/"
`

// wikiPort is the port of the administrator's own app.
const wikiPort = 18090

// shadowing: taking over what the administrator's own configuration serves,
// or another user's path.
func shadowing(h *machineHost) {
	app, tasks := freePort(), freePort()
	h.mallory.backend("evil", fmt.Sprint(app))
	h.alice.backend("tasks", fmt.Sprint(tasks))
	n := h.naive(`Alias "/.well-known/acme-challenge" "/srv/acme"`,
		fmt.Sprintf(`ProxyPass "/server-status" "http://127.0.0.1:%d/"`, app),
		fmt.Sprintf(`ProxyPass "/.well-known/acme-challenge" "http://127.0.0.1:%d/"`, app),
		fmt.Sprintf(`ProxyPass "/tasks/admin" "http://127.0.0.1:%d/"`, app),
		fmt.Sprintf(`ProxyPass "/tasks" "http://127.0.0.1:%d/"`, tasks))
	n.get("/server-status").from("evil")
	n.get("/.well-known/acme-challenge/token").from("evil")
	n.get("/tasks/admin/").from("evil")
	n.get("/tasks/").from("tasks")

	h.administratorsServed()
	bob := h.addUser("mallory_b")
	h.afterwards("userdel -r mallory_b 2>/dev/null")
	// Even with a grant, by somebody who has forgotten what is there.
	h.root("ecounit", "host", "grant", "mallory", "/wiki")
	h.unchanged(func() {
		b := h.mallory.bus()
		for _, path := range []string{
			"/", "", "//", "/server-status", "/server-info", "/.well-known", "/.well-known/acme-challenge", "/.ecounit", "/.ecounit/down.html",
			"/docs", "/wiki", "/private", "/icons", "/cgi-bin", "/index", "/robots", "/~mallory", "/mallory_old", "/mallory_legacy", "/mallory_moved",
			"/alice_tasks", "/alice_tasks/admin", "/alice_new", "/alice", "/alice_", "/eve_p1", "/root_x", "/" + bob.name + "_tasks",
			"/mallory", "/mallory_", "/mallory-p1", "/malloryp1", "/mallory_a/b", "/mallory_a/", "//mallory_a", "/./mallory_a", "/../mallory_a", "/mallory_a/../docs",
			"/%61lice_tasks", "/alice%5ftasks", "/mallory_a%2f", "/mallory_a%2e%2e", "/MALLORY_A", "/Alice_tasks", "/mallory_a?", "/mallory_a#", "/mallory_a;",
			"/mallory_\u0430", "/mallory_a\u200b", "/mallory_a.", "mallory_a", "mallory_a/", "https://eco.example.ac.uk/mallory_a",
		} {
			r := request(h.mallory, "shadow")
			r.Path = path
			if _, err := b.patiently("Publish", r); err == nil {
				h.t.Errorf("mallory publishes at %q", path)
			} else {
				h.refused(path, err, host.Invalid, host.Refused, host.Taken)
			}
		}
	})
	h.administratorsServed()
}

// administratorsServed expects what administratorsOwn configures.
func (h *machineHost) administratorsServed() {
	h.t.Helper()
	h.web.get("/.well-known/acme-challenge/token").is(200)
	h.web.get("/docs/").is(200)
	h.web.get("/mallory_old/").is(200)
	h.web.get("/mallory_moved").is(302)
	h.web.get("/private/").is(403)
	h.web.get("/wiki/").from("wiki")
	h.web.get("/mallory_legacy/").from("wiki")
	h.web.get("/alice_tasks/admin/").from("alice/tasks")
	for _, path := range []string{"/server-status", "//server-status", "/server%2dstatus", "/", "//", "/%2f", "/%6fx", "/mallory%5fold/", "//docs/", "/%64ocs/", "/DOCS/"} {
		if a := h.web.get(path); a.seen().App != "" {
			h.t.Errorf("want no app: %s", a)
		}
	}
}
