package detect

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/descriptor"
	"ecounit/templates"
)

// checked reads a project within a second and checks that what init would
// write of it can be read.
func checked(t *testing.T, m Machine, folder string) Project {
	t.Helper()
	var p Project
	soon(t, func() { p = m.Project(folder) })
	text, err := templates.Descriptor(p.Descriptor)
	if err != nil {
		t.Fatal(err)
	}
	if _, report := descriptor.Parse("ecounit.toml", text); p.Kind != Unknown && report.HasErrors() {
		t.Errorf("what init writes is refused: %s\n%s", report.Entries()[0].Message, text)
	}
	if got := texts(p); strings.ContainsAny(got, "\x00\x1b\x07\u202e") {
		t.Errorf("control characters in %q", got)
	}
	return p
}

// readFiles are the files that are looked for by their names.
var readFiles = append([]string{
	"app.py", "Procfile", "package.json", "pyvenv.cfg", "environment.yml", "environment.yaml", "manage.py", "settings.py", "index.html", "first.ipynb", "server.js",
	"app.R", "server.R", "ui.R", "renv.lock", "uv.lock", "poetry.lock", "poetry.toml", "pyproject.toml", "Pipfile",
}, jupyterConfigs...)

func TestProjectOfAnEnemy(t *testing.T) {
	many := func(n int, format, content string) map[string]string {
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf(format, i)] = content
		}
		return files
	}
	for name, lay := range map[string]func(t *testing.T, dir string) map[string]string{
		"FIFOs": func(t *testing.T, dir string) map[string]string {
			for _, file := range append([]string{"src", ".venv", "env", "pages", "templates"}, readFiles...) {
				fifo(t, filepath.Join(dir, file))
			}
			return nil
		},
		"devices": func(t *testing.T, dir string) map[string]string {
			for _, file := range append([]string{"src", ".venv"}, readFiles...) {
				if err := os.Symlink("/dev/zero", filepath.Join(dir, file)); err != nil {
					t.Fatal(err)
				}
			}
			return nil
		},
		"huge files": func(t *testing.T, dir string) map[string]string {
			for _, file := range append([]string{".venv"}, readFiles...) {
				sparse(t, filepath.Join(dir, file), 50<<30)
			}
			return nil
		},
		"loops": func(*testing.T, string) map[string]string {
			return map[string]string{"src": "-> .", "pkg": "-> ..", "app.py": "-> app.py", "Procfile": "-> Procfile", ".venv": "-> .venv"}
		},
		"many folders": func(*testing.T, string) map[string]string { return many(500, "d%d/x.py", "x = 1\n") },
		"many files":   func(*testing.T, string) map[string]string { return many(2000, "f%d.py", "x = 1\n") },
		"large files": func(*testing.T, string) map[string]string {
			return many(100, "f%d.py", strings.Repeat("x = y(\n", 40000))
		},
		"many candidates": func(*testing.T, string) map[string]string {
			return many(100, "f%d.py", strings.Repeat("def create_app(a\n", 16000))
		},
		"one long line": func(*testing.T, string) map[string]string {
			return map[string]string{"app.py": strings.Repeat("app = Flask(\"", 100000)}
		},
		"many quotes": func(*testing.T, string) map[string]string { return many(40, "f%d.py", strings.Repeat("'\"", 130000)) },
		"a long Procfile": func(*testing.T, string) map[string]string {
			return map[string]string{"Procfile": strings.Repeat("a: b $PORT `x`\n", 100000)}
		},
		"deep JSON": func(*testing.T, string) map[string]string {
			return map[string]string{"package.json": strings.Repeat("[", 1<<20)}
		},
		"binary": func(*testing.T, string) map[string]string {
			return map[string]string{"app.py": "\x00\xff\xfe", "Procfile": "web: \xff\x00\x01 $PORT\n"}
		},
		"control signs": func(*testing.T, string) map[string]string {
			return map[string]string{"Procfile": "web: a \x1b[31m\x07 \u202e b\n"}
		},
		"folders in place of files": func(*testing.T, string) map[string]string {
			files := map[string]string{}
			for _, file := range readFiles {
				files[file+"/"] = ""
			}
			return files
		},
		"deep TOML": func(*testing.T, string) map[string]string {
			return map[string]string{"poetry.lock": "", "app.py": "app = Flask()\n", "poetry.toml": "x = " + strings.Repeat("[", 60000), "pyproject.toml": strings.Repeat("[tool.poetry", 20000)}
		},
		"many pages": func(*testing.T, string) map[string]string {
			return all(many(400, "templates/d%d.html", strings.Repeat("<a href='/x' ", 10000)), map[string]string{"index.html": strings.Repeat("href='/", 100000)})
		},
		"many notebooks": func(*testing.T, string) map[string]string { return many(3000, "n%d.ipynb", "") },
		"many scripts": func(*testing.T, string) map[string]string {
			return many(2000, "s%d.js", strings.Repeat("{ BASE_PATH ", 6000))
		},
		"many of Dash": func(*testing.T, string) map[string]string {
			return many(100, "f%d.py", strings.Repeat("app = Dash(server=(\n", 3000))
		},
		"many folders with templates": func(*testing.T, string) map[string]string { return many(600, "d%d/templates/x.html", "<a href='/x'>") },
		"a strange R": func(*testing.T, string) map[string]string {
			return map[string]string{"app.R": strings.Repeat("shin", 100000) + "shiny\n"}
		},
		"strange names": func(*testing.T, string) map[string]string {
			return map[string]string{"\x1b[31m\x07.ipynb": "", "a\u202eb.ipynb": "", "templates/\x1b.html": "<a href='/x'>"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := lay(t, dir)
			Machine{Root: dir}.add(t, files)
			m := Machine{}
			m.User.Home = t.TempDir()
			checked(t, m, dir)
		})
	}
}

