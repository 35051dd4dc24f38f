package detect

import (
	"os"
	"strings"
	"testing"
)

func TestProjectWithDash(t *testing.T) {
	const (
		simple = "from dash import Dash, html\n\napp = Dash(__name__)\nserver = app.server\n"
		keys   = `[env]; DASH_REQUESTS_PATHNAME_PREFIX = "/alice_tasks/"; [web]; wsgi = "app:server"; path = "/alice_tasks"`
	)
	installed := func(version string) map[string]string {
		return map[string]string{".venv/lib/python3.11/site-packages/dash-" + version + ".dist-info/": ""}
	}
	for _, test := range []projectTest{
		{
			"with its server",
			map[string]string{"app.py": simple},
			Dash, keys,
			[]string{"Dash app app:server, virtual environment .venv", "app.py:4: server is the Dash app", "DASH_REQUESTS_PATHNAME_PREFIX in [env] tells Dash the path"},
		},
		{
			"by its module",
			map[string]string{"app.py": "import dash\nboard = dash.Dash(\n    __name__,\n    title='x'\n)\napplication = board.server  # for gunicorn\n"},
			Dash, strings.Replace(keys, "app:server", "app:application", 1),
			[]string{"app.py:6: application is the Dash app"},
		},
		{
			"without its server",
			map[string]string{"app.py": "import dash\napp = dash.Dash(__name__)\n"},
			Dash, keys,
			[]string{"app.py:2: add the line server = app.server below it"},
		},
		{
			"of 3.1, which can be called", all(map[string]string{"app.py": "import dash\napp = dash.Dash(__name__)\n"}, installed("3.10.1")),
			Dash, strings.Replace(keys, "app:server", "app:app", 1),
			[]string{"app.py:2: app is the Dash app"},
		},
		{
			"of 3.0, which cannot", all(map[string]string{"app.py": "import dash\napp = dash.Dash(__name__)\n"}, installed("3.0.4")), Dash, keys,
			[]string{"app.py:2: add the line server = app.server below it"},
		},
		{
			"within Flask",
			map[string]string{"app.py": "server = Flask(__name__)\napp = Dash(__name__, server=server, suppress_callback_exceptions=True)\n"},
			Dash, keys,
			[]string{"app.py:2: server is the Dash app"},
		},
		{
			"with a path of its own",
			map[string]string{"app.py": "server = Flask(__name__)\napp = Dash(\n  __name__, server=server,\n  url_base_pathname='/dash/')\n"},
			Dash, `[web]; wsgi = "app:server"`,
			[]string{"app.py:2: Dash is told its path here, by url_base_pathname"},
		},
	} {
		t.Run(test.name, test.run)
	}
}

// TestDocumentedDash: docs/frameworks.md shows what init writes.
func TestDocumentedDash(t *testing.T) {
	text, err := os.ReadFile("../docs/frameworks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```toml\n")
	shown, _, _ := strings.Cut(after, "```")
	m := system(t, map[string]string{"/srv/board/app.py": "app = Dash(__name__)\nserver = app.server\n"})
	if got, want := written(t, m.Project("/srv/board")), strings.Join(strings.FieldsFunc(shown, func(r rune) bool { return r == '\n' }), "; "); got != want {
		t.Errorf("init writes %s\nthe page has %s", got, want)
	}
}

func TestProjectWithDjangoSettings(t *testing.T) {
	const manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n"
	files := func(settings string) map[string]string {
		return map[string]string{
			"manage.py": manage, "mysite/__init__.py": "", "mysite/settings.py": settings,
			"mysite/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
		}
	}
	const keys = `[web]; wsgi = "mysite.wsgi:application"`
	for _, test := range []projectTest{
		{
			"as startproject makes them", files("DEBUG = True\n\nALLOWED_HOSTS = []\nMIDDLEWARE = []\nSTATIC_URL = '/static/'\n"), Django, keys,
			[]string{
				"mysite/settings.py:1: DEBUG = True shows", "mysite/settings.py:3: ALLOWED_HOSTS is empty",
				`mysite/settings.py:5: STATIC_URL leads out of the app's path: write STATIC_URL = os.environ.get("BASE_PATH", "") + "/static/"`,
				"mysite/settings.py:5: servers for Python serve no static files",
			},
		},
		{
			"with whitenoise alone", files("MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\nSTATIC_URL = 'static/'\nMEDIA_URL = 'https://cdn.example/'\n"), Django, keys,
			[]string{`mysite/settings.py:2: STATIC_URL leads out`, `mysite/settings.py:2: whitenoise does not know the app's path when it starts: add WHITENOISE_STATIC_PREFIX = "/static/"`},
		},
	} {
		t.Run(test.name, test.run)
	}
	m := system(t, below(files("DEBUG = False\nALLOWED_HOSTS = ['eco.example.ac.uk']\nMIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\nSTATIC_URL = os.environ.get('BASE_PATH', '') + '/static/'\nWHITENOISE_STATIC_PREFIX = '/static/'\n")))
	m.add(t, venvAt("/srv/tasks/.venv"))
	if got := texts(m.Project("/srv/tasks")); strings.Contains(got, "settings.py") {
		t.Errorf("settings that are right are complained about:\n%s", got)
	}
}

