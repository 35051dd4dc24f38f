package detect

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ecounit/plan"
)

func TestVenvWhosePythonIsGone(t *testing.T) {
	without := func(files map[string]string, gone string) map[string]string {
		files = maps.Clone(files)
		delete(files, gone)
		return files
	}
	good := venvAt("/srv/.venv")
	const uvPython = "/home/alice/.local/share/uv/python/cpython-3.12-linux/bin"
	for _, test := range []struct {
		name          string
		files         map[string]string
		problem, hint string
	}{
		{"good", good, "", ""},
		{
			"a removed Python", all(good, map[string]string{"/srv/.venv/bin/python3": "-> /usr/bin/python3.9"}),
			"the virtual environment .venv was made with /usr/bin/python3.9, which is gone", "python3 -m venv --clear /srv/.venv, then install its packages again",
		},
		{
			"with requirements", all(good, map[string]string{"/srv/.venv/bin/python3": "-> /usr/bin/python3.9", "/srv/requirements.txt": ""}),
			"which is gone", "python3 -m venv --clear /srv/.venv && /srv/.venv/bin/python -m pip install -r /srv/requirements.txt",
		},
		{"of uv", all(good, map[string]string{
			"/srv/.venv/pyvenv.cfg": "home = " + uvPython + "\nimplementation = CPython\nuv = 0.5.1\nversion_info = 3.12.3\n",
			"/srv/.venv/bin/python": "-> " + uvPython + "/python3.12", "/srv/requirements.txt": "",
		}), "was made with " + uvPython + "/python3.12, which is gone", "uv venv /srv/.venv && uv pip install --python /srv/.venv -r /srv/requirements.txt"},
		{
			"the Python was updated", all(good, map[string]string{"/srv/.venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.9.2\n"}),
			"the virtual environment .venv was made for Python 3.9, but /usr/bin/python3.11 is Python 3.11 now", "--clear",
		},
		{
			"a copy whose home is gone", all(good, map[string]string{"/srv/.venv/bin/python": elf, "/srv/.venv/pyvenv.cfg": "home = /opt/python/bin\nversion = 3.11.1\n"}),
			"the virtual environment .venv was made with the Python in /opt/python/bin, which is gone", "--clear",
		},
		{"only python3", without(good, "/srv/.venv/bin/python"), "", ""},
		{
			"no Python at all", without(without(good, "/srv/.venv/bin/python"), "/srv/.venv/bin/python3"),
			"the virtual environment .venv has no /srv/.venv/bin/python", "--clear",
		},
		{"a link within that leads nowhere", without(good, "/srv/.venv/bin/python3"), "the virtual environment .venv has no /srv/.venv/bin/python", "--clear"},
		{"an empty configuration", all(good, map[string]string{"/srv/.venv/pyvenv.cfg": ""}), "", ""},
		{"a strange configuration", all(good, map[string]string{"/srv/.venv/pyvenv.cfg": "\x00=\n===\nhome=\nversion=3\n"}), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, test.files)
			got := m.python(plan.PythonNeed{Modules: wsgi}, place{directory: "/srv", home: "/srv"})
			if (got.Problem == "") != (test.problem == "") || got.Kind != plan.VirtualEnvironment || got.Prefix != "/srv/.venv" {
				t.Errorf("got %+v", got)
			}
			wants(t, got.Problem, test.problem)
			wants(t, got.Hint, test.hint)
			if got.Problem == "" && got.Modules["gunicorn"] != "20.1.0" {
				t.Errorf("modules: %v", got.Modules)
			}
			if test.name == "only python3" && got.Path != "/srv/.venv/bin/python3" {
				t.Errorf("path: %s", got.Path)
			}
		})
	}
}

