package apache

// downPage is shown while an app is not running: templates/down.html, which
// the server's own configuration serves.
const downPage = "/.ecounit/down.html"

// location fills the Location of a site.
func (s include) location(b block) {
	s.proxy(b)
	if s.balanced {
		s.rewriteWebSockets(b)
	}
	s.requestHeaders(b)
	s.responseHeaders(b)

	// For one log of all apps: GlobalLog … env=ECOUNIT_APP. Its format must say
	// %<{ECOUNIT_APP}e, or the name is missing where the down page was shown.
	b.set("SetEnvIf", fixed("Request_URI"), fixed("^"), word{fixed("ECOUNIT_APP="), s.owner, fixed("_"), s.app})
	b.set("ErrorDocument", fixed("502"), fixed(downPage))
	b.set("ErrorDocument", fixed("503"), fixed(downPage))
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
	upgrade := s.websocket && !s.balanced
	most := number(maxRequests)
	if upgrade {
		most = maxWithWebSockets
	}
	args := append([]part{s.prefixed(s.worker("http"))}, s.limits(most)...)
	// An app that stops closes its idle connections, and a request sent on one
	// at that moment is lost: 7 to 10 in a restart of gunicorn under load, none
	// with this. A new connection waits in the socket that systemd holds.
	args = append(args, fixed("disablereuse=On"))
	if upgrade {
		args = append(args, fixed("upgrade=websocket"))
	}
	b.set("ProxyPass", args...)
}

// balancer declares where websockets go before 2.4.47: a RewriteRule reaches a
// unix socket only through a balancer.
func (s include) balancer(b block) {
	b.section("Proxy", s.balancerURL(), func(b block) {
		args := append([]part{s.worker("ws")}, s.limits(maxWithWebSockets-maxRequests)...)
		b.set("BalancerMember", args...)
	})
}

// limits gives the parameters that keep an app from hurting the others.
func (s include) limits(most number) []part {
	return []part{
		word{fixed("timeout="), s.timeout},
		word{fixed("max="), most},
		word{fixed("acquire="), number(acquire)},
		// Without it Apache answers 503 by itself for a minute after one failed
		// connection, long after the app is back.
		fixed("retry=0"),
	}
}

func (s include) balancerURL() word {
	return word{fixed("balancer://ws-"), s.id}
}

func (s include) rewriteWebSockets(b block) {
	// mod_rewrite answers 403 to everything in a place without it.
	b.set("Options", fixed("+FollowSymLinks"))
	b.set("RewriteEngine", fixed("On"))
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
