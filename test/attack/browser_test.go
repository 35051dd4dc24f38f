//go:build machine

package attack

import (
	"fmt"
	"net/url"
	"strings"
)

// wish is a query that has testdata/backend.py answer with headers, and with a
// text where a type is given.
func wish(status int, kind, body string, headers ...string) string {
	q := url.Values{"status": {fmt.Sprint(status)}, "header": headers}
	if kind != "" {
		q.Set("type", kind)
		q.Set("body", body)
	}
	return "?" + q.Encode()
}

// takeover is a service worker that answers in the place of every page of its
// scope.
const takeover = `self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", e => e.waitUntil(self.clients.claim()));
self.addEventListener("fetch", e => e.respondWith(new Response("taken over by mallory", {headers: {"Content-Type": "text/html"}})));`

// register has the page that is open register a service worker, and tells the
// scope, or why the browser refuses.
func (v *visitor) register(script, scope string) string {
	v.browser.t.Helper()
	return v.runs(fmt.Sprintf(`navigator.serviceWorker.register(%q, {scope: %q}).then(async r => {
		while (!r.active) await new Promise(f => setTimeout(f, 10));
		return "registered " + new URL(r.scope).pathname;
	}, e => "refused " + e)`, script, scope))
}

// neighbours are two naive apps on one server, Mallory's and Alice's.
func (h *machineHost) neighbours() *naive {
	h.t.Helper()
	evil, tasks := freePort(), freePort()
	h.mallory.backend("evil", fmt.Sprint(evil))
	h.alice.backend("tasks", fmt.Sprint(tasks))
	return h.naive(fmt.Sprintf(`ProxyPass "/evil" "http://127.0.0.1:%d/evil" upgrade=websocket`, evil),
		fmt.Sprintf(`ProxyPass "/tasks" "http://127.0.0.1:%d/tasks"`, tasks))
}

// serviceWorkers: a service worker for the whole server. A script at a bare
// /name may take the scope /, and so may any with Service-Worker-Allowed.
func serviceWorkers(h *machineHost) {
	n := h.neighbours()
	c := h.chromium(n.port)
	script := func(path string, headers ...string) string {
		return path + wish(200, "text/javascript", takeover, headers...)
	}
	for name, from := range map[string]string{
		"bare":    script("/evil"),
		"allowed": script("/evil/sw.js", "Service-Worker-Allowed: /"),
	} {
		v := c.visitor()
		v.opens(n.origin() + "/evil/" + wish(200, "text/html", "hello"))
		if got := v.register(from, "/"); got != "registered /" {
			h.t.Errorf("naive, %s: %s", name, got)
		}
		if got := v.opens(n.origin() + "/tasks/"); !strings.Contains(got, "taken over by mallory") {
			h.t.Errorf("naive, %s: the page of alice's app is %s", name, got)
		}
	}

	v := c.visitor()
	page := h.web.origin() + "/mallory_p1/" + wish(200, "text/html", "hello")
	v.opens(page)
	for _, from := range []string{
		script("/mallory_p1"), script("//mallory_p1"), script("/mallory%5fp1"), script("/x/../mallory_p1"), script("/./mallory_p1"),
		script("/mallory_p1/sw.js", "Service-Worker-Allowed: /"), script("/mallory_p1/sw.js", "service-worker-allowed: /"), script("/mallory_p1/sw.js", "Service-Worker-Allowed : /"),
		script("/mallory_p1/sw.js", "Service-Worker-Allowed: https://eco.example.ac.uk/", "Service-Worker-Allowed: /"),
		"/mallory_p1/sw.js" + wish(404, "text/javascript", takeover, "Service-Worker-Allowed: /"),
		"/mallory_p1/.." + wish(200, "text/javascript", takeover), "/mallory_p1/%2e%2e/sw.js" + wish(200, "text/javascript", takeover),
	} {
		for _, scope := range []string{"/", "/alice_tasks/", "/alice", "/mallory_p1", "/mallory_p1x/"} {
			if got := v.register(from, scope); !strings.HasPrefix(got, "refused ") {
				h.t.Errorf("%s for %s: %s", from, scope, got)
			}
		}
	}
	// One's own is fine, and stays there.
	if got := v.register(script("/mallory_p1/sw.js"), "/mallory_p1/"); got != "registered /mallory_p1/" {
		h.t.Errorf("mallory's own: %s", got)
	}
	if got := v.opens(page); !strings.Contains(got, "taken over") {
		h.t.Errorf("mallory's own page is %s", got)
	}
	for _, path := range []string{"/alice_tasks/", "/alice_p1/", "/eve_p1/", "/mallory_p1x/"} {
		if got := v.opens(h.web.origin() + path); !strings.Contains(got, `"app"`) {
			h.t.Errorf("%s is %s", path, got)
		}
	}
	if got := v.opens(h.web.origin() + "/mallory_p1"); strings.Contains(got, `"app"`) && strings.Contains(got, "alice") {
		h.t.Errorf("the bare path is %s", got)
	}
}

