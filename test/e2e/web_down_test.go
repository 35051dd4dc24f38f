//go:build machine

package e2e

import (
	"net/http"
	"net/url"
	"strings"
)

// friendlyWhileDown: visitors of an app that is stopped see a page that says
// so, and the app itself as soon as it runs.
func friendlyWhileDown(alice *user) {
	b := alice.host.browser()
	for _, app := range []struct{ name, path, page, text string }{
		{"flasktasks", "/alice_flasktasks", "/", "Stroop"},
		{"chat", "/alice_chat", "/static/chat.css", "color-scheme"},
		{"hello", "/alice_hello", "/", "Hello, world"},
	} {
		b.get(app.path+app.page).is(200, app.text)
		alice.OK("stop", app.name)
		for range 3 {
			down := b.get(app.path+app.page).is(http.StatusServiceUnavailable, "not running right now")
			down.says("Retry-After", "10").says("Cache-Control", "no-store").says("Content-Type", "text/html; charset=utf-8")
			if strings.Contains(down.body, "alice") {
				b.t.Errorf("the page names the app:\n%s", down.body)
			}
		}
		b.post(app.path+"/tasks", url.Values{"title": {"lost"}}).is(http.StatusServiceUnavailable, "not running right now")
		alice.OK("start", app.name)
		alice.waits(app.name)
		b.get(app.path+app.page).is(200, app.text)
	}
}

// waits until an app that listens by itself does. One with a socket of
// systemd's needs no waiting: the request does.
func (u *user) waits(app string) {
	u.host.t.Helper()
	u.Sh(`for i in $(seq 100); do
		systemctl --user -q is-active ` + app + `.socket && exit
		ecounit status ` + app + ` --json | grep -q '"answer": 200' && exit
		sleep 0.1
	done; exit 1`)
}
