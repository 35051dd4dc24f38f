package detect

import (
	"strings"
	"testing"
)

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
	m.add(t, map[string]string{"/srv/poetry/app.py": "app = Flask()\n", "/srv/poetry/poetry.lock": ""})
	if got := texts(m.Project("/srv/poetry")); !strings.Contains(got, "poetry install") || strings.Contains(got, "poetry add flask") {
		t.Errorf("an environment that is not made yet: %s", got)
	}
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
			"and its app.R",
			map[string]string{"app.R": "# Launch the ShinyApp\npkgload::load_all()\nstudy::run_app()\n", "R/run_app.R": run},
			Shiny,
			`[web]; command = ["Rscript", "-e", "shiny::runApp('.', host = '127.0.0.1', port = ${PORT}, launch.browser = FALSE)"]; prefix = "strip"`,
			[]string{"app.R:3: it is an app of R Shiny"},
		},
		{"alone", map[string]string{"DESCRIPTION": "Package: study\n", "R/run_app.R": run}, Unknown, "", []string{"R/run_app.R: it looks like an app made with golem, without the app.R"}},
	} {
		t.Run(test.name, test.run)
	}
}
