//go:build machine

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// odd are names of folders that mean something to systemd, to shells or to
// the format of the descriptor.
var odd = []string{
	`my app %h $x ünï 'q'`,
	`a"b\c *[x]?{d} ~ #;=%%i $${X}`,
	` - @!+:`,
	`ends in a backslash\`,
}

// TestOddPlacesAndUsers: what a folder is called makes no difference, and what
// number somebody has makes little.
func TestOddPlacesAndUsers(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice := h.user("alice")
			for i, name := range odd {
				t.Run(fmt.Sprint(i), func(t *testing.T) { alice.in(t).oddPlace(fmt.Sprintf("odd%d", i), name) })
			}
			t.Run("processes", func(t *testing.T) { oddProcess(alice.in(t)) })
			t.Run("programs", func(t *testing.T) { oddPrograms(alice.in(t)) })
			t.Run("users", func(t *testing.T) { oddUsers(h.in(t)) })
		})
	}
}

const oddApp = `
import os

def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    with open('written', 'w') as f:
        f.write('x')
    return ['{} {} {}'.format(os.getcwd(), os.environ['WORD'], environ['PATH_INFO']).encode()]
`

func (u *user) oddPlace(app, folder string) {
	h := u.host
	dir := "/home/alice/" + folder
	u.Write(dir+"/app.py", oddApp)
	u.Write(dir+"/my .env", "WORD='$x %h'\n")
	u.descriptor(dir, fmt.Sprintf("name = %q", app), `env_files = ["my .env"]`, "[web]", `wsgi = "app:app"`, "workers = 1", "[sandbox]", `level = "strict"`)
	at := u.Dir(dir)
	for _, verb := range []string{"check", "enable", "status", "restart", "diff"} {
		if r := h.exec(at, "ecounit", verb); r.Code != 0 {
			h.t.Fatalf("%s: exit %d\n%s%s", verb, r.Code, r.Stdout, r.Stderr)
		}
	}
	h.Contains(u.page(app, "/alice_"+app+"/"), dir+" $x %h /")
	h.Contains(u.OK("enable", dir), "nothing to do")
	h.Contains(u.OK("status", app), "descriptor  "+dir+"/ecounit.toml")
	h.Contains(h.exec(at, "ecounit", "exec", "--", "sh", "-c", "pwd; echo $WORD").Stdout, dir+"\n$x %h\n")
	h.Contains(h.exec(at, "cat", "written").Stdout, "x")
	f := u.foreground(dir)
	url, _ := f.url()
	h.Contains(u.Sh("curl -s "+url), dir+" $x %h /")
	f.interrupt(0)
	if before, after := u.Sh("ls -A"), h.exec(u.User.User, "sh", "-c", "ecounit disable "+app+" && ls -A"); !strings.Contains(after.Stdout, before) {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after.Stdout+after.Stderr)
	}
}

func oddProcess(alice *user) {
	dir := "/home/alice/" + odd[1]
	alice.Write(dir+"/worker.sh", "printf 'working in %s\\n' \"$PWD\"; exec sleep 1000\n")
	alice.descriptor(dir, `name = "oddly"`, "[process.worker]", `command = "sh worker.sh"`)
	alice.OK("enable", dir)
	alice.host.Contains(alice.OK("logs", "oddly", "-p", "worker"), "working in "+dir)
	alice.OK("disable", "oddly")
}

// oddPrograms: programs with such paths are what systemd does not run, which
// is said before it is tried.
func oddPrograms(alice *user) {
	h := alice.host
	for name, problem := range map[string]string{"100% my ünï $x": "", "it's mine": "systemd runs no program with", `say "x"`: "systemd runs no program with", `back\slash`: "systemd runs no program with"} {
		dir := "/home/alice/" + name
		alice.Write(dir+"/app.py", "def app(e, s):\n    s('200 OK', [])\n    return [b'from a venv']\n")
		if r := h.exec(alice.Dir(dir), "python3", "-m", "venv", "--system-site-packages", "--without-pip", ".venv"); r.Code != 0 {
			h.t.Fatal(r)
		}
		alice.descriptor(dir, `name = "programs"`, "[web]", `wsgi = "app:app"`, "workers = 1")
		if problem == "" {
			alice.OK("enable", dir)
			h.Contains(alice.page("programs", "/alice_programs/"), "from a venv")
			alice.OK("disable", "programs")
			continue
		}
		for _, verb := range []string{"check", "enable"} {
			alice.Fails(1, []string{verb, dir}, problem, "/.venv/bin/python")
		}
	}
}
