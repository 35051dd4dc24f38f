package apache

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

// FuzzRender: whatever the fields, Render gives an error, or a file that
// Apache reads as exactly the directives written down in expected below.
func FuzzRender(f *testing.F) {
	f.Add("alice", "tasks", "/alice_tasks", 0, "/run/ecounit/1001/tasks.sock", "keep", true, int64(300), 62)
	f.Add("alice", "tasks", "/alice_tasks", 0, "/run/ecounit/1001/tasks.sock", "strip", true, int64(1), 37)
	f.Add("a_b", "c-1", "/c", 8001, "", "strip", false, int64(3600), 37)
	f.Add("_b", "0", "/0", 65535, "", "keep", true, int64(60), 46)
	f.Add("alice\n", "${PATH}", "/a\\", 0, "/run/\"x", "keep", true, int64(300), 47)
	f.Fuzz(func(t *testing.T, owner, app, path string, port int, socket, prefix string, websocket bool, seconds int64, patch int) {
		site := plan.Site{
			Owner: owner, App: app, Path: path, Port: port, Socket: socket, Prefix: plan.Prefix(prefix),
			WebSocket: websocket, Timeout: time.Duration(seconds) * time.Second,
		}
		file, err := Render(site, Version{2, 4, patch})
		if err != nil {
			return
		}
		if file.Name != owner+"_"+app+".conf" || strings.ContainsAny(file.Name, "/\x00") || strings.HasPrefix(file.Name, ".") {
			t.Errorf("the file is called %q", file.Name)
		}
		got, err := tokens(string(file.Content))
		if err != nil {
			t.Fatalf("%v in\n%s", err, file.Content)
		}
		want := expected(site, patch)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("tokens\n%q\nwant\n%q", got, want)
		}
	})
}

// expected gives the tokens of the include line by line, in its own words:
// ~ stands between tokens.
func expected(s plan.Site, patch int) [][]string {
	id := identity(s)
	host, unix := "127.0.0.1:"+fmt.Sprint(s.Port), ""
	if s.Socket != "" {
		host, unix = id+".ecounit.invalid", "unix:"+s.Socket+"|"
	}
	keep, limit, upgrade, balanced := s.Path, 8, "", false
	if s.Prefix == plan.PrefixStrip {
		keep = ""
	}
	if s.WebSocket && patch >= 47 {
		limit, upgrade = 20, " ~ upgrade=websocket"
	} else if s.WebSocket {
		balanced = true
	}
	seconds := int(s.Timeout.Seconds())

	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if balanced {
		add("<Proxy ~ balancer://ws-%s", id)
		add("BalancerMember ~ %sws://%s ~ timeout=%d ~ max=12 ~ acquire=500 ~ retry=0", unix, host, seconds)
		add("</Proxy>")
	}
	add("<Location ~ %s", s.Path)
	add("ProxyPass ~ %shttp://%s%s ~ timeout=%d ~ max=%d ~ acquire=500 ~ retry=0 ~ disablereuse=On%s", unix, host, keep, seconds, limit, upgrade)
	add("ProxyPassReverse ~ http://%s%s", host, keep)
	add("ProxyPreserveHost ~ On")
	add("ProxyAddHeaders ~ Off")
	add("RedirectMatch ~ 308 ~ ^%s$ ~ %[1]s/", s.Path)
	if balanced {
		add("Options ~ +FollowSymLinks")
		add("RewriteEngine ~ On")
		add("RewriteCond ~ %%{HTTP:Upgrade} ~ =websocket ~ [NC]")
		if keep != "" {
			add("RewriteCond ~ %%{REQUEST_URI} ~ ^(%s/.*)$", s.Path)
		} else {
			add("RewriteCond ~ %%{REQUEST_URI} ~ ^%s(/.*)$", s.Path)
		}
		add("RewriteRule ~ ^ ~ balancer://ws-%s%%1 ~ [P,L]", id)
	}
	add(`RequestHeader ~ edit* ~ Connection ~ (?i)(?<![^\s,])(?!(?:close|keep-alive|upgrade)(?![^\s,]))[^\s,]+ ~ `)
	for _, name := range strings.Fields(`Forwarded Path-Info Proxy Remote-User Script-Name X-Client-IP X-Forwarded-For
		X-Forwarded-Host X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Scheme
		X-Forwarded-Server X-Forwarded-Ssl X-Forwarded-User X-Real-IP X-Remote-User X-Scheme X-Script-Name`) {
		words := strings.Split(name, "-")
		for mask := range 1 << (len(words) - 1) {
			spelled := words[0]
			for i, w := range words[1:] {
				spelled += string("-_"[mask>>i&1]) + w
			}
			add("RequestHeader ~ unset ~ %s", spelled)
		}
	}
	add("RequestHeader ~ set ~ X-Forwarded-For ~ expr=%%{REMOTE_ADDR}")
	add("RequestHeader ~ set ~ X-Forwarded-Host ~ expr=%%{HTTP_HOST}")
	add("RequestHeader ~ set ~ X-Forwarded-Proto ~ expr=%%{REQUEST_SCHEME}")
	if keep == "" {
		add("RequestHeader ~ set ~ X-Forwarded-Prefix ~ %s", s.Path)
	}
	add("Header ~ edit ~ Location ~ ^https?://[^/]+(%s(?:[/?#]|$)) ~ $1 ~ expr=%%{resp:Location} -strcmatch 'http*://%%{HTTP_HOST}/*'", s.Path)
	add(`Header ~ edit* ~ Set-Cookie ~ (?i);\s*(?:domain\s*=|path\s*=(?!\s*%s\s*(?:[/;]|$)))[^;]* ~ `, s.Path)
	add(`Header ~ edit ~ Set-Cookie ~ (?i)^(?!.*;\s*path\s*=)([^;]*) ~ $1; Path=%s`, s.Path)
	for _, name := range strings.Fields("Alt-Svc Clear-Site-Data NEL Report-To Service-Worker-Allowed Strict-Transport-Security") {
		add("Header ~ unset ~ %s", name)
	}
	add("SetEnvIf ~ Request_URI ~ ^ ~ ECOUNIT_APP=%s_%s", s.Owner, s.App)
	add("ErrorDocument ~ 502 ~ /.ecounit/down.html")
	add("ErrorDocument ~ 503 ~ /.ecounit/down.html")
	add("</Location>")

	all := make([][]string, len(lines))
	for i, line := range lines {
		all[i] = strings.Split(line, " ~ ")
	}
	return all
}
