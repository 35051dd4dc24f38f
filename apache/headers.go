package apache

import (
	"strings"
	"sync"
)

// spoofable are the request headers that apps and their servers take for the
// word of the web server: the visitor's address, the address of the site, the
// user's name. A visitor's own are dropped, in every spelling.
var spoofable = []fixed{
	"Forwarded",
	"Path-Info",
	"Proxy", // becomes HTTP_PROXY in CGI-like apps (httpoxy)
	"Remote-User",
	"Script-Name", // gunicorn routes by it
	"X-Client-IP",
	"X-Forwarded-For",
	"X-Forwarded-Host",
	"X-Forwarded-Port",
	"X-Forwarded-Prefix",
	"X-Forwarded-Proto",
	"X-Forwarded-Protocol", // gunicorn takes the scheme from it and from -Ssl
	"X-Forwarded-Scheme",
	"X-Forwarded-Server",
	"X-Forwarded-Ssl",
	"X-Forwarded-User",
	"X-Real-IP",
	"X-Remote-User",
	"X-Scheme", // it and X-Script-Name: the common ReverseProxied snippet for Flask
	"X-Script-Name",
}

// originWide are the response headers that act on the whole server, not only
// on the app's path.
var originWide = []fixed{
	"Alt-Svc",
	"Clear-Site-Data",
	"NEL",
	"Report-To",
	"Service-Worker-Allowed",
	"Strict-Transport-Security",
}

// spellings gives the name with every mix of - and _: WSGI and CGI turn both
// into _, so X_Forwarded-For is X-Forwarded-For to an app.
func spellings(name fixed) []fixed {
	i := strings.IndexByte(string(name), '-')
	if i < 0 {
		return []fixed{name}
	}
	var all []fixed
	for _, rest := range spellings(name[i+1:]) {
		all = append(all, name[:i]+"-"+rest, name[:i]+"_"+rest)
	}
	return all
}

// allSpellings are those of every header in spoofable.
var allSpellings = sync.OnceValue(func() []part {
	var all []part
	for _, name := range spoofable {
		for _, spelling := range spellings(name) {
			all = append(all, spelling)
		}
	}
	return all
})

func (s include) requestHeaders(b block) {
	// Connection: X-Forwarded-For would make mod_proxy drop that header after
	// it is set here, and an app that sees none may trust the visitor as local.
	b.set("RequestHeader", fixed("edit*"), fixed("Connection"),
		fixed(`(?i)(?<![^\s,])(?!(?:close|keep-alive|upgrade)(?![^\s,]))[^\s,]+`), fixed(""))
	for _, spelling := range allSpellings() {
		b.set("RequestHeader", fixed("unset"), spelling)
	}
	b.set("RequestHeader", fixed("set"), fixed("X-Forwarded-For"), fixed("expr=%{REMOTE_ADDR}"))
	b.set("RequestHeader", fixed("set"), fixed("X-Forwarded-Host"), fixed("expr=%{HTTP_HOST}"))
	b.set("RequestHeader", fixed("set"), fixed("X-Forwarded-Proto"), fixed("expr=%{REQUEST_SCHEME}"))
	if s.strip {
		b.set("RequestHeader", fixed("set"), fixed("X-Forwarded-Prefix"), s.path)
	}
	if s.auth != "" {
		// The app is told who it is, and not what proves it.
		b.set("RequestHeader", fixed("unset"), fixed("Authorization"))
		b.set("RequestHeader", fixed("set"), fixed("X-Remote-User"), fixed("expr=%{REMOTE_USER}"))
	}
}

func (s include) responseHeaders(b block) {
	// An app that does not know it is behind https redirects to http://; the
	// path alone stays on the visitor's address. Other hosts are left alone.
	b.set("Header", fixed("edit"), fixed("Location"),
		word{fixed("^https?://[^/]+("), s.path, fixed("(?:[/?#]|$))")}, fixed("$1"),
		fixed("expr=%{resp:Location} -strcmatch 'http*://%{HTTP_HOST}/*'"))

	// Cookies of two apps must not meet: no domain, and a path within ours.
	b.set("Header", fixed("edit*"), fixed("Set-Cookie"),
		word{fixed(`(?i);\s*(?:domain\s*=|path\s*=(?!\s*(?-i:`), s.path, fixed(`)\s*(?:[/;]|$)))[^;]*`)}, fixed(""))
	b.set("Header", fixed("edit"), fixed("Set-Cookie"),
		fixed(`(?i)^(?!.*;\s*path\s*=)([^;]*)`), word{fixed("$1; Path="), s.path})
	// Nothing here acts on interim answers such as 103, so they are not passed
	// on: but for 101, a websocket, and 100, without which httpd 2.4.71 answers
	// 500 to an upload that waits for it.
	b.set("SetEnvIfExpr", fixed("-z req('Upgrade') && -z req('Expect')"), fixed("proxy-interim-response=Suppress"))
	for _, name := range originWide {
		b.set("Header", fixed("unset"), name)
	}
}
