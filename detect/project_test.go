package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecounit/descriptor"
	"ecounit/templates"
)

// written is the descriptor that init would write, without comments, after
// Parse has found nothing wrong with it.
func written(t *testing.T, p Project) string {
	t.Helper()
	text, err := templates.Descriptor(p.Descriptor)
	if err != nil {
		t.Fatal(err)
	}
	d, report := descriptor.Parse("ecounit.toml", text)
	if p.Kind != Unknown {
		for _, e := range report.Entries() {
			t.Errorf("what init writes is refused: %s\n%s", e.Message, text)
		}
	}
	if diff := cmp.Diff(p.Descriptor, d, cmpopts.IgnoreUnexported(descriptor.Descriptor{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("it is read back differently:\n%s", diff)
	}
	var keys []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !strings.HasPrefix(line, "name = ") {
			keys = append(keys, line)
		}
	}
	return strings.Join(keys, "; ")
}

func texts(p Project) string {
	var all []string
	for _, f := range p.Findings {
		text := f.Text
		if f.File != "" && f.Line > 0 {
			text = fmt.Sprintf("%s:%d: %s", f.File, f.Line, text)
		} else if f.File != "" {
			text = f.File + ": " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

// below puts files into the project's folder.
func below(files map[string]string) map[string]string {
	all := map[string]string{"/srv/tasks/": ""}
	for path, content := range files {
		all["/srv/tasks/"+path] = content
	}
	return all
}

type projectTest struct {
	name     string
	files    map[string]string
	kind     string
	keys     string
	findings []string
}

func (test projectTest) run(t *testing.T) {
	m := system(t, below(test.files))
	m.add(t, venvAt("/srv/tasks/.venv"))
	m.add(t, map[string]string{"/usr/bin/node": elf, "/usr/bin/npm": elf})
	test.check(t, m)
}

// check looks at what comes of the folder on a machine.
func (test projectTest) check(t *testing.T, m Machine) {
	t.Helper()
	p := m.Project("/srv/tasks")
	if p.Kind != test.kind || p.Descriptor.Name != "tasks" {
		t.Errorf("kind %q, name %q; want %q\n%s", p.Kind, p.Descriptor.Name, test.kind, texts(p))
	}
	if got := written(t, p); got != test.keys {
		t.Errorf("got  %s\nwant %s\n%s", got, test.keys, texts(p))
	}
	wants(t, texts(p), test.findings...)
}

func TestProjectInPython(t *testing.T) {
	const flask = "from flask import Flask\napp = Flask(__name__)\n"
	const manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n"
	django := map[string]string{
		"manage.py": manage, "mysite/__init__.py": "", "mysite/settings.py": "",
		"mysite/wsgi.py": "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n",
		"mysite/asgi.py": "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
	}
	inFolder := map[string]string{}
	for path, content := range django {
		inFolder["back-end/"+path] = content
	}
	for _, test := range []projectTest{
		{
			"Flask",
			map[string]string{"app.py": flask},
			Flask, `[web]; wsgi = "app:app"`,
			[]string{"Flask app app:app, virtual environment .venv", "app.py:2: app is the Flask app"},
		},
		{
			"Flask with wsgi.py",
			map[string]string{"app.py": flask, "wsgi.py": "from app import app as application\n"},
			Flask, `[web]; wsgi = "wsgi:application"`,
			[]string{"wsgi.py:1: application is the Flask app", `app.py:2: also possible: wsgi = "app:app"`},
		},
		{
			"wsgi.py calls a factory",
			map[string]string{"flaskr/__init__.py": "import flask\ndef create_app(config=None):\n    app = flask.Flask(__name__)\n    return app\n", "wsgi.py": "import flaskr\napplication = flaskr.create_app()\n"},
			Flask, `[web]; wsgi = "wsgi:application"`,
			[]string{`flaskr/__init__.py:2: also possible: wsgi = "flaskr:create_app()"`},
		},
		{
			"a factory only",
			map[string]string{"flaskr/__init__.py": "from flask import Flask\n\ndef create_app(\n    test_config=None, *args, x=f(1, 2)\n):\n    return Flask(__name__)\n"},
			Flask, `[web]; wsgi = "flaskr:create_app()"`,
			[]string{"flaskr/__init__.py:3: create_app() makes the Flask app"},
		},
		{
			"a factory of the second kind",
			map[string]string{"app.py": "def make_app():\n    x = MyFastAPI(MyFlask())\n    y = FastAPI()\n    z = Flask()\n"},
			FastAPI,
			`[web]; asgi = "app:make_app()"`, nil,
		},
		{
			"a factory that wants arguments",
			map[string]string{"app.py": "from flask import Flask\ndef create_app(config):\n    return Flask(__name__)\n"},
			Unknown, "",
			[]string{"app.py:2: create_app() wants arguments"},
		},
		{"typed, in a module", map[string]string{"main.py": "import flask\nserver: flask.Flask = flask.Flask(\n    __name__)\n"}, Flask, `[web]; wsgi = "main:server"`, nil},
		{
			"FastAPI",
			map[string]string{"main.py": "from fastapi import FastAPI\napp = FastAPI(title='x')\n"},
			FastAPI, `[web]; asgi = "main:app"`,
			[]string{"FastAPI app main:app", "uvicorn is not installed in the virtual environment .venv: /srv/tasks/.venv/bin/python -m pip install uvicorn"},
		},
		{"FastAPI with a path of its own", map[string]string{"main.py": "app = FastAPI(\n  root_path='/x')\n"}, FastAPI, `[web]; asgi = "main:app"`, []string{"main.py:1: the app is told its path here, by root_path"}},
		{
			"FastAPI by a factory",
			map[string]string{"main.py": "from fastapi import FastAPI\ndef create_app():\n    return FastAPI()\n"},
			FastAPI,
			`[web]; asgi = "main:create_app()"`, nil,
		},
		{"Starlette", map[string]string{"server.py": "app = Starlette(routes=[])\n"}, Starlette, `[web]; asgi = "server:app"`, nil},
		{"Quart", map[string]string{"app.py": "import quart\napp = quart.Quart(__name__)\n"}, Quart, `[web]; asgi = "app:app"`, nil},
		{"plain WSGI", map[string]string{"hello.py": "def application(environ, start_response):\n    pass\n"}, WSGI, `[web]; wsgi = "hello:application"`, nil},
		{"plain ASGI", map[string]string{"hello.py": "async def app(scope, receive, send):\n    pass\n"}, ASGI, `[web]; asgi = "hello:app"`, nil},
		{"Bottle", map[string]string{"app.py": "import bottle\napp = bottle.default_app()\n"}, WSGI, `[web]; wsgi = "app:app"`, nil},
		{
			"Django", django, Django, `[web]; wsgi = "mysite.wsgi:application"`,
			[]string{"Django app mysite.wsgi:application", `mysite/asgi.py:2: also possible: asgi = "mysite.asgi:application"`},
		},
		{
			"Django in a folder", inFolder, Django, `directory = "back-end"; [web]; wsgi = "mysite.wsgi:application"`,
			[]string{"back-end/manage.py: manage.py is in back-end, so the app runs there", "back-end/mysite/wsgi.py:3: "},
		},
		{"below src", map[string]string{"src/app.py": flask}, Flask, `[env]; PYTHONPATH = "src"; [web]; wsgi = "app:app"`, []string{"the code is below src"}},
		{"a package below src", map[string]string{"src/shop/__init__.py": "", "src/shop/wsgi.py": flask}, Flask, `[env]; PYTHONPATH = "src"; [web]; wsgi = "shop.wsgi:app"`, nil},
		{"src is the package", map[string]string{"src/__init__.py": "", "src/app.py": flask}, Flask, `[web]; wsgi = "src.app:app"`, nil},
		{
			"the top comes first",
			map[string]string{"zoo.py": flask, "pkg/app.py": flask, "src/app.py": flask},
			Flask, `[web]; wsgi = "zoo:app"`,
			[]string{`pkg/app.py:2: also possible: wsgi = "pkg.app:app"`, `src/app.py:2: also possible`},
		},
		{"no app in texts, tests, comments and functions", map[string]string{
			"a.py": "'''\napp = Flask(__name__)\n'''\n", "b.py": "x = \"\"\"#'\napp = Flask()\n\"\"\"\n# app = Flask()\n", "test_app.py": flask, "tests/app.py": flask,
			"c.py": "def f():\n    app = Flask()\nif __name__ == '__main__':\n\tapp = FastAPI()\n", ".hidden/app.py": flask, "node_modules/x.py": flask, "not-a-name.py": flask, "no-name/app.py": flask,
			"d.py": "app == Flask(x)\nfrom app import create_app\n",
		}, Unknown, "", []string{"found no app in /srv/tasks"}},
		{"after a text on one line", map[string]string{"app.py": "\"\"\"Docs\"\"\"\nx = '''a''' # '''\n" + flask}, Flask, `[web]; wsgi = "app:app"`, []string{"app.py:4: "}},
		{"nothing at all", nil, Unknown, "", []string{"found no app in /srv/tasks: there is no Procfile, "}},
		{"Node beside Python", map[string]string{"app.py": flask, "package.json": `{"scripts": {"start": "vite"}}`}, Flask, `[web]; wsgi = "app:app"`, []string{"package.json: also there, and not taken over: npm start"}},
	} {
		t.Run(test.name, test.run)
	}
}
