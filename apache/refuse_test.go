package apache

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

// hostile are texts that no field may hold: to Apache, to a shell of files or
// to a reader they would be more than a name.
var hostile = []string{
	"\n", "\r\nListen 81", "\nProxyPass / http://evil/", "\x00", "\t", "\x7f", " ", `"`, `'`, "`", `\`, "\\\n", "#", "|", "<", ">",
	"${PATH}", "%{HTTP_HOST}", "%1", "$1", "<Location />", "</Location>", "é", "ａ", "\u202e", "\xff", "@", ":", "?", "*",
	"/..", "/../", "//", "/.", strings.Repeat("a", 200),
}

// hostileNames are refused in names as well, but a socket's path may hold them.
var hostileNames = []string{"A", "..", "/", "/x"}

func TestRenderRefusesHostileText(t *testing.T) {
	names := append(slices.Clone(hostile), hostileNames...)
	for _, field := range []struct {
		name  string
		field func(*plan.Site) *string
		texts []string
	}{
		{"Owner", func(s *plan.Site) *string { return &s.Owner }, names},
		{"App", func(s *plan.Site) *string { return &s.App }, names},
		{"Path", func(s *plan.Site) *string { return &s.Path }, names},
		{"Prefix", func(s *plan.Site) *string { return (*string)(&s.Prefix) }, names},
		{"Socket", func(s *plan.Site) *string { return &s.Socket }, hostile},
		{"Auth", func(s *plan.Site) *string { return &s.Auth }, names},
	} {
		for _, text := range field.texts {
			for _, around := range []string{"%s", "%sx"} {
				s := validSite()
				*field.field(&s) += fmt.Sprintf(around, text)
				refuse(t, field.name+" with "+text, s, Oldest)
			}
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	site := func(spoil func(*plan.Site)) plan.Site {
		s := validSite()
		spoil(&s)
		return s
	}
	sites := map[string]plan.Site{
		"nothing":              {},
		"no owner":             site(func(s *plan.Site) { s.Owner = "" }),
		"a number as owner":    site(func(s *plan.Site) { s.Owner = "1001" }),
		"no app":               site(func(s *plan.Site) { s.App = "" }),
		"underscore in app":    site(func(s *plan.Site) { s.App = "a_b" }),
		"no path":              site(func(s *plan.Site) { s.Path = "" }),
		"the root":             site(func(s *plan.Site) { s.Path = "/" }),
		"two segments":         site(func(s *plan.Site) { s.Path = "/a/b" }),
		".well-known":          site(func(s *plan.Site) { s.Path = "/.well-known" }),
		"a path without slash": site(func(s *plan.Site) { s.Path = "alice_tasks" }),
		"no backend":           site(func(s *plan.Site) { s.Socket = "" }),
		"two backends":         site(func(s *plan.Site) { s.Port = 8000 }),
		"a privileged port":    site(func(s *plan.Site) { s.Socket, s.Port = "", 80 }),
		"a negative port":      site(func(s *plan.Site) { s.Socket, s.Port = "", -8000 }),
		"a port too high":      site(func(s *plan.Site) { s.Socket, s.Port = "", 65536 }),
		"a relative socket":    site(func(s *plan.Site) { s.Socket = "run/tasks.sock" }),
		"a socket upwards":     site(func(s *plan.Site) { s.Socket = "/run/../etc/x" }),
		"a socket too long":    site(func(s *plan.Site) { s.Socket = "/" + strings.Repeat("s", maxSocket) }),
		"no prefix":            site(func(s *plan.Site) { s.Prefix = "" }),
		"no timeout":           site(func(s *plan.Site) { s.Timeout = 0 }),
		"a fraction":           site(func(s *plan.Site) { s.Timeout = 1500 * time.Millisecond }),
		"a negative timeout":   site(func(s *plan.Site) { s.Timeout = -time.Minute }),
		"a day":                site(func(s *plan.Site) { s.Timeout = 24 * time.Hour }),
		"no network":           site(func(s *plan.Site) { s.AllowFrom = networks("") }),
		"every address":        site(func(s *plan.Site) { s.AllowFrom = networks("0.0.0.0/0") }),
		"a body below zero":    site(func(s *plan.Site) { s.BodyLimit = -1 }),
		"connections below 0":  site(func(s *plan.Site) { s.Connections = -1 }),
	}
	for name, s := range sites {
		refuse(t, name, s, Oldest)
	}
	for _, v := range []Version{{}, {1, 3, 42}, {2, 2, 34}, {2, 4, 36}, {2, 4, -1}, {3, 0, 0}} {
		refuse(t, "Apache "+v.String(), validSite(), v)
	}
}

func refuse(t *testing.T, what string, s plan.Site, v Version) {
	t.Helper()
	f, err := Render(s, v)
	if err == nil {
		t.Errorf("%q: rendered %s", what, f.Name)
		return
	}
	if f.Name != "" || f.Content != nil {
		t.Errorf("%q: an error and a file", what)
	}
	if !strings.HasPrefix(err.Error(), "cannot ") || strings.ContainsAny(err.Error(), "\n\r\x00") {
		t.Errorf("%q: the error is %q", what, err)
	}
}

// The setters refuse on their own: were a pattern in plan ever loosened,
// nothing would get out.
func TestSettersRefuse(t *testing.T) {
	render := func(p part) error {
		b := newBlock()
		b.section("Location", fixed("/x"), func(b block) { b.set("Header", p) })
		_, err := b.bytes()
		return err
	}
	for c := range 256 {
		harmless := strings.IndexByte("/._-", byte(c)) >= 0 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if err := render(value("x" + string([]byte{byte(c)}) + "x")); (err == nil) != harmless {
			t.Errorf("value with the byte %#x: error %v", c, err)
		}
	}
	for _, bad := range []part{
		value(""), fixed("a\nb"), fixed(`a"b`), fixed(`a\\b`), fixed(`a\`), fixed("${a}"), fixed("é"), fixed("\x7f"), fixed("\x00"),
		word{fixed("$"), fixed("{x}")},
		word{fixed("a"), value("${x}")},
		word{word{value(`"`)}},
		network{},
		network(netip.PrefixFrom(netip.MustParseAddr("10.0.0.0"), 99)),
	} {
		if render(bad) == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
	b := newBlock()
	b.comment(fixed(`the end \`))
	if _, err := b.bytes(); err == nil {
		t.Error("a comment that swallows the next line: accepted")
	}
}