func fuzzProject(f *testing.F, file string) {
	root := f.TempDir()
	m := Machine{Root: root}
	m.User.Home = "/home/alice"
	if err := os.Mkdir(filepath.Join(root, "srv"), 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(root, "srv", file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		checked(t, m, "/srv")
	})
}

func FuzzProcfile(f *testing.F) {
	f.Add("web: gunicorn -w 2 -b $PORT app:app\nworker: 'x' \"y\" \\\n")
	f.Add("web: A=b ${X} $(id)\nrelease: x\nwatch:a\n")
	f.Add("web: uvicorn --port")
	fuzzProject(f, Procfile)
}

func FuzzPackageJSON(f *testing.F) {
	f.Add(`{"main": "a.js", "scripts": {"start": "A=b node \"x y\" ${PORT}"}}`)
	f.Add(`{"main": "srv", "scripts": {"start": "\u0000node \ud800"}}`)
	fuzzProject(f, packageFile)
}

func FuzzSource(f *testing.F) {
	f.Add("from flask import Flask\napp = Flask(__name__)\ndef create_app(a, b=c(1)):\n  FastAPI()\n")
	f.Add("'''\n\"\"\"app = Flask(\n#'''\napplication: X = a.b.get_wsgi_application()\nfrom x import y as app\n")
	f.Add("server = Flask()\napp = Dash(__name__, server=server, url_base_pathname='/x/')\napplication = app.server # x\nb = Dash(server=False)\n")
	fuzzProject(f, "wsgi.py")
}

// FuzzFiles takes turns with the files that are looked at for a few lines each.
func FuzzFiles(f *testing.F) {
	root := f.TempDir()
	m := Machine{Root: root}
	m.User.Home = "/home/alice"
	files := []string{"django/settings.py", "streamlit/app.py", "pages/index.html", "shiny/app.R", "jupyter/jupyter_server_config.py"}
	write := func(tb testing.TB, file, text string) {
		tb.Helper()
		at := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	write(f, "django/manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n")
	write(f, "django/wsgi.py", "application = get_wsgi_application()\n")
	f.Add(0, "DEBUG = True\nALLOWED_HOSTS: list = [ ]\nSTATIC_URL = '/static/'\nWHITENOISE_STATIC_PREFIX = 'x'\n")
	f.Add(1, "import streamlit as st\n")
	f.Add(2, "<a href='/x'>\n<FORM ACTION = \"/\">")
	f.Add(3, "library(shiny)\nshinyApp(ui, server)\n")
	f.Add(4, "c.ServerApp.token = ''\nc.NotebookApp.password = u\"\" # x\n")
	f.Fuzz(func(t *testing.T, which int, text string) {
		file := files[uint(which)%uint(len(files))]
		write(t, file, text)
		checked(t, m, "/"+filepath.Dir(file))
	})
}

// FuzzPoetryConfig: what poetry's files say is followed to no more than a path.
func FuzzPoetryConfig(f *testing.F) {
	root := f.TempDir()
	m := Machine{Root: root}
	m.User.Home = "/home/alice"
	f.Add("cache-dir = '/x'\n[virtualenvs]\npath = '{cache-dir}/~'\n", "[x-bK55-28L]\nminor = '3.9'\n")
	f.Add("virtualenvs = 3\n", "x-bK55-28L = 1\n")
	f.Fuzz(func(t *testing.T, config, active string) {
		for file, text := range map[string]string{"srv/tasks/poetry.toml": config, "home/alice/.cache/pypoetry/virtualenvs/envs.toml": active} {
			at := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if folder := m.poetryFolder("/srv/tasks"); !filepath.IsAbs(folder) {
			t.Errorf("%q", folder)
		}
		soon(t, func() { poetry("/srv/tasks", projectFile).environments(m) })
	})
}

func FuzzCompareVersions(f *testing.F) {
	f.Add("3.9", "3.11")
	f.Add("x-py3.", "x-py3")
	f.Fuzz(func(t *testing.T, a, b string) {
		if x, y := compareVersions(a, b), compareVersions(b, a); x < 0 != (y > 0) || a == b && x != 0 {
			t.Errorf("%d %d", x, y)
		}
	})
}