// statuses are those with which headers go other ways through Apache.
var statuses = []int{200, 302, 404, 500, 503}

// tossedCookies: cookies for other apps, and Clear-Site-Data.
func tossedCookies(h *machineHost) {
	n := h.neighbours()
	c := h.chromium(n.port)
	toss := func(status int, headers ...string) string { return wish(status, "text/html", "evil", headers...) }

	v := c.visitor()
	v.opens(n.origin() + "/evil/" + toss(200, "Set-Cookie: session=of-mallory; Path=/", "Set-Cookie: other=of-mallory; Domain=eco.example.ac.uk; Path=/tasks"))
	if got := v.opens(n.origin() + "/tasks/"); !strings.Contains(got, "session=of-mallory") || !strings.Contains(got, "other=of-mallory") {
		h.t.Errorf("naive: alice's app is sent %s", got)
	}
	v.opens(n.origin() + "/tasks/" + toss(200, "Set-Cookie: mine=of-alice; Path=/tasks"))
	v.opens(n.origin() + "/evil/" + toss(200, `Clear-Site-Data: "cookies"`))
	if got := v.opens(n.origin() + "/tasks/"); strings.Contains(got, "mine=of-alice") {
		h.t.Errorf("naive: the cookie is still there: %s", got)
	}
	_, a := n.webSocket("/evil/ws?header=" + url.QueryEscape("Set-Cookie: ws=of-mallory; Path=/"))
	h.contains(fmt.Sprint(a.is(101).header["Set-Cookie"]), "Path=/")

	v = c.visitor()
	v.opens(h.web.origin() + "/alice_p1/" + toss(200, "Set-Cookie: mine=of-alice; Secure; HttpOnly"))
	v.opens(h.web.origin() + "/alice_p1/" + wish(200, "text/html", "<script>localStorage.mine = 1</script>"))
	var wishes []string
	for i, cookie := range hostileCookies {
		wishes = append(wishes, fmt.Sprintf("Set-Cookie: "+cookie, i))
	}
	for _, path := range []string{"/mallory_p1", "/mallory_strip", "/mallory_port"} {
		for _, status := range statuses {
			all := append([]string{`Clear-Site-Data: "*"`, `clear-site-data: "cookies", "storage"`, "Location: " + path + "/?status=200"}, wishes...)
			v.opens(h.web.origin() + path + "/" + toss(status, all...))
			a := h.web.get(path + "/" + toss(status, all...)).is(status)
			for _, name := range []string{"Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "Set-Cookie2"} {
				if got := a.header.Values(name); len(got) > 0 && name != "Set-Cookie2" {
					h.t.Errorf("%s: %q", name, got)
				}
			}
		}
		for i, header := range hostileHeaders {
			v.opens(h.web.origin() + path + "/" + toss(200, fmt.Sprintf(header, i)))
		}
		// Before the answer itself, as with 103 (Early Hints).
		early, err := h.web.send("GET " + path + "/" + wish(103, "", "", "Set-Cookie: early=evil; Path=/", "Link: </x>; rel=preload") + " HTTP/1.1\r\nHost: eco.example.ac.uk\r\nConnection: close\r\n\r\n")
		if err == nil && strings.Contains(fmt.Sprint(early.header), "evil") {
			h.t.Errorf("before its answer an app sets a cookie for the whole server: %s", early)
		}
		for _, header := range []string{"Set-Cookie: ws1=evil; Path=/; HttpOnly", "Set-Cookie: ws2=evil; Domain=eco.example.ac.uk; path =/alice_p1", `Clear-Site-Data: "*"`} {
			if got := v.opensWebSocket(path + "/ws?header=" + url.QueryEscape(header)); got != "open" {
				h.t.Errorf("the websocket of %s: %s", path, got)
			}
		}
	}
	kept := false
	for _, cookie := range v.cookies() {
		switch {
		case strings.HasPrefix(cookie.Name, "ws"):
			// Apache passes the answer to a websocket's handshake on as it is.
			documented(h.t, "../../docs/security.md", "handshake")
			h.t.Logf("as documented, a websocket's handshake sets %+v", cookie)
		case cookie.Value == "of-alice":
			kept = true
		case !strings.HasPrefix(cookie.Path+"/", "/mallory_") || cookie.Domain != "eco.example.ac.uk":
			h.t.Errorf("mallory's cookie got out: %+v", cookie)
		}
	}
	if !kept {
		h.t.Error("alice's cookie is gone")
	}
	if got := v.opensWebSocket("/mallory_plain/ws?header=" + url.QueryEscape("Set-Cookie: plain=evil; Path=/")); got != "refused" {
		h.t.Errorf("the websocket of an app without any: %s", got)
	}
	for _, path := range []string{"/alice_p1/", "/alice_tasks/", "/eve_p1/", "/", "/mallory_/"} {
		if got := v.opens(h.web.origin() + path); strings.Contains(strings.NewReplacer("ws1=evil", "", "ws2=evil", "").Replace(got), "evil") {
			h.t.Errorf("%s is sent mallory's cookies: %s", path, got)
		}
	}
	v.opens(h.web.origin() + "/alice_p1/" + wish(200, "text/html", "hello"))
	if got := v.runs("localStorage.mine"); got != "1" {
		h.t.Errorf("what alice's app stored is %s", got)
	}
}