func TestProjectWithStreamlit(t *testing.T) {
	const script = "\"\"\"Docs\"\"\"\nimport streamlit as st\nst.title('x')\n"
	command := func(file string) string {
		return `[web]; command = ["streamlit", "run", "` + file + `", "--server.address", "127.0.0.1", "--server.port", "${PORT}", "--server.baseUrlPath", "${BASE_PATH}", "--server.headless", "true"]; health = "/_stcore/health"`
	}
	for _, test := range []projectTest{
		{
			"one script",
			map[string]string{"study.py": script},
			Streamlit, command("study.py"),
			[]string{"Streamlit app study.py, virtual environment .venv", "study.py:2: it imports streamlit", "streamlit is not installed in the virtual environment .venv: /srv/tasks/.venv/bin/python -m pip install streamlit"},
		},
		{
			"with pages and helpers",
			map[string]string{"Home.py": script, "charts.py": "from streamlit import chart\n", "pages/first.py": script, "pages/__init__.py": ""},
			Streamlit, command("Home.py"),
			[]string{"charts.py:1: also possible: charts.py"},
		},
		{"in src", map[string]string{"src/main.py": script}, Streamlit, command("src/main.py"), nil},
		{
			"beside an app that makes itself known",
			map[string]string{"api.py": "app = FastAPI()\n", "app.py": script},
			FastAPI, `[web]; asgi = "api:app"`,
			[]string{"app.py:2: also there, and not taken over: the Streamlit app app.py"},
		},
		{"only mentioned", map[string]string{"x.py": "# import streamlit\ns = 'import streamlit'\ndef f():\n    import streamlit\n"}, Unknown, "", nil},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithJupyter(t *testing.T) {
	command := func(program, class string) string {
		return `[web]; command = ["` + program + `", "--no-browser", "--ip=127.0.0.1", "--port=${PORT}", "--` + class + `.port_retries=0", "--` + class +
			`.base_url=${BASE_PATH}", "--` + class + `.allow_remote_access=True", "--` + class + `.trust_xheaders=True"]; health = "/login"`
	}
	installed := func(names ...string) map[string]string {
		files := map[string]string{"first.ipynb": "{}", "second.ipynb": "{}"}
		for _, name := range names {
			files[".venv/lib/python3.11/site-packages/"+name+".dist-info/"] = ""
		}
		return files
	}
	token := "Jupyter goes on asking for its token: ecounit logs shows it behind ?token="
	for _, test := range []projectTest{
		{
			"nothing installed", installed(), Jupyter, command("jupyter-lab", "ServerApp"),
			[]string{"first.ipynb: it is a notebook, and there is no other app", token, "jupyterlab or notebook is not installed", "-m pip install jupyterlab", "there is no program jupyter-lab"},
		},
		{"JupyterLab", installed("jupyterlab-4.0.1", "notebook-6.4.12"), Jupyter, command("jupyter-lab", "ServerApp"), []string{token}},
		{"Notebook 6", installed("notebook-6.4.12"), Jupyter, command("jupyter-notebook", "NotebookApp"), []string{"Jupyter by jupyter-notebook", "jupyter-notebook password sets a password"}},
		{"Notebook 10", installed("notebook-10.1"), Jupyter, command("jupyter-notebook", "ServerApp"), nil},
		{
			"a configuration that opens it",
			map[string]string{"jupyter_server_config.py": "# c.ServerApp.token = ''\nc.ServerApp.password = 'x'\nc.ServerApp.token = ''\n"},
			Jupyter, command("jupyter-lab", "ServerApp"),
			[]string{"jupyter_server_config.py: it configures Jupyter", "jupyter_server_config.py:3: this switches the token or the password off"},
		},
		{
			"the same as JSON",
			map[string]string{"jupyter_server_config.json": "{\"ServerApp\": {\n \"token\": \"\"}}\n"},
			Jupyter, command("jupyter-lab", "ServerApp"),
			[]string{"jupyter_server_config.json:2: this switches"},
		},
		{"beside an app", map[string]string{"app.py": "app = Flask()\n", "a.ipynb": ""}, Flask, `[web]; wsgi = "app:app"`, []string{"a.ipynb: also there, and not taken over: the notebook a.ipynb"}},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithShiny(t *testing.T) {
	const (
		tail = `"-e", "shiny::runApp('.', host = '127.0.0.1', port = ${PORT}, launch.browser = FALSE)"]; prefix = "strip"`
		keys = `[web]; command = ["Rscript", ` + tail
		app  = "# An app\nlibrary(shiny)\nshinyApp(ui, server)\n"
	)
	for _, test := range []projectTest{
		{
			"app.R",
			map[string]string{"app.R": app, "/../../usr/bin/Rscript": elf},
			Shiny, keys,
			[]string{"R Shiny app app.R, Rscript", "app.R:2: it is an app of R Shiny, whose links are relative", "the package shiny is in none of R's usual libraries"},
		},
		{"two files", map[string]string{"server.R": "function(input, output) {}\n", "ui.R": "fluidPage()\n"}, Shiny, keys, []string{"server.R: it is an app", "there is no program Rscript"}},
		{"a page of one's own", map[string]string{"server.r": "shinyServer(f)\n", "www/index.html": ""}, Shiny, keys, nil},
		{"another program in R", map[string]string{"app.R": "# library(shiny) some day\nprint(1)\n", "server.R": "x\n"}, Unknown, "", nil},
		{
			"R of a conda environment without a Python",
			all(map[string]string{"app.R": app, "environment.yml": "name: stats\n"}, map[string]string{
				"/../../home/alice/miniforge3/envs/stats/conda-meta/": "", "/../../home/alice/miniforge3/envs/stats/bin/Rscript": elf,
				"/../../home/alice/miniforge3/envs/stats/lib/R/library/shiny/DESCRIPTION": "",
			}),
			Shiny, `[web]; command = ["/home/alice/miniforge3/envs/stats/bin/Rscript", ` + tail,
			[]string{"Rscript is in the environment /home/alice/miniforge3/envs/stats, so its path is written"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, below(test.files))
			test.check(t, m)
		})
	}
}

func TestProjectWithPages(t *testing.T) {
	for _, test := range []projectTest{
		{
			"at the top",
			map[string]string{"index.html": "<a href='/x'>\n<img src=\"logo.png\"><form action=\"/\">\n", "/../../usr/bin/ecounit": elf},
			Pages, `[web]; command = ["ecounit", "serve", "--fd", "${FD}"]; prefix = "strip"`,
			[]string{"static pages in /srv/tasks", "index.html: there are pages and no app", "folders are not listed", "index.html:1: /x leads out of the app's path", "index.html:2: / leads out"},
		},
		{
			"what a builder made",
			map[string]string{"_config.yml": "", "_site/index.html": "", "/../../usr/bin/ecounit": elf},
			Pages, `[web]; command = ["ecounit", "serve", "--fd", "${FD}", "_site"]; prefix = "strip"`,
			[]string{"static pages in /srv/tasks/_site"},
		},
		{"beside an app", map[string]string{"app.py": "app = Flask()\n", "index.html": ""}, Flask, `[web]; wsgi = "app:app"`, []string{"index.html: also there, and not taken over: the page index.html"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, below(test.files))
			test.check(t, m)
		})
	}
	m := system(t, below(map[string]string{"index.html": ""}))
	m.add(t, map[string]string{"/home/alice/bin/ecounit": elf})
	m.Path = "/home/alice/bin:/usr/bin"
	wants(t, written(t, m.Project("/srv/tasks")), `command = ["/home/alice/bin/ecounit", "serve", `)
	m.Self = "/opt/bin/ecounit"
	wants(t, written(t, m.Project("/srv/tasks")), `command = ["/opt/bin/ecounit", "serve", `)
}

func TestProjectInNodeFollowsItsPath(t *testing.T) {
	const listens = ".listen(process.env.PORT)\n"
	for _, test := range []projectTest{
		{
			"in the server",
			map[string]string{"package.json": `{"scripts": {"start": "node server.js"}}`, "server.js": "const base = process.env.BASE_PATH\n" + listens},
			Node, `[web]; command = ["node", "server.js"]`,
			[]string{"server.js:1: the app reads its path, so requests keep it"},
		},
		{
			"in another file",
			map[string]string{"package.json": `{"main": "a.js"}`, "a.js": listens, "src/config.ts": "\nexport const { PORT, BASE_PATH = '' } = process.env\n"},
			Node, `[web]; command = ["node", "a.js"]`,
			[]string{"src/config.ts:2: the app reads its path"},
		},
		{
			"not at all",
			map[string]string{"package.json": `{"main": "a.js", "dependencies": {"socket.io": "4"}}`, "a.js": "// BASE_PATH\n" + listens},
			Node, `[web]; command = ["node", "a.js"]; prefix = "strip"`,
			[]string{"no file reads BASE_PATH", "package.json: socket.io's client"},
		},
		{
			"when it is built",
			map[string]string{"package.json": `{"scripts": {"start": "next start -p ${PORT}"}, "dependencies": {"next": "14"}}`},
			Node, `[web]; command = ["npm", "start"]`,
			[]string{"package.json: next builds the path into its pages: write basePath in next.config.js"},
		},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithQuartAndAnOldUvicorn(t *testing.T) {
	quart := map[string]string{"app.py": "app = Quart(__name__)\n"}
	for version, keys := range map[string]string{
		"0.17.6": `[env]; UVICORN_ROOT_PATH = "/alice_tasks"; [web]; asgi = "app:app"; path = "/alice_tasks"; prefix = "keep"`,
		"0.26.0": `[web]; asgi = "app:app"`,
	} {
		projectTest{version, all(quart, map[string]string{".venv/lib/python3.11/site-packages/uvicorn-" + version + ".dist-info/": ""}), Quart, keys, nil}.run(t)
	}
}
