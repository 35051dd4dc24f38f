//go:build machine

package attack

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// basic is the header of somebody who logs in.
func basic(name, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// spoofedHeaders: forged X-Forwarded-*, X-Remote-User, SCRIPT_NAME.
func spoofedHeaders(h *machineHost) {
	port := freePort()
	h.alice.backend("alice's", fmt.Sprint(port))
	n := h.naive(fmt.Sprintf(`ProxyPass "/alice" "http://127.0.0.1:%d/alice"`, port), `RequestHeader set X-Forwarded-Proto "https"`)
	for _, header := range []string{"X-Remote-User: admin", "SCRIPT_NAME: /evil", "X_Forwarded_Proto: http", "X-Forwarded-Prefix: /evil", "X-Real-IP: 6.6.6.6"} {
		name, value, _ := strings.Cut(header, ": ")
		s := n.get("/alice/", header).from("alice's")
		h.contains(strings.Join(s.got(strings.ReplaceAll(name, "_", "-")), " "), value)
	}
	h.contains(strings.Join(n.get("/alice/", "X-Forwarded-For: 6.6.6.6").seen().got("X-Forwarded-For"), " "), "6.6.6.6")
	if got := n.get("/alice/", "Connection: close, X-Forwarded-Proto").seen().got("X-Forwarded-Proto"); len(got) != 0 {
		h.t.Errorf("naive: the header that Connection names is still %q", got)
	}

	for _, path := range []string{"/alice_p1", "/mallory_strip", "/mallory_port"} {
		honest := identity(h.web.get(path + "/").is(200).seen())
		for _, headers := range [][]string{
			{"X-Forwarded-For: 6.6.6.6"},
			{"X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 7.7.7.7", "x-forwarded-for: 8.8.8.8"},
			{"X_Forwarded_For: 6.6.6.6", "X-Forwarded_For: 6.6.6.6", "x_forwarded-for: 6.6.6.6"},
			{"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "X-Forwarded-Port: 80", "X-Forwarded-Server: evil"},
			{"X_Forwarded_Host: evil.example", "X_Forwarded_Proto: http", "X-Forwarded-Ssl: off", "X-Forwarded-Protocol: http", "X-Forwarded-Scheme: http", "X-Scheme: http"},
			{"X-Remote-User: admin", "Remote-User: admin", "X-Forwarded-User: admin", "REMOTE_USER: admin", "X_Remote_User: admin", "X_Forwarded_User: admin", "Remote_User: admin"},
			{"SCRIPT_NAME: /evil", "Script-Name: /evil", "X-Script-Name: /evil", "PATH_INFO: /evil", "X-Forwarded-Prefix: /evil", "X_Forwarded_Prefix: /evil"},
			{"Forwarded: for=6.6.6.6;host=evil;proto=http", "X-Real-IP: 6.6.6.6", "X-Client-IP: 6.6.6.6", "X_Real_IP: 6.6.6.6", "Proxy: http://evil.example/"},
			{"Connection: X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, X-Forwarded-Prefix"},
			{"Connection: close, X-Forwarded-For"}, {"Connection: close", "Connection: X-Forwarded-Proto"}, {"Connection:X-Forwarded-For,close"},
			{"Connection: close,\tx-forwarded-proto"}, {"Connection: close;X-Forwarded-For,X-Forwarded-For"}, {"connection: Close , ,X-Forwarded-Host,"},
			{"Proxy-Connection: X-Forwarded-For", "Keep-Alive: X-Forwarded-For", "TE: X-Forwarded-For", "Trailer: X-Forwarded-For"},
		} {
			a := h.web.get(path+"/", headers...)
			if a.status == 400 {
				continue // Apache refuses the request as a whole
			}
			if got := identity(a.is(200).seen()); got != honest {
				h.t.Errorf("%s with %q: the app sees\n%s\ninstead of\n%s", path, headers, got, honest)
			}
		}
	}
	// Spellings that no server should take for a name of a header.
	for _, header := range []string{"X-Remote-User : admin", "X-Remote-User\t: admin", " X-Remote-User: admin", "X-Remote-User\x0b: admin", "X\x00-Remote-User: admin"} {
		if got := h.web.get("/alice_p1/", header).seen(); len(got.got("X-Remote-User")) != 0 || strings.Contains(fmt.Sprint(got.Headers), "admin") {
			h.t.Errorf("%q reaches the app: %v", header, got.Headers)
		}
	}
}

// identity is what an app believes of its visitor and of its own address.
func identity(s seen) string {
	var lines []string
	for _, name := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Ssl",
		"X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Scheme", "X-Remote-User", "Remote-User", "X-Forwarded-User", "Script-Name", "X-Script-Name", "Path-Info",
		"Forwarded", "X-Real-IP", "X-Client-IP", "Proxy", "Host", "Authorization",
	} {
		lines = append(lines, fmt.Sprintf("%s: %q", name, s.got(name)))
	}
	return s.App + " " + s.Target + "\n" + strings.Join(lines, "\n")
}

// closedSites: getting past allow_from and the login, with other spellings of
// the path, with websockets and with other methods.
func closedSites(h *machineHost) {
	port := freePort()
	h.alice.backend("alice's", fmt.Sprint(port))
	h.mallory.backend("other", fmt.Sprint(freePort()))
	n := h.naive(fmt.Sprintf(`ProxyPass "/alice" "http://127.0.0.1:%d/alice"`, port),
		`<Location "/alice/">`, `Require ip 10.0.0.0/8`, `</Location>`,
		fmt.Sprintf(`ProxyPass "/admin" "http://127.0.0.1:%d/admin"`, port),
		`RewriteEngine On`, `RewriteCond "%{REMOTE_ADDR}" "!^10\."`, `RewriteCond "%{THE_REQUEST}" " /admin"`, `RewriteRule "^" "-" [F]`)
	n.get("/alice/").is(403)
	n.get("/alice").is(200).from("alice's")
	n.get("/admin/").is(403)
	n.get("/%61dmin/").is(200).from("alice's")
	n.get("//admin/").is(200).from("alice's")

	for name, closed := range map[string]int{"/alice_closed": 403, "/alice_secret": 401} {
		h.web.get(name + "/").is(closed)
		app := name[len("/alice_"):]
		for _, target := range []string{
			"", "/", "?", "?x", "/?x", "/x", "//", "/./", "/../" + name[1:] + "/", "/%2e%2e" + name + "/", "/..;/", ";/", ";x", "/;x", "/%2f", "%2f", "/%00", "/%0a", "/\\", "%5c", "/.", "/..%2f", "/*", "/~", ".", "#", "/#x", "%3f", "%23",
		} {
			h.staysOut(app, "GET", name+target)
		}
		encoded := "/" + fmt.Sprintf("%%%02x", name[1]) + name[2:]
		for _, target := range []string{
			"/" + name + "/", "//" + name + "/", "/." + name + "/", "/x/.." + name + "/", "/x/%2e%2e" + name + "/", "/mallory_p1/.." + name + "/", "/mallory_p1/%2e%2e" + name + "/",
			encoded + "/", strings.ReplaceAll(name, "_", "%5f") + "/", strings.ReplaceAll(name, "_", "%5F") + "/", strings.ToUpper(name) + "/", "/%2f" + name + "/", "/%252f" + name,
			h.web.origin() + name + "/", "http://" + "localhost" + name + "/", "http://10.0.0.1" + name + "/", "https://evil.example" + name + "/x",
		} {
			h.staysOut(app, "GET", target)
		}
		for _, method := range []string{"HEAD", "POST", "PUT", "OPTIONS", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X"} {
			h.staysOut(app, method, name+"/")
		}
		for _, header := range []string{
			"X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1", "Client-IP: 10.0.0.1", "X-Original-URL: /mallory_p1/", "X-Rewrite-URL: /x", "X-HTTP-Method-Override: GET",
			"X-Remote-User: bob", "REMOTE_USER: bob", "Authorization: Basic", "Authorization: Basic !!!", "Authorization: Bearer x", basic("bob", ""), basic("", ""), basic("bob", "wrong"), basic("bob\x00", "secret"), basic("BOB", "secret"),
			"Upgrade: websocket", "Host: 10.0.0.1", "Connection: Authorization",
		} {
			h.staysOut(app, "GET", name+"/", header)
		}
		if _, a := h.web.webSocket(name + "/ws"); a.status != closed {
			h.t.Errorf("a websocket: %s", a)
		}
		if _, a := h.web.webSocket("/" + name + "/ws"); a.status == 101 {
			h.t.Errorf("a websocket: %s", a)
		}
		// Without a host name, as long ago; and without TLS.
		a, err := h.web.send("GET " + name + "/ HTTP/1.0\r\n\r\n")
		h.must(err)
		a.is(closed)
		h.contains(h.mallory.does("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1"+name+"/"), fmt.Sprint(closed))
	}
	s := h.web.get("/alice_secret/", basic("bob", "secret"), "X-Remote-User: admin", "X_Remote_User: admin").is(200).from("alice/secret")
	if got := s.got("X-Remote-User"); len(got) != 1 || got[0] != "bob" {
		h.t.Errorf("the app is told that the visitor is %q", got)
	}
	if got := s.got("Authorization"); len(got) != 0 {
		h.t.Errorf("the app is told the password: %q", got)
	}
	s = h.web.get("/alice_secret/", basic("bob", "secret"), "Connection: close, X-Remote-User").is(200).from("alice/secret")
	if got := s.got("X-Remote-User"); len(got) != 1 || got[0] != "bob" {
		h.t.Errorf("with Connection: X-Remote-User the app is told that the visitor is %q", got)
	}
	// A login for one app is none for another.
	h.web.get("/alice_closed/", basic("bob", "secret")).is(403)
}

// staysOut expects a request not to reach the app.
func (h *machineHost) staysOut(app, method, target string, headers ...string) {
	h.t.Helper()
	a := h.web.ask(method, target, "", headers...)
	if s := a.seen(); s.App != "" && s.App != "mallory/p1" || a.status < 300 && s.App == "" && method != "OPTIONS" && method != "HEAD" {
		h.t.Errorf("%s %s %q reaches %s: %s", method, target, headers, app, a)
	}
}

// smuggling: requests that two servers understand differently. By hand: a port
// that leads to the app without Apache.
func smuggling(h *machineHost) {
	port := freePort()
	h.alice.backend("alice's", fmt.Sprint(port))
	const inner = "GET /alice_p1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	conflict := func(path string, headers ...string) string {
		chunked := "0\r\n\r\n" + inner
		return "POST " + path + " HTTP/1.1\r\nHost: eco.example.ac.uk\r\n" + strings.Join(headers, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(chunked)) + chunked
	}
	// The app takes the length for the end of the body, and the inner request for text.
	conn, err := h.DialContext(h.t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	h.must(err)
	a, err := h.web.exchange(conn, conflict("/alice_p1/", "Transfer-Encoding: chunked", "Connection: close"))
	h.must(err)
	h.contains(a.seen().Body, "smuggled")

	for name, request := range map[string]string{
		"both":             conflict("/alice_p1/", "Transfer-Encoding: chunked"),
		"two encodings":    conflict("/alice_p1/", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
		"odd":              conflict("/alice_p1/", "Transfer-Encoding: xchunked"),
		"spaced":           conflict("/alice_p1/", "Transfer-Encoding : chunked"),
		"folded":           conflict("/alice_p1/", "Transfer-Encoding:\r\n chunked"),
		"quoted":           conflict("/alice_p1/", `Transfer-Encoding: "chunked"`),
		"underscore":       conflict("/alice_p1/", "Transfer_Encoding: chunked"),
		"two lengths":      conflict("/alice_p1/", "Content-Length: 5"),
		"a negative one":   "POST /alice_p1/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" + inner,
		"a plus":           "POST /alice_p1/ HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n" + inner,
		"in the target":    "GET /alice_p1/%20HTTP/1.1%0d%0aX:%20y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"in the line":      "GET /alice_p1/ x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"bare line ends":   "GET /alice_p1/ HTTP/1.1\nHost: x\nX: y\rTransfer-Encoding: chunked\n\n",
		"chunk extensions": "POST /alice_p1/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1;\nx\r\na\r\n0\r\n\r\n",
	} {
		// With Connection: close the answer ends, and what is smuggled would show.
		if !strings.Contains(request, "Connection: close") {
			request = strings.Replace(request, "\r\nHost:", "\r\nConnection: close\r\nHost:", 1)
		}
		a, err := h.web.send(request)
		if err != nil {
			continue // Apache hung up
		}
		s := a.seen()
		if s.App == "" {
			continue // refused
		}
		if s.App != "alice/p1" || strings.Contains(s.Target, "smuggled") || strings.Contains(s.Body, "smuggled") && s.has("Transfer-Encoding") || len(s.got("X")) > 0 {
			h.t.Errorf("%s: %s", name, a)
		}
		if s.has("Content-Length") && s.has("Transfer-Encoding") {
			h.t.Errorf("%s: the app is sent both: %s", name, a)
		}
	}
	h.aliceIsServed()
}