// hostileHeaders are spellings that Apache might not take for Set-Cookie, and
// a browser might.
var hostileHeaders = []string{
	"Set-Cookie : h%d=evil; Path=/", "Set-Cookie\t: h%d=evil; Path=/", "\tSet-Cookie: h%d=evil; Path=/", " Set-Cookie: h%d=evil; Path=/", "SET-COOKIE: h%d=evil; Path=/", "set-cookie: h%d=evil; Path=/",
	"X: y\rSet-Cookie: h%d=evil; Path=/", "X: y\nSet-Cookie: h%d=evil; Path=/", "X: y\r\nSet-Cookie: h%d=evil; Path=/", "X: y\x0bSet-Cookie: h%d=evil; Path=/", "Set-Cookie\x00: h%d=evil; Path=/", "Set-Cookie: \r\n h%d=evil; Path=/",
	"Set-Cookie: h%d=evil;\r\n\tPath=/", "Set-Cookie: h%d=evil\x00; Path=/", "Set-Cookie:h%d=evil;Path=/", "Set-Cookie2: h%d=evil; Path=/", "Set_Cookie: h%d=evil; Path=/",
}

// opensWebSocket has the page that is open connect to a path, and tells how
// that went.
func (v *visitor) opensWebSocket(path string) string {
	v.browser.t.Helper()
	return v.runs(fmt.Sprintf(`new Promise(done => {
		const socket = new WebSocket("wss://" + location.host + %q);
		socket.onmessage = () => done("open");
		socket.onerror = () => done("refused");
	})`, path))
}

// hostileCookies are for places outside of the app's path, in every way to
// write that which a browser might read. %d is a number.
var hostileCookies = []string{
	"c%d=evil; Path=/", "c%d=evil", "c%d=evil; path=/alice_p1", "c%d=evil; PATH=/; DOMAIN=eco.example.ac.uk", "c%d=evil; Domain=example.ac.uk; Path=/",
	"c%d=evil;path=/", "c%d=evil;;;path=/", "c%d=evil; path =/", "c%d=evil; path= /", "c%d=evil;\tpath\t=\t/", "c%d=evil; Path=/mallory_p1; Path=/", "c%d=evil; Path=/; Path=/mallory_p1; Path=/",
	`c%d=evil; Path="/"`, `c%d="evil; x"; Path=/`, `c%d=evil; Path=/mallory_p1/../alice_p1`, "c%d=evil; Path=/mallory_p1/..", "c%d=evil; Path=/mallory_p", "c%d=evil; Path=/mallory_p1x", "c%d=evil; Path=/mallory_p1;x; Path=/",
	"c%d=evil; Path", "c%d=evil; Path=", "c%d=evil; Path=x", "c%d=evil; Path=;", "path=/; c%d=evil; path=/", "=c%d=evil; Path=/", "c%d; Path=/", "; c%d=evil; Path=/", "c%d=evil; expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/",
	"c%d=evil, d=evil; Path=/", "__Host-c%d=evil; Secure; Path=/", "__Secure-c%d=evil; Secure; Path=/", "c%d=evil; Path=/%%6dallory_p1", "c%d=evil; xpath=/mallory_p1; Path=/", "c%d=evil; Path=/mallory_p1\\; Path=/",
	"c%d=evil; Path=/MALLORY_P1", "c%d=path=/mallory_p1; Path=/", "c%d=evil; Secure; SameSite=None; Partitioned; Path=/", "c%d=evil; Domain=.eco.example.ac.uk", "c%d=evil; Domain = eco.example.ac.uk ; Path = /",
}
