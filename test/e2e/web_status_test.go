//go:build machine

package e2e

import (
	"encoding/json"
	"strings"
)

// statusTells follows an app from the request to the administrator until it is
// taken away again.
func statusTells(alice *user) {
	h := alice.host
	b := h.browser()
	dir := alice.hello("told", "the first path")
	h.Contains(alice.OK("enable", "./told"), "published    not yet: send your administrator")
	alice.published("told", "unpublished", "/alice_told, not published; the include is /home/alice/.local/state/ecounit/told/alice_told.conf")

	alice.publish("told")
	alice.published("told", "published", "/alice_told, published")
	b.get("/alice_told/").is(200, "the first path")
	h.Contains(alice.OK("enable", "told"), "nothing to do")

	alice.descriptor(dir, `name = "told"`, "[web]", `wsgi = "app:app"`, `path = "/alice_elsewhere"`)
	h.Contains(alice.OK("enable", "told"), "with older settings: send your administrator /home/alice/.local/state/ecounit/told/request.txt")
	alice.published("told", "outdated", "/alice_elsewhere, published with older settings; the include is now /home/alice/.local/state/ecounit/told/alice_told.conf")
	b.get("/alice_elsewhere/").is(404)

	alice.publish("told")
	alice.published("told", "published", "/alice_elsewhere, published")
	b.get("/alice_elsewhere/").is(200, "the first path")
	b.get("/alice_told/").is(404)

	alice.withdraw("told")
	alice.published("told", "unpublished", "/alice_elsewhere, not published")
	b.get("/alice_elsewhere/").is(404)
	alice.OK("disable", "told")
}

// published expects what status says of an app's publication, in both forms.
func (u *user) published(app, word, text string) {
	h := u.host
	h.t.Helper()
	h.Contains(u.OK("status", app), text)
	var status struct {
		Site struct{ Publication string }
	}
	h.Must(json.Unmarshal([]byte(u.OK("status", app, "--json")), &status))
	if status.Site.Publication != word {
		h.t.Errorf("status --json says %q, want %q", status.Site.Publication, word)
	}
}

// badRequestsAreTakenBack: on a server that lacks a module, the command of the
// request leaves everything as it was, and says why.
func badRequestsAreTakenBack(alice *user) {
	h := alice.host
	alice.hello("early", "hello")
	alice.OK("enable", "./early")
	before := h.root("sh", "-c", "cd /etc/apache2/ecounit.d && sha256sum *; systemctl show -p MainPID apache2")
	h.root("a2dismod", "-f", "headers")
	r := h.exec(h.As("root"), "sh", "-c", installing.FindString(alice.state("early", "request.txt")))
	if said := r.Stdout + r.Stderr; r.Code == 0 || !strings.Contains(said, "RequestHeader") {
		h.t.Errorf("exit %d\n%s", r.Code, said)
	}
	h.root("a2enmod", "headers")
	if after := h.root("sh", "-c", "cd /etc/apache2/ecounit.d && sha256sum *; systemctl show -p MainPID apache2"); after != before {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	h.browser().get("/alice_hello/").is(200)
	alice.publish("early")
	h.browser().get("/alice_early/").is(200, "hello")
	alice.OK("disable", "early")
}
