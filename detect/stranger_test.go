package detect

import (
	"fmt"
	"strings"
	"testing"
)

func TestProjectInBlocks(t *testing.T) {
	for _, test := range []projectTest{
		{
			"try", map[string]string{"main.py": "try:\n    from fastapi import FastAPI\n\n    # comment\n    app = FastAPI()\nexcept ImportError:\n    raise\n"},
			FastAPI, `[web]; asgi = "main:app"`, []string{"main.py:5: app is the FastAPI app"},
		},
		{
			"if within if", map[string]string{"main.py": "if a:  # one\r\n\tif b:\r\n\t\tx = 1\r\n\telse:\r\n\t\tapp = Flask(__name__)\r\n"},
			Flask, `[web]; wsgi = "main:app"`, []string{"main.py:5: app is the Flask app"},
		},
		{
			"a Dash app", map[string]string{"app.py": "if debug:\n    app = dash.Dash(\n        __name__,\n        url_base_pathname='/x/')\n    server = app.server\n"},
			Dash, `[web]; wsgi = "app:server"`, []string{"app.py:5: server is the Dash app"},
		},
		{"a program by itself", map[string]string{"run.py": "if __name__ == '__main__':\n    app = Flask()\n    if 1:\n        app = Flask()\n"}, Unknown, "", nil},
		{"an argument", map[string]string{"run.py": "if x:\n    run(\n        app = Flask(),\n    )\nrun(\n    app = Flask(),\n)\n"}, Unknown, "", nil},
		{"a method", map[string]string{"x.py": "if x:\n    class A:\n        app = Flask()\n        def f(self):\n            app = Flask()\n"}, Unknown, "", nil},
		{"in the first line after a mark", map[string]string{"app.py": "\ufeffapp = Flask(__name__)\r\n"}, Flask, `[web]; wsgi = "app:app"`, nil},
		{
			"a factory of another name", map[string]string{"run.py": "from shop import create_flask_app\napp = create_flask_app()\n", "shop/__init__.py": "def create_flask_app():\n    return Flask(__name__)\n"},
			Flask, `[web]; wsgi = "run:app"`, []string{`also possible: wsgi = "shop:create_flask_app()"`},
		},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectRunsWhereItsNeighboursAre(t *testing.T) {
	api := map[string]string{"backend/main.py": "import os\nfrom db import get\n\napp = FastAPI()\n", "backend/db.py": "", "frontend/x.js": ""}
	for _, test := range []projectTest{
		{"by bare names", api, FastAPI, `directory = "backend"; [web]; asgi = "main:app"`, []string{"backend/main.py:2: it imports db, which is in backend, so the app runs there", "backend/main.py:4: app is the FastAPI app"}},
		{"as a package", all(api, map[string]string{"backend/__init__.py": ""}), FastAPI, `[web]; asgi = "backend.main:app"`, nil},
		{"also at the top", all(api, map[string]string{"db.py": ""}), FastAPI, `[web]; asgi = "backend.main:app"`, nil},
		{"alone", map[string]string{"backend/main.py": "app = FastAPI()\n"}, FastAPI, `[web]; asgi = "backend.main:app"`, nil},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithNothingTellsOfFolders(t *testing.T) {
	projectTest{
		"", map[string]string{
			"backend/app/main.py": "app = FastAPI()\n", "backend/app/__init__.py": "", "my study/first.ipynb": "{}", "tests/app/app.py": "app = Flask()\n", "c/d/e/index.html": "",
		}, Unknown, "",
		[]string{"the folder backend holds an app (FastAPI): ecounit init backend", "the folder my study holds an app (Jupyter): ecounit init 'my study'"},
	}.run(t)
}

func TestProjectAmongManyFiles(t *testing.T) {
	files := map[string]string{"zoo/web.py": "app = Flask(__name__)\n"}
	for i := range 2 * maxFolders {
		files[fmt.Sprintf("data%d", i)] = ""
	}
	projectTest{"", files, Flask, `[web]; wsgi = "zoo.web:app"`, nil}.run(t)
}

func TestProjectBuiltForBrowsers(t *testing.T) {
	const (
		vite  = `{"scripts": {"start": "vite", "build": "vite build"}, "devDependencies": {"vite": "5"}}`
		react = `{"scripts": {"start": "react-scripts start", "build": "react-scripts build"}, "dependencies": {"react-scripts": "5"}}`
		rest  = `"--fd", "${FD}", `
	)
	page := "<script src=\"/assets/a.js\"></script>\n"
	for _, test := range []projectTest{
		{
			"by vite", map[string]string{"package.json": vite, "index.html": page, "dist/index.html": page},
			Pages, `[web]; command = ["ecounit", "serve", ` + rest + `"dist"]; prefix = "strip"`,
			[]string{"scripts.start is: vite, a server for development", `dist/index.html:1: /assets/a.js leads out of the app's path: write base: "./" in vite.config.js, and build again`},
		},
		{
			"by react-scripts", map[string]string{"package.json": react, "public/index.html": page, "build/index.html": ""},
			Pages, `[web]; command = ["ecounit", "serve", ` + rest + `"build"]; prefix = "strip"`, nil,
		},
		{
			"not yet", map[string]string{"package.json": react, "public/index.html": page}, Unknown, "",
			[]string{"package.json: react-scripts builds the pages, and they are not there yet: npm run build, then ecounit init"},
		},
		{
			"beside a server", map[string]string{"package.json": `{"scripts": {"start": "node s.js", "build": "vite build"}, "devDependencies": {"vite": "5"}}`, "s.js": "process.env.PORT"},
			Node, `[web]; command = ["node", "s.js"]; prefix = "strip"`, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, below(test.files))
			m.add(t, map[string]string{"/usr/bin/ecounit": elf, "/usr/bin/node": elf})
			test.check(t, m)
			if got := texts(m.Project("/srv/tasks")); strings.Contains(got, "\nindex.html:1") || strings.Contains(got, "also there") {
				t.Errorf("it tells of what is not served:\n%s", got)
			}
		})
	}
}

func TestProjectInNodeNotBuilt(t *testing.T) {
	for _, test := range []projectTest{
		{
			"TypeScript", map[string]string{"package.json": `{"scripts": {"start": "node dist/index.js", "build": "tsc"}}`}, Node,
			`[web]; command = ["node", "dist/index.js"]; prefix = "strip"`, []string{"package.json: dist/index.js is not there yet: npm run build"},
		},
		{
			"through another program", map[string]string{"package.json": `{"scripts": {"start": "nodemon --quiet index.js"}}`, "index.js": "listen(3000)\n"}, Node,
			`[web]; command = ["npm", "start"]; prefix = "strip"`, []string{"index.js: it does not mention process.env.PORT"},
		},
	} {
		t.Run(test.name, test.run)
	}
}

// TestProjectWithPagesAtHome: a page in the home directory is no wish to show
// all of it to everybody.
func TestProjectWithPagesAtHome(t *testing.T) {
	m := system(t, map[string]string{"/home/alice/index.html": ""})
	p := m.Project("/home/alice")
	if wants(t, texts(p), "index.html: this is your home directory"); p.Kind != Unknown || p.Descriptor.Web != nil {
		t.Errorf("%s, %v", p.Kind, p.Descriptor.Web)
	}
}

func TestProjectWithDjangoSettingsOfTheServer(t *testing.T) {
	m := system(t, below(map[string]string{
		"manage.py":          "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.local')\n",
		"config/wsgi.py":     "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.production')\napplication = get_wsgi_application()\n",
		"config/__init__.py": "", "config/settings/__init__.py": "",
		"config/settings/base.py":       "ALLOWED_HOSTS = []\nDEBUG = True\nSTATIC_URL = '/static/'\n",
		"config/settings/local.py":      "DEBUG = True\n",
		"config/settings/production.py": "from .base import *\nDEBUG = False\nif x:\n    DEBUG = True\nALLOWED_HOSTS = ['eco.example.ac.uk']\n",
	}))
	got := texts(m.Project("/srv/tasks"))
	wants(t, got, "config/settings/base.py:3: STATIC_URL leads out")
	if strings.Contains(got, "DEBUG") || strings.Contains(got, "ALLOWED_HOSTS") {
		t.Errorf("settings that the server does not have are complained about:\n%s", got)
	}
}

func TestProjectSaysWhichFrameworkIsMissing(t *testing.T) {
	m := system(t, below(map[string]string{"main.py": "app = FastAPI()\n"}))
	m.add(t, venvAt("/srv/tasks/.venv"))
	wants(t, texts(m.Project("/srv/tasks")), "fastapi is not installed in the virtual environment .venv: /srv/tasks/.venv/bin/python -m pip install fastapi")
	m.add(t, map[string]string{"/srv/tasks/.venv/lib/python3.11/site-packages/fastapi-0.110.0.dist-info/": ""})
	if got := texts(m.Project("/srv/tasks")); strings.Contains(got, "fastapi is not") {
		t.Error(got)
	}
}

func TestProjectWithGolem(t *testing.T) {
	const run = "run_app <- function(...) {\n  shinyApp(ui, server)\n}\n"
	for _, test := range []projectTest{
		{
			"and its app.R", map[string]string{"app.R": "# Launch the ShinyApp\npkgload::load_all()\nstudy::run_app()\n", "R/run_app.R": run}, Shiny,
			`[web]; command = ["Rscript", "-e", "shiny::runApp('.', host = '127.0.0.1', port = ${PORT}, launch.browser = FALSE)"]; prefix = "strip"`,
			[]string{"app.R:3: it is an app of R Shiny"},
		},
		{"alone", map[string]string{"DESCRIPTION": "Package: study\n", "R/run_app.R": run}, Unknown, "", []string{"R/run_app.R: it looks like an app made with golem, without the app.R"}},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithProcfileOfOtherServers(t *testing.T) {
	for _, test := range []projectTest{
		{
			"a port of its own", map[string]string{"Procfile": "web: uvicorn main:app --host=0.0.0.0 --port=${PORT:-5000}\r\n"}, Procfile,
			`[web]; asgi = "main:app"`, nil,
		},
		{
			"in a folder", map[string]string{"Procfile": "web: cd backend && gunicorn app:app\n"}, Procfile,
			`directory = "backend"; [web]; wsgi = "app:app"`, []string{"Procfile:1: cd backend became directory"},
		},
		{
			"in a folder outside", map[string]string{"Procfile": "web: cd ../x && gunicorn app:app\n"}, Procfile,
			`[web]; command = ["sh", "-c", "cd ../x && gunicorn app:app"]`, nil,
		},
		{
			"to everybody through a shell", map[string]string{"Procfile": "web: A=$B run --host 0.0.0.0 --port $PORT\n"}, Procfile,
			`[web]; command = ["sh", "-c", "A=$B run --host 127.0.0.1 --port $PORT"]`, []string{"Procfile:1: 0.0.0.0 became 127.0.0.1"},
		},
		{
			"node", map[string]string{"Procfile": "web: node server.js\n", "package.json": "{}", "server.js": "process.env.PORT"}, Procfile,
			`[web]; command = ["node", "server.js"]; prefix = "strip"`, []string{"no file reads BASE_PATH"},
		},
		{
			"streamlit", map[string]string{"Procfile": "web: streamlit run app.py --server.port=$PORT\n"}, Procfile,
			`[web]; command = ["streamlit", "run", "app.py", "--server.port=${PORT}", "--server.address", "127.0.0.1", "--server.baseUrlPath", "${BASE_PATH}", "--server.headless", "true"]; health = "/_stcore/health"`,
			[]string{"streamlit is not installed in the virtual environment .venv"},
		},
	} {
		t.Run(test.name, test.run)
	}
}
