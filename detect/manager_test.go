package detect

import (
	"strings"
	"testing"

	"ecounit/plan"
)

// TestHashed: the names that poetry 1.3.2 and pipenv 2022.12.19 gave to the
// environments of a project in /srv/tasks.
func TestHashed(t *testing.T) {
	if got := hashed("/srv/tasks"); got != "bK55-28L" {
		t.Errorf("poetry: %s", got)
	}
	if got := hashed("/srv/tasks/Pipfile"); got != "VBEx6K5L" {
		t.Errorf("pipenv: %s", got)
	}
}

func TestProjectTakesTheEnvironmentOfItsManager(t *testing.T) {
	app := below(map[string]string{"app.py": "app = Flask(__name__)\n"})
	const (
		poetryVenvs = "/home/alice/.cache/pypoetry/virtualenvs"
		pipenvVenvs = "/home/alice/.local/share/virtualenvs"
		web         = `[web]; wsgi = "app:app"`
	)
	venv := func(path string) string { return `[python]; venv = "` + path + `"; ` + web }
	poetryProject := below(map[string]string{"pyproject.toml": "[tool.poetry]\nname = 'My_Tasks'\n"})
	pipenvProject := below(map[string]string{"Pipfile": "[packages]\n"})
	uvProject := below(map[string]string{"uv.lock": "", "pyproject.toml": "[project]\n"})
	bare := func(prefix string) map[string]string {
		files := venvAt(prefix)
		delete(files, prefix+"/"+packages)
		return files
	}
	for _, test := range []struct {
		name      string
		files     map[string]string
		variables map[string]string
		keys      string
		findings  []string
	}{
		{
			"poetry", all(poetryProject, venvAt(poetryVenvs+"/my-tasks-bK55-28L-py3.11"), venvAt(poetryVenvs+"/my-tasks-AAAAAAAA-py3.12")), nil,
			venv("~/.cache/pypoetry/virtualenvs/my-tasks-bK55-28L-py3.11"),
			[]string{"pyproject.toml: poetry keeps the project's environment in ~/.cache/pypoetry/virtualenvs/my-tasks-bK55-28L-py3.11"},
		},
		{
			"poetry, of several the newest", all(poetryProject, venvAt(poetryVenvs+"/x-bK55-28L-py3.9"), venvAt(poetryVenvs+"/x-bK55-28L-py3.11")), nil,
			venv("~/.cache/pypoetry/virtualenvs/x-bK55-28L-py3.11"), nil,
		},
		{
			"poetry, the one that was chosen",
			all(poetryProject, venvAt(poetryVenvs+"/x-bK55-28L-py3.9"), venvAt(poetryVenvs+"/x-bK55-28L-py3.11"),
				map[string]string{poetryVenvs + "/envs.toml": "[y-AAAAAAAA]\nminor = '3.11'\n[x-bK55-28L]\nminor = '3.9'\npatch = '3.9.1'\n"}), nil,
			venv("~/.cache/pypoetry/virtualenvs/x-bK55-28L-py3.9"), nil,
		},
		{
			"poetry, elsewhere by its configuration",
			all(poetryProject, venvAt("/data/envs/x-bK55-28L-py3.11"), map[string]string{"/home/alice/.config/pypoetry/config.toml": "[virtualenvs]\npath = '/data/envs'\n"}), nil,
			venv("/data/envs/x-bK55-28L-py3.11"), nil,
		},
		{
			"poetry, elsewhere by the project",
			all(poetryProject, venvAt("/big/virtualenvs/x-bK55-28L-py3.11"), below(map[string]string{"poetry.toml": "cache-dir = '/big'\n"})), nil,
			venv("/big/virtualenvs/x-bK55-28L-py3.11"), nil,
		},
		{
			"poetry, elsewhere by a variable", all(poetryProject, venvAt("/v/x-bK55-28L-py3.11")),
			map[string]string{"POETRY_VIRTUALENVS_PATH": "/v"},
			venv("/v/x-bK55-28L-py3.11"), nil,
		},
		{"poetry, in the project", all(poetryProject, venvAt("/srv/tasks/.venv"), venvAt(poetryVenvs+"/x-bK55-28L-py3.11")), nil, web, []string{"virtual environment .venv"}},
		{
			"poetry, without an environment", poetryProject, nil, web,
			[]string{"pyproject.toml: poetry looks after the packages, but there is no environment of this project yet: poetry install", "gunicorn is not installed in the interpreter /usr/bin/python3: poetry add gunicorn"},
		},
		{"poetry, by its lock", all(below(map[string]string{"poetry.lock": ""}), bare(poetryVenvs+"/x-bK55-28L-py3.11")), nil, venv("~/.cache/pypoetry/virtualenvs/x-bK55-28L-py3.11"), []string{": poetry add gunicorn"}},
		{"pipenv", all(pipenvProject, bare(pipenvVenvs+"/tasks-VBEx6K5L"), venvAt(pipenvVenvs+"/tasks-AAAAAAAA")), nil, venv("~/.local/share/virtualenvs/tasks-VBEx6K5L"), []string{"Pipfile: pipenv keeps", ": pipenv install gunicorn"}},
		{"pipenv, with a Python", all(pipenvProject, venvAt(pipenvVenvs+"/tasks-VBEx6K5L-3.11")), nil, venv("~/.local/share/virtualenvs/tasks-VBEx6K5L-3.11"), nil},
		{"pipenv, elsewhere", all(pipenvProject, venvAt("/data/venvs/tasks-VBEx6K5L")), map[string]string{"WORKON_HOME": "/data/venvs"}, venv("/data/venvs/tasks-VBEx6K5L"), nil},
		{"pipenv, by a name of its own", all(pipenvProject, venvAt(pipenvVenvs+"/mine")), map[string]string{"PIPENV_CUSTOM_VENV_NAME": "mine"}, venv("~/.local/share/virtualenvs/mine"), nil},
		{"pipenv, by a file", all(pipenvProject, venvAt(pipenvVenvs+"/named"), below(map[string]string{".venv": "named\n"})), nil, venv("~/.local/share/virtualenvs/named"), nil},
		{"pipenv, by a file with a path", all(pipenvProject, venvAt("/srv/tasks/my/env"), below(map[string]string{".venv": "my/env\n"})), nil, venv("/srv/tasks/my/env"), nil},
		{"pipenv, in the project", all(pipenvProject, venvAt("/srv/tasks/.venv"), venvAt(pipenvVenvs+"/tasks-VBEx6K5L")), nil, web, nil},
		{"pipenv, without an environment", pipenvProject, nil, web, []string{"Pipfile: pipenv looks after the packages", ": pipenv install gunicorn"}},
		{"uv", all(uvProject, bare("/srv/tasks/.venv")), nil, web, []string{": uv add gunicorn"}},
		{"uv, elsewhere", all(uvProject, venvAt("/srv/tasks/.venv"), venvAt("/data/env")), map[string]string{"UV_PROJECT_ENVIRONMENT": "/data/env"}, venv("/data/env"), []string{"uv.lock: uv keeps the project's environment in /data/env"}},
		{"uv, elsewhere in the project", all(uvProject, venvAt("/srv/tasks/other")), map[string]string{"UV_PROJECT_ENVIRONMENT": "other"}, venv("/srv/tasks/other"), nil},
		{"uv, without an environment", uvProject, nil, web, []string{"uv looks after the packages, but there is no environment of this project yet: uv sync"}},
		{"made by uv, in no project", all(bare("/srv/tasks/.venv"), map[string]string{"/srv/tasks/.venv/pyvenv.cfg": config + "uv = 0.5\n"}), nil, web, []string{"uv pip install --python /srv/tasks/.venv gunicorn"}},
		{"a venv called env", venvAt("/srv/tasks/env"), nil, venv("env"), []string{"env: the environment is in the project's folder"}},
		{
			"an environment that a file names, before one in the project", all(venvAt("/srv/tasks/env"), condaAt("/home/alice/miniforge3/envs/psych"), below(map[string]string{"environment.yml": "name: psych\n"})), nil,
			`[python]; conda = "psych"; ` + web, nil,
		},
		{"conda in the project", condaAt("/srv/tasks/envs"), nil, `[python]; conda = "./envs"; ` + web, []string{"conda environment ./envs"}},
		{
			"conda by its prefix", all(condaAt("/data/conda/psych"), below(map[string]string{"environment.yml": "dependencies: []\nprefix: /data/conda/psych\n"})), nil,
			`[python]; conda = "/data/conda/psych"; ` + web,
			[]string{"environment.yml: it names the prefix"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, all(app, test.files))
			m.Variables = test.variables
			p := m.Project("/srv/tasks")
			if got := written(t, p); got != test.keys {
				t.Errorf("got  %s\nwant %s\n%s", got, test.keys, texts(p))
			}
			wants(t, texts(p), test.findings...)
			sameAtEnable(t, m, p)
		})
	}
}

