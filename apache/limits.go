package apache

// Connections to an app that one httpd child may hold. Without a limit one slow
// app takes every thread of the server and all apps stall (facts: apache.md);
// a child has 25 threads by default, of which five stay for the others.
const (
	maxRequests = 8
	// A websocket holds its connection for as long as its page is open: with 8,
	// Debian's two children refused the 17th, and the page's own requests too.
	maxWithWebSockets = 20

	// How long a request waits for a free connection, in milliseconds.
	acquire = 500
)

// pools divides the connections of a site between the two that it may have:
// one for all requests, and one for websockets where they go through a
// balancer. With one pool the second number means nothing.
func (s include) pools() (requests, sockets number) {
	total := s.connections
	switch {
	case total > 0:
	case s.websocket:
		total = maxWithWebSockets
	default:
		total = maxRequests
	}
	if !s.balanced {
		return total, 0
	}
	requests = max(1, total*maxRequests/maxWithWebSockets)
	return requests, max(1, total-requests)
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

// limitBody refuses what says that it is longer, and what does not say how long
// it is: for requests that are passed on, 2.4 ignores LimitRequestBody, which
// counts what arrives. 2.5 does not.
func (s include) limitBody(b block) {
	b.set("LimitRequestBody", s.bodyLimit)
	// Not %{HTTP:…}, which adds the header's name to the answer's Vary.
	b.section("If", fixed("-n req_novary('Transfer-Encoding')"), func(b block) { b.set("Redirect", fixed("411")) })
	b.section("If", word{fixed("req_novary('Content-Length') -gt "), s.bodyLimit}, func(b block) { b.set("Redirect", fixed("413")) })
}