func TestModules(t *testing.T) {
	const local, venv = "/home/alice/.local/lib/python3.11/site-packages/", "/srv/.venv/"
	names := []string{"gunicorn", "uvicorn", "Flask_SQLAlchemy"}
	for _, test := range []struct {
		name  string
		files map[string]string
		venv  bool
		want  map[string]string
	}{
		{
			"Debian's packages",
			map[string]string{"/usr/lib/python3/dist-packages/gunicorn-20.1.0.egg-info/": "", "/usr/lib/python3/dist-packages/uvicorn-0.17.6.dist-info/": ""},
			false,
			map[string]string{"gunicorn": "20.1.0", "uvicorn": "0.17.6"},
		},
		{"pip as root on Debian", map[string]string{"/usr/local/lib/python3.11/dist-packages/uvicorn-0.30.1.dist-info/": ""}, false, map[string]string{"uvicorn": "0.30.1"}},
		{
			"RHEL",
			map[string]string{"/usr/lib64/python3.11/site-packages/uvicorn-0.30.1.dist-info/": "", "/usr/lib/python3.11/site-packages/gunicorn-20.1.0-py3.11.egg-info": ""},
			false,
			map[string]string{"gunicorn": "20.1.0", "uvicorn": "0.30.1"},
		},
		{
			"the user's own come first",
			map[string]string{local + "gunicorn-21.2.0.dist-info/": "", "/usr/lib/python3/dist-packages/gunicorn-20.1.0.egg-info/": ""},
			false,
			map[string]string{"gunicorn": "21.2.0"},
		},
		{"another Python's", map[string]string{"/home/alice/.local/lib/python3.9/site-packages/gunicorn-21.2.0.dist-info/": ""}, false, map[string]string{}},
		{
			"names in any form",
			map[string]string{local + "flask.sqlalchemy-3.1.dist-info/": "", local + "GUNICORN.egg-info": ""},
			false,
			map[string]string{"Flask_SQLAlchemy": "3.1", "gunicorn": "unknown"},
		},
		{"what only looks alike", map[string]string{
			local + "~unicorn-1.dist-info/": "", local + "gunicorn/": "", local + "gunicorn-stubs-1.0.dist-info/": "",
			local + ".dist-info/": "", local + "-1.dist-info/": "", local + "gunicorn-.txt": "",
		}, false, map[string]string{}},
		{"a venv is closed", all(venvAt("/srv/.venv"), map[string]string{local + "uvicorn-1.dist-info/": ""}), true, map[string]string{"gunicorn": "20.1.0"}},
		{"a venv that is open", all(venvAt("/srv/.venv"), map[string]string{
			venv + "pyvenv.cfg":            "home = /usr/bin\nInclude-System-Site-Packages = True\nversion = 3.11.2\n",
			local + "uvicorn-1.dist-info/": "", "/usr/lib/python3/dist-packages/gunicorn-1.0.egg-info/": "",
		}), true, map[string]string{"gunicorn": "20.1.0", "uvicorn": "1"}},
		{"lib64", all(venvAt("/srv/.venv"), map[string]string{venv + "lib64/python3.11/site-packages/uvicorn-2.dist-info/": ""}), true, map[string]string{"gunicorn": "20.1.0", "uvicorn": "2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, test.files)
			got := m.python(plan.PythonNeed{Modules: names}, place{directory: "/srv", home: "/srv"})
			if got.Problem != "" || (got.Kind == plan.VirtualEnvironment) != test.venv || !maps.Equal(got.Modules, test.want) {
				t.Errorf("got %+v, want %v", got, test.want)
			}
		})
	}
}

func TestRealVenv(t *testing.T) {
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, "-m", "venv", "--without-pip", filepath.Join(dir, ".venv")).CombinedOutput(); err != nil {
		t.Skipf("cannot make a venv: %s", out)
	}
	m, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, ".venv/bin/tool")
	if err := os.WriteFile(script, []byte("#!"+dir+"/.venv/bin/python3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	need := plan.Needs{Directory: ".", Programs: []string{"python", "tool"}, Python: &plan.PythonNeed{}}
	facts := m.Facts(need, Known{Descriptor: filepath.Join(dir, "ecounit.toml")})
	if py := facts.Python; py.Problem != "" || py.Path != filepath.Join(dir, ".venv/bin/python") {
		t.Errorf("got %+v", py)
	}
	for i, name := range need.Programs {
		if got := facts.Programs[i]; got.Problem != "" || got.Path != filepath.Join(dir, ".venv/bin", name) {
			t.Errorf("got %+v", got)
		}
	}
	link := filepath.Join(dir, ".venv/bin/python3")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/usr/bin/python3.5", link); err != nil {
		t.Fatal(err)
	}
	facts = m.Facts(need, Known{Descriptor: filepath.Join(dir, "ecounit.toml")})
	wants(t, facts.Python.Problem, "the virtual environment .venv was made with /usr/bin/python3.5, which is gone")
	wants(t, facts.Programs[0].Problem, "which is gone")
	wants(t, facts.Programs[1].Problem, "it needs "+dir+"/.venv/bin/python3: it is a link to /usr/bin/python3.5, which does not exist")
}

func FuzzVenvConfig(f *testing.F) {
	f.Add("home = /usr/bin\nversion = 3.11\ninclude-system-site-packages = true\n")
	f.Add("version_info = ..\nhome = ../../..\n")
	m := Machine{Root: f.TempDir(), User: plan.User{Home: "/home/alice"}}
	f.Fuzz(func(_ *testing.T, text string) {
		settings := parseVenvConfig(text)
		m.venvProblem("/srv/.venv/bin/python", ".venv", settings)
		m.modules(m.venvSites("/srv/.venv", settings), wsgi)
	})
}
