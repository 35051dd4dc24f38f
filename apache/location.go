package apache

// DownPage is shown while an app is not running: templates/down.html, which
// the server's own configuration serves.
const DownPage = "/.ecounit/down.html"

// location fills the Location of a site.
func (s include) location(b block) {
	s.proxy(b)
	if s.bodyLimit > 0 {
		s.limitBody(b)
	}
	switch {
	case s.restricted():
		s.restrict(b)
	case s.balanced:
		s.rewrite(b)
		s.rewriteWebSockets(b)
	}
	if s.httpsOnly {
		s.redirectToHTTPS(b)
	}
	s.requestHeaders(b)
	s.responseHeaders(b)

	// For one log of all apps: GlobalLog … env=ECOUNIT_APP. Its format must say
	// %<{ECOUNIT_APP}e, or the name is missing where the down page was shown.
	b.set("SetEnvIf", fixed("Request_URI"), fixed("^"), word{fixed("ECOUNIT_APP="), s.owner, fixed("_"), s.app})
	b.set("ErrorDocument", fixed("502"), fixed(DownPage))
	b.set("ErrorDocument", fixed("503"), fixed(DownPage))
}

func (s include) proxy(b block) {
	s.pass(b)
	b.set("ProxyPassReverse", s.prefixed(s.backend("http")))
	b.set("ProxyPreserveHost", fixed("On"))
	// Apache would append to what the visitor claims; requestHeaders replaces it.
	b.set("ProxyAddHeaders", fixed("Off"))
	// From the bare path a page could take a service worker's scope over every
	// path that begins like it, and its relative links would leave the app.
	b.set("RedirectMatch", fixed("308"), word{fixed("^"), s.path, fixed("$")}, word{s.path, fixed("/")})
}

func (s include) pass(b block) {
	requests, _ := s.pools()
	args := append([]part{s.prefixed(s.worker("http"))}, s.limits(requests)...)
	// An app that stops closes its idle connections, and a request sent on one
	// at that moment is lost: 7 to 10 in a restart of gunicorn under load, none
	// with this. A new connection waits in the socket that systemd holds.
	args = append(args, fixed("disablereuse=On"))
	if s.websocket && !s.balanced {
		args = append(args, fixed("upgrade=websocket"))
	}
	b.set("ProxyPass", args...)
}

// balancer declares where websockets go before 2.4.47: a RewriteRule reaches a
// unix socket only through a balancer.
func (s include) balancer(b block) {
	_, sockets := s.pools()
	b.section("Proxy", s.balancerURL(), func(b block) {
		b.set("BalancerMember", append([]part{s.worker("ws")}, s.limits(sockets)...)...)
	})
}

func (s include) balancerURL() word {
	return word{fixed("balancer://ws-"), s.id}
}

// rewrite turns mod_rewrite on for the section that it is called in, and off
// what the sections around it rewrite.
func (s include) rewrite(b block) {
	// mod_rewrite answers 403 to everything in a place without it.
	b.set("Options", fixed("+FollowSymLinks"))
	b.set("RewriteEngine", fixed("On"))
}

func (s include) rewriteWebSockets(b block) {
	b.set("RewriteCond", fixed("%{HTTP:Upgrade}"), fixed("=websocket"), fixed("[NC]"))
	// %1 is the path as the app is to see it and begins with a slash, or it
	// could continue the name of the balancer.
	seen := word{fixed("^("), s.path, fixed("/.*)$")}
	if s.strip {
		seen = word{fixed("^"), s.path, fixed("(/.*)$")}
	}
	b.set("RewriteCond", fixed("%{REQUEST_URI}"), seen)
	b.set("RewriteRule", fixed("^"), append(s.balancerURL(), fixed("%1")), fixed("[P,L]"))
}
