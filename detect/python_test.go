package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/plan"
)

var wsgi = []string{"gunicorn"}

const (
	packages = "lib/python3.11/site-packages/gunicorn-20.1.0.dist-info/"
	config   = "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n"
)

// system is a machine with a Python 3.11 and the given files.
func system(t *testing.T, files map[string]string) Machine {
	m := fake(t, map[string]string{"/usr/bin/python3": "-> python3.11", "/usr/bin/python3.11": elf})
	m.add(t, files)
	return m
}

func venvAt(prefix string) map[string]string {
	return map[string]string{
		prefix + "/pyvenv.cfg": config, prefix + "/bin/python": "-> python3", prefix + "/bin/python3": "-> /usr/bin/python3.11",
		prefix + "/" + packages: "",
	}
}

func condaAt(prefix string) map[string]string {
	return map[string]string{
		prefix + "/conda-meta/": "", prefix + "/bin/python": "-> python3.11", prefix + "/bin/python3.11": elf,
		prefix + "/" + packages: "", prefix + "/lib/python3.1": "-> python3.11",
	}
}

func all(sets ...map[string]string) map[string]string {
	files := map[string]string{}
	for _, set := range sets {
		for path, content := range set {
			files[path] = content
		}
	}
	return files
}

func TestPythonIsSearchedInOrder(t *testing.T) {
	const home = "/home/alice"
	yml := func(name string) map[string]string {
		return map[string]string{"/srv/environment.yml": "# env\nchannels: [x]\nname: " + name + "  # mine\ndependencies:\n  - name: no\n"}
	}
	everything := all(venvAt("/srv/.venv"), venvAt("/srv/venv"), condaAt("/srv/.pixi/envs/default"), yml("named"),
		condaAt(home+"/miniconda3/envs/named"), condaAt(home+"/miniconda3/envs/tasks"))
	without := func(prefixes ...string) map[string]string {
		files := all(everything)
		for path := range files {
			for _, prefix := range prefixes {
				if len(path) > len(prefix) && path[:len(prefix)+1] == prefix+"/" {
					delete(files, path)
				}
			}
		}
		return files
	}
	version := map[string]string{"gunicorn": "20.1.0"}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  plan.Interpreter
	}{
		{".venv", everything, plan.Interpreter{Path: "/srv/.venv/bin/python", Kind: plan.VirtualEnvironment, Name: ".venv", Prefix: "/srv/.venv", Modules: version}},
		{"venv", without("/srv/.venv"), plan.Interpreter{Path: "/srv/venv/bin/python", Kind: plan.VirtualEnvironment, Name: "venv", Prefix: "/srv/venv", Modules: version}},
		{"pixi", without("/srv/.venv", "/srv/venv"), plan.Interpreter{Path: "/srv/.pixi/envs/default/bin/python", Kind: plan.CondaEnvironment, Name: ".pixi/envs/default", Prefix: "/srv/.pixi/envs/default", Modules: version}},
		{"environment.yml", without("/srv/.venv", "/srv/venv", "/srv/.pixi"), plan.Interpreter{Path: home + "/miniconda3/envs/named/bin/python", Kind: plan.CondaEnvironment, Name: "named", Prefix: home + "/miniconda3/envs/named", Modules: version}},
		{"the app's name", without("/srv/.venv", "/srv/venv", "/srv/.pixi", home+"/miniconda3/envs/named"), plan.Interpreter{Path: home + "/miniconda3/envs/tasks/bin/python", Kind: plan.CondaEnvironment, Name: "tasks", Prefix: home + "/miniconda3/envs/tasks", Modules: version}},
		{"the system's", nil, plan.Interpreter{Path: "/usr/bin/python3", Kind: plan.PlainInterpreter, Name: "/usr/bin/python3", Modules: map[string]string{}}},
		{"a folder venv that is none", map[string]string{"/srv/venv/x.py": "", "/srv/.venv": "a file"}, plan.Interpreter{Path: "/usr/bin/python3", Kind: plan.PlainInterpreter, Name: "/usr/bin/python3", Modules: map[string]string{}}},
		{"beside the descriptor", venvAt("/etc/app/.venv"), plan.Interpreter{Path: "/etc/app/.venv/bin/python", Kind: plan.VirtualEnvironment, Name: ".venv", Prefix: "/etc/app/.venv", Modules: version}},
		{"environment.yml names base", all(yml("base"), condaAt(home+"/miniconda3")), plan.Interpreter{Path: home + "/miniconda3/bin/python", Kind: plan.CondaEnvironment, Name: "base", Prefix: home + "/miniconda3", Modules: version}},
		{"environment.yml names one that is gone", yml("named"), plan.Interpreter{
			Kind: plan.CondaEnvironment, Name: "named",
			Problem: "environment.yml names the conda environment named, which is not there (looked in /home/alice/.conda/environments.txt)",
			Hint:    "conda env create -f /srv/environment.yml",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := system(t, test.files)
			at := place{app: "tasks", directory: "/srv", home: "/etc/app"}
			if diff := cmp.Diff(&test.want, m.python(plan.PythonNeed{Modules: wsgi}, at)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPythonThatIsOptional(t *testing.T) {
	at := place{app: "tasks", directory: "/srv", home: "/srv"}
	if got := system(t, nil).python(plan.PythonNeed{Optional: true}, at); got != nil {
		t.Errorf("got %+v", got)
	}
	if got := system(t, venvAt("/srv/venv")).python(plan.PythonNeed{Optional: true}, at); got == nil || got.Prefix != "/srv/venv" {
		t.Errorf("got %+v", got)
	}
	if got := fake(t, nil).python(plan.PythonNeed{}, at); got.Problem == "" || got.Hint == "" {
		t.Errorf("without any Python: got %+v", got)
	}
}

func TestPythonAskedFor(t *testing.T) {
	const conda = "/home/alice/miniconda3/envs/"
	m := system(t, all(venvAt("/srv/env"), venvAt("/srv/.venv"), condaAt(conda+"flasktasks"), condaAt(conda+"other"), condaAt("/data/prefix"),
		condaAt("/opt/miniforge3"), condaAt("/scratch/envs/far"), condaAt("/home/alice/mamba/envs/m"),
		map[string]string{
			"/home/alice/.conda/environments.txt": "/scratch/envs/far\n/gone/envs/x\n\nrelative\n" + conda + "flasktasks\n",
			"/usr/local/bin/python3.12":           elf, "/home/alice/.pyenv/shims/python3": "#!/usr/bin/env bash\n", "/usr/bin/env": elf, "/usr/bin/bash": elf,
			conda + "empty/conda-meta/": "",
		}))
	m.MambaRoot = "/home/alice/mamba"
	for _, test := range []struct {
		need             plan.PythonNeed
		path, kind, name string
		problem, hint    string
	}{
		{plan.PythonNeed{Conda: "flasktasks"}, conda + "flasktasks/bin/python", plan.CondaEnvironment, "flasktasks", "", ""},
		{plan.PythonNeed{Conda: "far"}, "/scratch/envs/far/bin/python", plan.CondaEnvironment, "far", "", ""},
		{plan.PythonNeed{Conda: "m"}, "/home/alice/mamba/envs/m/bin/python", plan.CondaEnvironment, "m", "", ""},
		{plan.PythonNeed{Conda: "base"}, "/opt/miniforge3/bin/python", plan.CondaEnvironment, "base", "", ""},
		{plan.PythonNeed{Conda: "/data/prefix/"}, "/data/prefix/bin/python", plan.CondaEnvironment, "/data/prefix/", "", ""},
		{plan.PythonNeed{Conda: "../data/prefix"}, "/data/prefix/bin/python", plan.CondaEnvironment, "../data/prefix", "", ""},
		{plan.PythonNeed{Conda: "~/miniconda3/envs/other"}, conda + "other/bin/python", plan.CondaEnvironment, "~/miniconda3/envs/other", "", ""},
		{plan.PythonNeed{Conda: "/srv/env"}, "/srv/env/bin/python", plan.CondaEnvironment, "/srv/env", "/srv/env is not a conda environment: there is no conda-meta in it", "conda create -p /srv/env python"},
		{
			plan.PythonNeed{Conda: "flasktask"},
			"", plan.CondaEnvironment, "flasktask",
			"there is no conda environment flasktask (looked in /home/alice/miniconda3/envs, /home/alice/mamba/envs, /home/alice/.conda/environments.txt)",
			"there are: flasktasks, base, empty, far, m, other",
		},
		{plan.PythonNeed{Conda: "empty"}, conda + "empty/bin/python", plan.CondaEnvironment, "empty", "the conda environment empty has no Python: ", "conda install -p " + conda + "empty python"},
		{plan.PythonNeed{Venv: "env"}, "/srv/env/bin/python", plan.VirtualEnvironment, "env", "", ""},
		{plan.PythonNeed{Venv: "/srv/env"}, "/srv/env/bin/python", plan.VirtualEnvironment, "/srv/env", "", ""},
		{plan.PythonNeed{Venv: "envs"}, "/srv/envs/bin/python", plan.VirtualEnvironment, "envs", "there is no virtual environment /srv/envs (pyvenv.cfg: it does not exist)", "there are: env, .venv"},
		{plan.PythonNeed{Venv: "/data/x"}, "/data/x/bin/python", plan.VirtualEnvironment, "/data/x", "there is no virtual environment /data/x ", "python3 -m venv /data/x"},
		{plan.PythonNeed{Interpreter: "/usr/bin/python3"}, "/usr/bin/python3", plan.PlainInterpreter, "/usr/bin/python3", "", ""},
		{plan.PythonNeed{Interpreter: "python3.12"}, "/usr/local/bin/python3.12", plan.PlainInterpreter, "/usr/local/bin/python3.12", "", ""},
		{plan.PythonNeed{Interpreter: "env/bin/python3"}, "/srv/env/bin/python3", plan.VirtualEnvironment, "/srv/env", "", ""},
		{plan.PythonNeed{Interpreter: conda + "other/bin/python3.11"}, conda + "other/bin/python3.11", plan.CondaEnvironment, conda + "other", "", ""},
		{plan.PythonNeed{Interpreter: "python3.9"}, "python3.9", plan.PlainInterpreter, "python3.9", "there is no program python3.9 in ", ""},
		{plan.PythonNeed{Interpreter: "/usr/bin/python3.9"}, "/usr/bin/python3.9", plan.PlainInterpreter, "/usr/bin/python3.9", "cannot run /usr/bin/python3.9: it does not exist", ""},
		{plan.PythonNeed{Interpreter: "~/.pyenv/shims/python3"}, "/home/alice/.pyenv/shims/python3", plan.PlainInterpreter, "/home/alice/.pyenv/shims/python3", "is a script that chooses a Python", "name the Python itself"},
	} {
		got := m.python(test.need, place{app: "tasks", directory: "/srv", home: "/srv"})
		if got.Path != test.path || got.Kind != test.kind || got.Name != test.name || (got.Problem == "") != (test.problem == "") {
			t.Errorf("%+v: got %+v", test.need, got)
		}
		wants(t, got.Problem, test.problem)
		wants(t, got.Hint, test.hint)
	}
	empty := system(t, nil).python(plan.PythonNeed{Conda: "x"}, place{directory: "/srv", home: "/srv"})
	if empty.Hint != "conda create -n x python" {
		t.Errorf("without any environment: %+v", empty)
	}
}