// sameAtEnable: enable finds the Python that init spoke of.
func sameAtEnable(t *testing.T, m Machine, p Project) {
	t.Helper()
	d := p.Descriptor
	facts := m.Facts(plan.NeedsOf(d), Known{Descriptor: "/srv/tasks/ecounit.toml"})
	if facts.Python == nil || facts.Python.Path != p.Python.Path || facts.Python.Problem != "" {
		t.Errorf("init found %+v, enable %+v", p.Python, facts.Python)
	}
}

func TestPoetryFollowsTheLinksOfTheFolder(t *testing.T) {
	m := system(t, all(venvAt("/home/alice/.cache/pypoetry/virtualenvs/x-bK55-28L-py3.11"), below(map[string]string{"app.py": "app = Flask()\n", "poetry.lock": ""}),
		map[string]string{"/home/alice/tasks": "-> /srv/tasks"}))
	if got := texts(m.Project("/home/alice/tasks")); !strings.Contains(got, "x-bK55-28L-py3.11") {
		t.Error(got)
	}
}

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	for _, pair := range [][2]string{{"3.9", "3.11"}, {"x-py3.9", "x-py3.11"}, {"", "3.1"}, {"2.18.1", "3.1"}, {"3.0.4", "3.1"}, {"3.1", "3.1.0"}, {"3.1", "3.01.1"}, {"unknown", "unknowns"}} {
		if compareVersions(pair[0], pair[1]) >= 0 || compareVersions(pair[1], pair[0]) <= 0 || compareVersions(pair[0], pair[0]) != 0 {
			t.Error(pair)
		}
	}
}
