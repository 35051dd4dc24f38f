package cli

import (
	"os"
	"path/filepath"
	"testing"

	"ecounit/host"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

func TestASiteThatAnAdministratorsLineServes(t *testing.T) {
	h, c := hostedHome(t, eco)
	file := filepath.Join(c.at.root, "/etc/httpd/conf.d/ssl.conf")
	write(t, filepath.Join(c.at.root, "/usr/sbin/httpd"), "")
	write(t, file, "<VirtualHost *:443>\nProxyPass /tasks http://127.0.0.1:8000/tasks\n</VirtualHost>\n")
	at := func(port int, path string) *plan.Plan {
		return siteOf(func(s *plan.Site) { s.Port, s.Socket, s.Path = port, "", path })
	}
	for _, test := range []struct {
		name string
		app  *plan.Plan
		want webserver.Publication
	}{
		{"its port and its path", at(8000, "/tasks"), webserver.Published},
		{"another port", at(8001, "/tasks"), webserver.Unpublished},
		{"another path", at(8000, "/alice_tasks"), webserver.Unpublished},
		{"a socket", siteOf(func(s *plan.Site) { s.Socket, s.Path = host.Socket(testUID, "tasks"), "/tasks" }), webserver.Unpublished},
	} {
		if got := h.standing(test.app.Web.Site, nil); got.Publication != test.want {
			t.Errorf("%s: %s, want %s", test.name, got.Publication, test.want)
		}
		isServed := test.want == webserver.Published
		if change := h.toPublish(test.app); (change.action == "") != isServed {
			t.Errorf("%s: the service is asked to %q", test.name, change.action)
		}
		l := &loaded{descriptor: parsed(t, "name = \"tasks\"\n[web]\nwsgi = \"app:app\"\n"), plan: test.app}
		h.hosting().claims(l, h.User)
		if l.report.HasErrors() == isServed {
			t.Errorf("%s: %v", test.name, l.report.Entries())
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	h = c.homeOf(h.Machine)
	if got := h.standing(at(8000, "/tasks").Web.Site, nil); got.Publication != webserver.Unpublished {
		t.Errorf("without the line: %s", got.Publication)
	}
}
