package apache

import (
	"fmt"
	"strings"

	"ecounit/plan"
)

// expectation is an include in the words of this test: one line after the
// other, with ~ between tokens.
type expectation struct {
	plan.Site
	id       string
	keep     string // the path as the app sees it
	balanced bool
	lines    []string
}

func (e *expectation) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

// expected gives the tokens of the include line by line.
func expected(s plan.Site, patch int) [][]string {
	e := &expectation{Site: s, id: identity(s), keep: s.Path, balanced: s.WebSocket && patch < 47}
	if s.Prefix == plan.PrefixStrip {
		e.keep = ""
	}
	e.proxy()
	e.body()
	e.access()
	e.requestHeaders()
	e.responseHeaders()
	e.add("SetEnvIf ~ Request_URI ~ ^ ~ ECOUNIT_APP=%s_%s", s.Owner, s.App)
	e.add("ErrorDocument ~ 502 ~ /.ecounit/down.html")
	e.add("ErrorDocument ~ 503 ~ /.ecounit/down.html")
	e.add("</Location>")

	all := make([][]string, len(e.lines))
	for i, line := range e.lines {
		all[i] = strings.Split(line, " ~ ")
	}
	return all
}

func (e *expectation) proxy() {
	host, unix := "127.0.0.1:"+fmt.Sprint(e.Port), ""
	if e.Socket != "" {
		host, unix = e.id+".ecounit.invalid", "unix:"+e.Socket+"|"
	}
	requests, sockets, upgrade := 8, 12, ""
	switch n := e.Connections; {
	case n > 0 && e.balanced:
		requests = max(n*2/5, 1)
		sockets = max(n-requests, 1)
	case n > 0:
		requests = n
	case e.WebSocket && !e.balanced:
		requests = 20
	}
	if e.WebSocket && !e.balanced {
		upgrade = " ~ upgrade=websocket"
	}
	seconds := int(e.Timeout.Seconds())
	if e.balanced {
		e.add("<Proxy ~ balancer://ws-%s", e.id)
		e.add("BalancerMember ~ %sws://%s ~ timeout=%d ~ max=%d ~ acquire=500 ~ retry=0", unix, host, seconds, sockets)
		e.add("</Proxy>")
	}
	e.add("<Location ~ %s", e.Path)
	e.add("ProxyPass ~ %shttp://%s%s ~ timeout=%d ~ max=%d ~ acquire=500 ~ retry=0 ~ disablereuse=On%s", unix, host, e.keep, seconds, requests, upgrade)
	e.add("ProxyPassReverse ~ http://%s%s", host, e.keep)
	e.add("ProxyPreserveHost ~ On")
	e.add("ProxyAddHeaders ~ Off")
	e.add("RedirectMatch ~ 308 ~ ^%s$ ~ %[1]s/", e.Path)
}

func (e *expectation) body() {
	if e.BodyLimit == 0 {
		return
	}
	e.add("LimitRequestBody ~ %d", e.BodyLimit)
	e.add("<If ~ -n req_novary('Transfer-Encoding')")
	e.add("Redirect ~ 411")
	e.add("</If>")
	e.add("<If ~ req_novary('Content-Length') -gt %d", e.BodyLimit)
	e.add("Redirect ~ 413")
	e.add("</If>")
}

func (e *expectation) access() {
	when := "true"
	if e.HTTPSOnly {
		when = "%{REQUEST_SCHEME} == 'https'"
	}
	if e.Auth != "" && e.Auth != "basic" {
		e.add("<If ~ %s", when)
		e.add("AuthMerging ~ And")
		e.add("Include ~ ecounit-auth/%s.conf", e.Auth)
		e.add("</If>")
	}
	if e.Auth != "" || len(e.AllowFrom) > 0 {
		e.add("<If ~ %s", when)
		e.add("AuthMerging ~ And")
		e.require()
		e.add("Options ~ +FollowSymLinks")
		e.add("RewriteEngine ~ On")
		e.guard()
		e.webSockets()
		e.add("</If>")
	} else if e.balanced {
		e.add("Options ~ +FollowSymLinks")
		e.add("RewriteEngine ~ On")
		e.webSockets()
	}
	if e.HTTPSOnly {
		e.add("<If ~ %%{REQUEST_SCHEME} != 'https'")
		e.add("Redirect ~ 308 ~ https://%%{SERVER_NAME}%%{REQUEST_URI}")
		e.add("</If>")
	}
}

