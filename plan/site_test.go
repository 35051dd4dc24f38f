package plan

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func good() Site {
	return Site{
		Owner: "alice", App: "tasks", Path: "/alice_tasks", Socket: "/run/ecounit/1000/tasks.sock",
		Prefix: PrefixKeep, WebSocket: true, Timeout: DefaultTimeout,
	}
}

func TestGoodSites(t *testing.T) {
	for name, change := range map[string]func(*Site){
		"a socket":          func(*Site) {},
		"a port":            func(s *Site) { s.Socket, s.Port = "", 1024 },
		"the last port":     func(s *Site) { s.Socket, s.Port = "", 65535 },
		"stripped":          func(s *Site) { s.Prefix = PrefixStrip },
		"no websocket":      func(s *Site) { s.WebSocket = false },
		"one second":        func(s *Site) { s.Timeout = time.Second },
		"an hour":           func(s *Site) { s.Timeout = time.Hour },
		"underscores":       func(s *Site) { s.Owner, s.Path = "_a_b-1", "/a_b-1" },
		"the longest names": func(s *Site) { s.Owner, s.App = strings.Repeat("a", 32), strings.Repeat("b", 32) },
		"the longest path":  func(s *Site) { s.Path = "/" + strings.Repeat("a", 64) },
		"95 bytes":          func(s *Site) { s.Socket = "/" + strings.Repeat("a", 94) },
		"a dot in the path": func(s *Site) { s.Socket = "/run/a.b/c..sock" },
		"networks": func(s *Site) {
			s.AllowFrom = prefixes("10.0.0.0/8", "10.1.2.3/32", "128.0.0.0/1", "2001:db8::/32", "::1/128")
		},
		"64 networks":      func(s *Site) { s.AllowFrom = slices.Repeat(prefixes("10.0.0.0/8"), 64) },
		"passwords":        func(s *Site) { s.Auth = AuthBasic },
		"the longest auth": func(s *Site) { s.Auth = "a" + strings.Repeat("-", 30) + "9" },
		"https only":       func(s *Site) { s.HTTPSOnly = true },
		"a byte":           func(s *Site) { s.BodyLimit = 1 },
		"a tebibyte":       func(s *Site) { s.BodyLimit = 1 << 40 },
		"a connection":     func(s *Site) { s.Connections = 1 },
		"200 connections":  func(s *Site) { s.Connections = 200 },
	} {
		s := good()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// hostile are pieces that would end a directive, open another one, be expanded,
// or lead elsewhere.
var hostile = []string{
	"\n", "\r", "\x00", "\t", "\x1b", " ", `"`, "'", "`", `\`, "$", "${X}", "%", "%{X}", "<", ">", "</Location>", "#", "?", "&", "*", "[", "(", "|", ";", ":", "@",
	"~", "..", "/..", "//", "/.", "%2f", "%0a", "é", "\u2028", "\xff", "＿", "A",
}

func TestHostileSitesAreRefused(t *testing.T) {
	fields := map[string]struct {
		value string
		set   func(*Site, string)
	}{
		"owner":  {"alice", func(s *Site, v string) { s.Owner = v }},
		"app":    {"tasks", func(s *Site, v string) { s.App = v }},
		"path":   {"/alice_tasks", func(s *Site, v string) { s.Path = v }},
		"prefix": {"keep", func(s *Site, v string) { s.Prefix = Prefix(v) }},
		"auth":   {"basic", func(s *Site, v string) { s.Auth = v }},
	}
	for field, f := range fields {
		for _, h := range hostile {
			for _, value := range []string{h, f.value + h, h + f.value, f.value[:2] + h + f.value[2:]} {
				s := good()
				f.set(&s, value)
				if s.Validate() == nil {
					t.Errorf("%s %q is accepted", field, value)
				}
			}
		}
	}
}

func TestHostileSocketPathsAreRefused(t *testing.T) {
	for _, h := range hostile {
		if h == "A" || h == ".." { // "/run../A" is a plain path
			continue
		}
		for _, value := range []string{h, "/run/a.sock" + h, h + "/run/a.sock", "/run" + h + "/a.sock"} {
			s := good()
			s.Socket = value
			if s.Validate() == nil {
				t.Errorf("socket %q is accepted", value)
			}
		}
	}
}

func TestOtherBadSitesAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Site){
		"nothing":                 func(s *Site) { *s = Site{} },
		"no owner":                func(s *Site) { s.Owner = "" },
		"no app":                  func(s *Site) { s.App = "" },
		"no path":                 func(s *Site) { s.Path = "" },
		"the root":                func(s *Site) { s.Path = "/" },
		"two segments":            func(s *Site) { s.Path = "/a/b" },
		"a slash at the end":      func(s *Site) { s.Path = "/a/" },
		"no slash":                func(s *Site) { s.Path = "alice_tasks" },
		"a hidden path":           func(s *Site) { s.Path = "/.well-known" },
		"an underscore first":     func(s *Site) { s.Path = "/_a" },
		"a long path":             func(s *Site) { s.Path = "/" + strings.Repeat("a", 65) },
		"a long owner":            func(s *Site) { s.Owner = strings.Repeat("a", 33) },
		"a long app":              func(s *Site) { s.App = strings.Repeat("a", 33) },
		"an owner of digits":      func(s *Site) { s.Owner = "1000" },
		"neither port nor socket": func(s *Site) { s.Socket = "" },
		"port and socket":         func(s *Site) { s.Port = 8000 },
		"a port of root":          func(s *Site) { s.Socket, s.Port = "", 1023 },
		"no such port":            func(s *Site) { s.Socket, s.Port = "", 65536 },
		"a negative port":         func(s *Site) { s.Socket, s.Port = "", -1 },
		"a relative socket":       func(s *Site) { s.Socket = "run/a.sock" },
		"a parent":                func(s *Site) { s.Socket = "/run/../a.sock" },
		"a parent at the end":     func(s *Site) { s.Socket = "/run/.." },
		"a hidden socket":         func(s *Site) { s.Socket = "/run/.a" },
		"an abstract socket":      func(s *Site) { s.Socket = "@a" },
		"a folder":                func(s *Site) { s.Socket = "/run/" },
		"only a slash":            func(s *Site) { s.Socket = "/" },
		"two slashes":             func(s *Site) { s.Socket = "/run//a" },
		"96 bytes":                func(s *Site) { s.Socket = "/" + strings.Repeat("a", 95) },
		"no prefix":               func(s *Site) { s.Prefix = "" },
		"no timeout":              func(s *Site) { s.Timeout = 0 },
		"half a second":           func(s *Site) { s.Timeout = 1500 * time.Millisecond },
		"a negative timeout":      func(s *Site) { s.Timeout = -time.Second },
		"a long timeout":          func(s *Site) { s.Timeout = time.Hour + time.Second },
		"no network":              func(s *Site) { s.AllowFrom = []netip.Prefix{{}} },
		"no such network":         func(s *Site) { s.AllowFrom = []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr("10.0.0.0"), 33)} },
		"bits behind the mask":    func(s *Site) { s.AllowFrom = prefixes("10.1.0.0/8") },
		"every address":           func(s *Site) { s.AllowFrom = prefixes("0.0.0.0/0") },
		"every IPv6 address":      func(s *Site) { s.AllowFrom = prefixes("10.0.0.0/8", "::/0") },
		"IPv4 in IPv6":            func(s *Site) { s.AllowFrom = prefixes("::ffff:10.0.0.0/104") },
		"65 networks":             func(s *Site) { s.AllowFrom = slices.Repeat(prefixes("10.0.0.0/8"), 65) },
		"an auth with a number":   func(s *Site) { s.Auth = "2fa" },
		"a long auth":             func(s *Site) { s.Auth = strings.Repeat("a", 33) },
		"a negative limit":        func(s *Site) { s.BodyLimit = -1 },
		"a large limit":           func(s *Site) { s.BodyLimit = 1<<40 + 1 },
		"negative connections":    func(s *Site) { s.Connections = -1 },
		"201 connections":         func(s *Site) { s.Connections = 201 },
	} {
		s := good()
		change(&s)
		if s.Validate() == nil {
			t.Errorf("%s is accepted: %+v", name, s)
		}
	}
}

func prefixes(all ...string) (networks []netip.Prefix) {
	for _, p := range all {
		networks = append(networks, netip.MustParsePrefix(p))
	}
	return networks
}

func TestSitesAreEqualInEveryField(t *testing.T) {
	for name, change := range map[string]func(*Site){
		"path":        func(s *Site) { s.Path = "/x" },
		"timeout":     func(s *Site) { s.Timeout++ },
		"networks":    func(s *Site) { s.AllowFrom = prefixes("10.0.0.0/8") },
		"auth":        func(s *Site) { s.Auth = AuthBasic },
		"https":       func(s *Site) { s.HTTPSOnly = true },
		"body limit":  func(s *Site) { s.BodyLimit = 1 },
		"connections": func(s *Site) { s.Connections = 1 },
	} {
		s := good()
		change(&s)
		if s.Equal(good()) || !s.Equal(s) {
			t.Errorf("%s makes no difference, or too much of one", name)
		}
	}
	none, empty := good(), good()
	empty.AllowFrom = []netip.Prefix{}
	if !none.Equal(empty) {
		t.Error("no networks and none of them differ")
	}
}

func TestOptionsThatAreNotSetAreNotInTheJSON(t *testing.T) {
	text, err := json.Marshal(good())
	if want := `{"owner":"alice","app":"tasks","path":"/alice_tasks","socket":"/run/ecounit/1000/tasks.sock","prefix":"keep","websocket":true,"timeout":300000000000}`; err != nil || string(text) != want {
		t.Errorf("%s, want %s (%v)", text, want, err)
	}
	full := good()
	full.AllowFrom, full.Auth, full.HTTPSOnly, full.BodyLimit, full.Connections = prefixes("10.0.0.0/8", "::1/128"), AuthBasic, true, 1<<40, 200
	text, err = json.Marshal(full)
	var again Site
	if err != nil || json.Unmarshal(text, &again) != nil || !again.Equal(full) {
		t.Errorf("%s is read as %+v (%v)", text, again, err)
	}
	if want := `"allow_from":["10.0.0.0/8","::1/128"],"auth":"basic","https_only":true,"body_limit":1099511627776,"connections":200}`; !strings.HasSuffix(string(text), want) {
		t.Errorf("%s does not end in %s", text, want)
	}
}

// FuzzValidate: what is accepted has only characters that mean nothing in
// Apache's configuration.
func FuzzValidate(f *testing.F) {
	s := good()
	f.Add(s.Owner, s.App, s.Path, s.Socket, 0)
	f.Add("a", "b", "/c", "", 8000)
	f.Fuzz(func(t *testing.T, owner, app, path, socket string, port int) {
		s := Site{Owner: owner, App: app, Path: path, Socket: socket, Port: port, Prefix: PrefixKeep, Timeout: DefaultTimeout}
		if s.Validate() != nil {
			return
		}
		const plain = "abcdefghijklmnopqrstuvwxyz0123456789_-"
		for _, v := range []string{owner, app, path[1:]} {
			if v == "" || strings.Trim(v, plain) != "" {
				t.Errorf("accepted %+v", s)
			}
		}
		if strings.Trim(socket, plain+"/.ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || strings.Contains(socket+"/", "/../") || (port == 0) == (socket == "") {
			t.Errorf("accepted %+v", s)
		}
	})
}
