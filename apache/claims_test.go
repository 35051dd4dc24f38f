package apache

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestClaims(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		`Alias "/icons/" "/usr/share/apache2/icons/"`:                  "/icons",
		"ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/":                      "/cgi-bin",
		"\tWSGIScriptAlias /wiki /srv/wiki.wsgi process-group=wiki":    "/wiki",
		"aLiAs '/two words' /x\nALIAS '/wiki' /x":                      "/wiki",
		"Alias /a/b/c /x\nAlias //d /x\nAlias /a /y":                   "/a /d",
		"WSGIScriptAlias / /srv/all.wsgi\nProxyPass / http://all/":     "",
		"# Alias /no /x\n  #Alias /no /x\nAlias /yes /x # not comment": "/yes",
		"# swallows the next line \\\nAlias /no /x\nAlias /yes /x":     "/yes",
		"Alias \\\n  /wi\\\nki \\\r\n /x":                              "/wiki",
		"AliasX /no /x\nProxyPassReverse /no http://x/\nOptions /no x": "",

		"ProxyPass /app http://127.0.0.1:8000/app timeout=5": "/app",
		"ProxyPass /static !":                                "/static",
		"<Location /app>\nProxyPass http://127.0.0.1:8000/x retry=0\nProxyPassReverse /y\n</Location>": "/app",
		"<Location \"/image\">\nAlias /ftp/pub/image\n</Location>":                                     "/image",
		"<Location />\nRequire all denied\n</Location>\n<Location \"/\" >":                             "",
		"<LOCATION '/server-status' >\nSetHandler server-status":                                       "/server-status",
		"<Location /wiki*>\n<Location \"/shop/[ab]\">\n<Location /?x>\n<Location /*.jsp>":              "/shop /wiki",
		"<Location \"http://example.org/no\">\n<Proxy /no>\n<Directory /no>\n<Files /no>":              "",
		"<VirtualHost *:80>\n<IfModule x>\nAlias /in /x\n</IfModule>\n</VirtualHost>":                  "/in",
		"JkMount /tomcat/* worker1\n<Location /x>\nJkMount worker1":                                    "/tomcat /x",

		"Redirect /old https://example.org/new":                                 "/old",
		"Redirect permanent /a https://x/\nRedirect 308 /b /c":                  "/a /b",
		"Redirect gone /a\nRedirect 404 /b":                                     "/a /b",
		"<Location /x>\nRedirect 308 /no\nRedirect /no\nRedirect 410\nRedirect": "/x",
		"RedirectTemp /a /no\nRedirectPermanent /b /no":                         "/a /b",

		`RedirectMatch "^/wiki(/.*)?$" "https://x$1"`:              "/wiki",
		"RedirectMatch 301 ^/a/(.*)$ /b/$1":                        "/a",
		"RedirectMatch gone ^/secret$":                             "/secret",
		"RedirectMatch ^/$ /no/":                                   "",
		`RedirectMatch "\.php$" /no`:                               "",
		"<Location ~ \"^/(extra|special)/data\">":                  "/extra /special",
		"<LocationMatch \"^/(?i:Shop|blog)\">":                     "/blog /shop",
		"<LocationMatch ^/a|^/b/c>":                                "/a /b",
		"<LocationMatch \"^(/one|/two)($|/)\">":                    "/one /two",
		"AliasMatch ^/~([a-z]+)/x /home/$1":                        "/~",
		"AliasMatch ^/wikis?/(.*)$ /srv/$1":                        "/wiki /wikis",
		"ScriptAliasMatch ^/[wk]iki /srv/wiki":                     "/kiki /wiki",
		"WSGIScriptAliasMatch ^/api/v[0-9]+/ /srv/api":             "/api",
		"ProxyPassMatch ^/(.*\\.gif)$ http://x/$1":                 "",
		`ProxyPassMatch "^\/app\-1/(?!no)(.*)" http://x/`:          "/app-1",
		"ProxyPassMatch ^/app(?!no)(.*) http://x/":                 "/app",
		"ProxyPassMatch ^/plus+/x(?:/y)* http://x/":                "/plus",
		"RewriteRule ^/?wiki/(.*)$ https://x/$1 [R]":               "/wiki",
		"RewriteRule !^/no /x\nRewriteRule ^no /x\nRewriteRule .*": "",
		"RewriteRule ^/(a|b.*)c /x":                                "/a /b",
		"RewriteRule ^/(ab)*c /x":                                  "/ab",
		"RewriteRule ^/(unclosed /x":                               "",

		"Alias /${name} /x\nAlias ${path} /x\nAlias /%41 /x\nUse Macro /no": "",
		"Alias":             "",
		"Alias \"/open /x":  "",
		"<Location>\n<\n<>": "",
	} {
		if got := strings.Join(Claims([]byte(text)), " "); got != want {
			t.Errorf("%s\nclaims %q, want %q", text, got, want)
		}
	}
}

// An include of ours claims its own path and nothing else, so that the host
// service can tell whose it is.
func TestClaimsOfOurOwn(t *testing.T) {
	s := validSite()
	s.AllowFrom, s.Auth, s.HTTPSOnly, s.BodyLimit = networks("10.0.0.0/8"), "campus", true, 1
	for _, v := range []Version{Oldest, {2, 4, 71}} {
		file, err := Render(s, v)
		if err != nil {
			t.Fatal(err)
		}
		if got := Claims(file.Content); !slices.Equal(got, []string{s.Path}) {
			t.Errorf("%s: claims %q", v, got)
		}
	}
}

// FuzzClaims: whatever the text, claims are plain, sorted segments, and a line
// after it still counts.
func FuzzClaims(f *testing.F) {
	for _, text := range []string{
		"Alias /a /b", "<Location ~ \"^/(a|[b-d]+)\">", "RewriteRule ^/((((a|b)|c)|d){2,3})+? x", "# \\", "Redirect 404 '/a\\'b'", "<Location \"\n>",
		"RedirectMatch (?i)^/(a|b)(c|d)(e|f)(g|h)(i|j)(k|l)(m|n)(o|p)(q|r) /", "AliasMatch ^/\\pL\\d{1000} /", "Alias\x00/\x00a \xff",
	} {
		f.Add(text)
	}
	plain := regexp.MustCompile(`^/[A-Za-z0-9._~+@-]+$`)
	f.Fuzz(func(t *testing.T, text string) {
		got := Claims([]byte(text + "\n\nAlias /last /x\n"))
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%q is not sorted or has something twice", got)
		}
		for _, segment := range got {
			if !plain.MatchString(segment) {
				t.Errorf("%q is not plain", segment)
			}
		}
		if !slices.Contains(got, "/last") {
			t.Errorf("the last line is missing in %q", got)
		}
	})
}