func (e *expectation) require() {
	if e.Auth == "basic" {
		e.add("AuthType ~ Basic")
		e.add("AuthName ~ %s_%s", e.Owner, e.App)
		e.add("AuthBasicProvider ~ file")
		e.add("AuthUserFile ~ /var/lib/ecounit/htpasswd/%s_%s", e.Owner, e.App)
	}
	e.add("<RequireAll")
	ip := "Require ~ ip"
	for _, p := range e.AllowFrom {
		ip += fmt.Sprintf(" ~ %s/%d", p.Addr(), p.Bits())
	}
	if len(e.AllowFrom) > 0 {
		e.add("%s", ip)
	}
	if e.Auth != "" {
		e.add("Require ~ valid-user")
	}
	e.add("</RequireAll>")
}

func (e *expectation) guard() {
	for _, p := range e.AllowFrom {
		e.add("RewriteCond ~ expr ~ ! -R '%s/%d'", p.Addr(), p.Bits())
	}
	if len(e.AllowFrom) > 0 {
		e.add("RewriteRule ~ ^ ~ - ~ [F]")
	}
	if e.Auth != "" {
		e.add("RewriteCond ~ %%{REMOTE_USER} ~ ^$")
		e.add("RewriteRule ~ ^ ~ - ~ [F]")
	}
}

func (e *expectation) webSockets() {
	if !e.balanced {
		return
	}
	e.add("RewriteCond ~ %%{HTTP:Upgrade} ~ =websocket ~ [NC]")
	if e.keep != "" {
		e.add("RewriteCond ~ %%{REQUEST_URI} ~ ^(%s/.*)$", e.Path)
	} else {
		e.add("RewriteCond ~ %%{REQUEST_URI} ~ ^%s(/.*)$", e.Path)
	}
	e.add("RewriteRule ~ ^ ~ balancer://ws-%s%%1 ~ [P,L]", e.id)
}

func (e *expectation) requestHeaders() {
	e.add(`RequestHeader ~ edit* ~ Connection ~ (?i)(?<![^\s,])(?!(?:close|keep-alive|upgrade)(?![^\s,]))[^\s,]+ ~ `)
	for _, name := range strings.Fields(`Forwarded Path-Info Proxy Remote-User Script-Name X-Client-IP X-Forwarded-For
		X-Forwarded-Host X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Scheme
		X-Forwarded-Server X-Forwarded-Ssl X-Forwarded-User X-Real-IP X-Remote-User X-Scheme X-Script-Name`) {
		words := strings.Split(name, "-")
		for mask := range 1 << (len(words) - 1) {
			spelled := words[0]
			for i, w := range words[1:] {
				spelled += string("-_"[mask>>i&1]) + w
			}
			e.add("RequestHeader ~ unset ~ %s", spelled)
		}
	}
	e.add("RequestHeader ~ set ~ X-Forwarded-For ~ expr=%%{REMOTE_ADDR}")
	e.add("RequestHeader ~ set ~ X-Forwarded-Host ~ expr=%%{HTTP_HOST}")
	e.add("RequestHeader ~ set ~ X-Forwarded-Proto ~ expr=%%{REQUEST_SCHEME}")
	if e.keep == "" {
		e.add("RequestHeader ~ set ~ X-Forwarded-Prefix ~ %s", e.Path)
	}
	if e.Auth != "" {
		e.add("RequestHeader ~ unset ~ Authorization")
		e.add("RequestHeader ~ set ~ X-Remote-User ~ expr=%%{REMOTE_USER}")
	}
}

func (e *expectation) responseHeaders() {
	e.add("Header ~ edit ~ Location ~ ^https?://[^/]+(%s(?:[/?#]|$)) ~ $1 ~ expr=%%{resp:Location} -strcmatch 'http*://%%{HTTP_HOST}/*'", e.Path)
	e.add(`Header ~ edit* ~ Set-Cookie ~ (?i);\s*(?:domain\s*=|path\s*=(?!\s*(?-i:%s)\s*(?:[/;]|$)))[^;]* ~ `, e.Path)
	e.add(`Header ~ edit ~ Set-Cookie ~ (?i)^(?!.*;\s*path\s*=)([^;]*) ~ $1; Path=%s`, e.Path)
	e.add(`SetEnvIfExpr ~ -z req('Upgrade') && -z req('Expect') ~ proxy-interim-response=Suppress`)
	for _, name := range strings.Fields("Alt-Svc Clear-Site-Data NEL Report-To Service-Worker-Allowed Strict-Transport-Security") {
		e.add("Header ~ unset ~ %s", name)
	}
}
