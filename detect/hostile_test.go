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
			for _, file := range []string{"app.py", "Procfile", "package.json", "pyvenv.cfg", "environment.yml", "src", "manage.py", ".venv"} {
				fifo(t, filepath.Join(dir, file))
			}
			return nil
		},
		"devices": func(t *testing.T, dir string) map[string]string {
			for _, file := range []string{"app.py", "Procfile", "package.json", "environment.yml", "src"} {
				if err := os.Symlink("/dev/zero", filepath.Join(dir, file)); err != nil {
					t.Fatal(err)
				}
			}
			return nil
		},
		"huge files": func(t *testing.T, dir string) map[string]string {
			for _, file := range []string{"app.py", "Procfile", "package.json", "environment.yml"} {
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
			return map[string]string{"app.py/": "", "Procfile/": "", "package.json/": "", "environment.yml/": ""}
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
	fuzzProject(f, "wsgi.py")
}
