//go:build machine

// Package watch tries [watch] as its users meet it: on booted hosts, with apps
// whose code changes. It must not know any part of ecounit.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ecounit/test/scene"
)

// app is an app of somebody's, and where it answers.
type app struct {
	*scene.User
	name, folder string
	page         string
	client       *http.Client
}

// The programs answer with the content of the file version as it was when they
// started.
const (
	wsgiCode = `VERSION = open("version").read()
def app(environ, start_response):
    start_response("200 OK", [])
    return [VERSION.encode()]
`
	asgiCode = `VERSION = open("version").read()
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": VERSION.encode()})
`
	serverCode = `import http.server, os
VERSION = open("version").read()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(VERSION.encode())
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
`
	wsgi = "[web]\nwsgi = \"app:app\"\n"
	asgi = "[web]\nasgi = \"app:app\"\n"
)

// enabled writes an app below the home, after what goes before, and enables it.
func enabled(u *scene.User, before, folder, code, lines string) *app {
	u.Host.T.Helper()
	name := strings.ReplaceAll(folder, "/", "-")
	u.Sh(before)
	u.Write(folder+"/app.py", code)
	u.Write(folder+"/version", "1")
	u.Write(folder+"/ecounit.toml", fmt.Sprintf("name = %q\n[python]\ninterpreter = \"/usr/bin/python3\"\n%s\n", name, lines))
	u.OK("enable", "./"+folder)
	return found(u, name, folder)
}

// found asks for the port of an app.
func found(u *scene.User, name, folder string) *app {
	u.Host.T.Helper()
	port := strings.TrimSpace(u.Sh(`sed -n 's/^ *"port": \([0-9]*\),*$/\1/p' .local/state/ecounit/` + name + `/plan.json`))
	if _, err := strconv.Atoi(port); err != nil {
		u.Host.T.Fatalf("%s has no port: %q", name, port)
	}
	return &app{
		User: u, name: name, folder: folder,
		page: "http://127.0.0.1:" + port + "/" + u.Name + "_" + name + "/", client: u.Host.HTTPClient(),
	}
}

// in is the same app for a subtest. When it fails, the app's story is told.
func (a *app) in(t *testing.T) *app {
	u, name := a.User.In(t), a.name
	t.Cleanup(func() {
		if t.Failed() {
			story, err := u.WithManager().Exec(context.WithoutCancel(t.Context()), "sh", "-c",
				`ecounit status `+name+`; journalctl --user -q -o short-precise | grep -v '"GET ' | grep '[ (]`+name+`[-.[]' | tail -n 80`)
			t.Log(story.Stdout, err)
		}
	})
	return &app{u, a.name, a.folder, a.page, a.client}
}

// answers waits for the answer, which has to come soon.
func (a *app) answers(want string) {
	a.Host.T.Helper()
	a.Host.Soon(20*time.Second, func(ctx context.Context) error {
		got, err := a.get(ctx)
		if err == nil && got != want {
			err = fmt.Errorf("%s answers %q, not %q", a.name, got, want)
		}
		return err
	})
}

func (a *app) get(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.page, nil)
	if err != nil {
		return "", err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// change puts a version in place and then runs a shell command in the app's
// folder, which is to count as a change.
func (a *app) change(version, script string) {
	a.Host.T.Helper()
	a.Sh(fmt.Sprintf("cd %s && printf %%s %q > version && %s", a.folder, version, script))
}

// taken is how many times the app has taken up a change.
func (a *app) taken() int {
	a.Host.T.Helper()
	lines := a.Sh("journalctl --user -q -o cat -t " + a.name + "-watch-apply -t ecounit | grep -cE '^(reloaded|restarted) " + a.name + ".service' || true")
	n, err := strconv.Atoi(strings.TrimSpace(lines))
	a.Host.Must(err)
	return n
}

// rests waits until no change is under way.
func (a *app) rests() {
	a.Host.T.Helper()
	a.Host.Soon(30*time.Second, func(context.Context) error {
		units := "'" + a.name + "-watch*'"
		if jobs := a.Sh("systemctl --user list-jobs --no-legend " + units); strings.TrimSpace(jobs) != "" {
			return errors.New(jobs)
		}
		if state := a.Sh("systemctl --user show -p ActiveState,SubState " + units); strings.Contains(state, "activating") || strings.Contains(state, "SubState=running") {
			return errors.New(state)
		}
		return nil
	})
}

// says checks what status says, which has to exit with the code.
func (a *app) says(code int, texts ...string) {
	a.Host.T.Helper()
	a.Fails(code, []string{"status", a.name}, texts...)
}
