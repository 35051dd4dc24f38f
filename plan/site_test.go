package plan

import (
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
	} {
		s := good()
		change(&s)
		if s.Validate() == nil {
			t.Errorf("%s is accepted: %+v", name, s)
		}
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
