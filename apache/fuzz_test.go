package apache

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

// FuzzRender: whatever the fields, Render gives an error, or a file that
// Apache reads as exactly the directives written down in expected below.
func FuzzRender(f *testing.F) {
	f.Add("alice", "tasks", "/alice_tasks", 0, "/run/ecounit/1001/tasks.sock", "keep", true, int64(300), 62, "", "", false, int64(0), 0)
	f.Add("alice", "tasks", "/alice_tasks", 0, "/run/ecounit/1001/tasks.sock", "strip", true, int64(1), 37, "10.0.0.0/8 2001:db8::/32", "basic", true, int64(1<<40), 1)
	f.Add("a_b", "c-1", "/c", 8001, "", "strip", false, int64(3600), 37, "129.215.1.2/32", "", false, int64(1), 200)
	f.Add("_b", "0", "/0", 65535, "", "keep", true, int64(60), 46, "", "shib-2", false, int64(0), 3)
	f.Add("alice\n", "${PATH}", "/a\\", 0, "/run/\"x", "keep", true, int64(300), 47, "10.1.2.3/8 ::/0 x", "../x", true, int64(-1), -1)
	f.Fuzz(func(t *testing.T, owner, app, path string, port int, socket, prefix string, websocket bool, seconds int64, patch int,
		allow, auth string, httpsOnly bool, body int64, connections int,
	) {
		site := plan.Site{
			Owner: owner, App: app, Path: path, Port: port, Socket: socket, Prefix: plan.Prefix(prefix),
			WebSocket: websocket, Timeout: time.Duration(seconds) * time.Second,
			AllowFrom: networks(strings.Fields(allow)...), Auth: auth, HTTPSOnly: httpsOnly, BodyLimit: body, Connections: connections,
		}
		file, err := Render(site, Version{2, 4, patch})
		if err != nil {
			return
		}
		if file.Name != owner+"_"+app+".conf" || strings.ContainsAny(file.Name, "/\x00") || strings.HasPrefix(file.Name, ".") {
			t.Errorf("the file is called %q", file.Name)
		}
		readBack(t, file, site)
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

// networks reads networks; what is none becomes the zero value.
func networks(written ...string) (all []netip.Prefix) {
	for _, w := range written {
		p, _ := netip.ParsePrefix(w)
		all = append(all, p)
	}
	return all
}
