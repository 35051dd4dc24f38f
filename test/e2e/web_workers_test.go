//go:build machine

package e2e

import (
	"slices"
	"strings"
	"time"
)

// severalWorkers: all of them answer, on the one socket, and those that are
// killed are replaced.
func severalWorkers(alice *user) {
	for _, kind := range []struct{ name, web, code string }{
		{"wsgi", `wsgi = "app:app"`, "import os\ndef app(environ, start_response):\n    start_response('200 OK', [])\n    return [str(os.getpid()).encode()]\n"},
		{"asgi", `asgi = "app:app"`, `
import os
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse(str(os.getpid())))])
`},
	} {
		name := "crowd-" + kind.name
		dir := alice.hello(name, "")
		alice.Write(dir+"/app.py", kind.code)
		alice.descriptor(dir, `name = "`+name+`"`, "[python]", `interpreter = "/usr/bin/python3"`, "[web]", kind.web, "workers = 2", `start_timeout = "5s"`)
		if r := alice.Run("enable", "./"+name); r.Code != 0 {
			alice.host.t.Errorf("%s with two workers: exit %d\n%s%s", kind.name, r.Code, r.Stdout, r.Stderr)
			continue
		}
		alice.publish(name)
		first := alice.workers(name, nil)
		alice.Sh("kill -9 " + strings.Join(first, " "))
		alice.workers(name, first)
		alice.OK("stop", name)
		if state := alice.Sh("systemctl --user is-failed " + name + ".service || true"); state != "inactive\n" {
			alice.host.t.Errorf("%s: after a stop it is %s", kind.name, state)
		}
		alice.OK("disable", name)
	}
}

// workers asks until two processes have answered that are none of the old ones.
func (u *user) workers(app string, old []string) (pids []string) {
	u.host.t.Helper()
	client := u.host.browser()
	client.client.Timeout = 2 * time.Second
	for begin := time.Now(); time.Since(begin) < 10*time.Second; {
		response, err := client.client.Get(site + "/" + u.name + "_" + app + "/")
		if err != nil {
			continue // if it goes on, the end of the test says so
		}
		pid, err := text(response)
		u.host.Must(err)
		if response.StatusCode == 200 && !slices.Contains(pids, pid) && !slices.Contains(old, pid) {
			if pids = append(pids, pid); len(pids) == 2 {
				return pids
			}
		}
	}
	u.host.t.Fatalf("%s: of two workers only %q answer; killed were %q", app, pids, old)
	return nil
}
