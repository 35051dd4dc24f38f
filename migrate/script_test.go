package migrate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadScript(t *testing.T) {
	const home = "/home/alice"
	for script, want := range map[string]Started{
		"gunicorn app:app":                                    {Argv: []string{"gunicorn", "app:app"}},
		"  exec gunicorn app:app  ":                           {Argv: []string{"gunicorn", "app:app"}},
		"cd ~/tasks && gunicorn app:app":                      {Argv: []string{"gunicorn", "app:app"}, Directory: "/home/alice/tasks"},
		"cd $HOME/tasks; exec gunicorn a:b":                   {Argv: []string{"gunicorn", "a:b"}, Directory: "/home/alice/tasks"},
		"cd '/a b' && x 'c && d' \"e ; f\"":                   {Argv: []string{"x", "c && d", "e ; f"}, Directory: "/a b"},
		". venv/bin/activate && python a.py":                  {Argv: []string{"python", "a.py"}, Activated: "venv"},
		"source /opt/conda/bin/activate psych && python a.py": {Argv: []string{"python", "a.py"}, Conda: "psych"},
		"source ~/miniconda3/etc/profile.d/conda.sh; conda activate psych; exec python a.py": {Argv: []string{"python", "a.py"}, Conda: "psych"},
		"/opt/conda/bin/conda run -n psych --no-capture-output python a.py":                  {Argv: []string{"python", "a.py"}, Conda: "psych"},
		"export A=1 B='x y' && A=2 C= env D=4 nohup setsid ./run > /tmp/log 2>&1 &": {
			Argv: []string{"./run"}, Env: map[string]string{"A": "2", "B": "x y", "C": "", "D": "4"}, Output: "/tmp/log", Overwritten: true, InBackground: true,
		},
		"./run >> ~/log 2>&1 < /dev/null":                 {Argv: []string{"./run"}, Output: "/home/alice/log"},
		"./run &>> log":                                   {Argv: []string{"./run"}, Output: "log"},
		"screen -dmS bot ./run -v":                        {Argv: []string{"./run", "-v"}, InBackground: true},
		"screen -dm ./run":                                {Argv: []string{"./run"}, InBackground: true},
		"screen -S bot -d -m ./run -v":                    {Argv: []string{"./run", "-v"}, InBackground: true},
		"/usr/bin/tmux new -s x -d 'cd b && python a.py'": {Argv: []string{"python", "a.py"}, Directory: "b", InBackground: true},
		"tmux new-session -d -s x ./run -v":               {Argv: []string{"./run", "-v"}, InBackground: true},
		"cd ~/a && bash -c 'cd b; exec ./run > log' &":    {Argv: []string{"./run"}, Directory: "/home/alice/a/b", Output: "log", Overwritten: true, InBackground: true},
		"A=1 B=1 bash -c 'B=2 ./run'":                     {Argv: []string{"./run"}, Env: map[string]string{"A": "1", "B": "2"}},
		"bash -lc 'gunicorn a:b'":                         {Argv: []string{"bash", "-lc", "gunicorn a:b"}},
		"bash -c 'a | b'":                                 {Argv: []string{"bash", "-c", "a | b"}},
		"bash -lc 'conda activate x && ./run'":            {Argv: []string{"./run"}, Conda: "x", Profile: true},
		"source ~/.bashrc; conda activate x; ./run":       {Argv: []string{"./run"}, Conda: "x", Profile: true},
		"cd /a && cd b && . v/bin/activate && ./run":      {Argv: []string{"./run"}, Directory: "/a/b", Activated: "v"},
		"sleep 60 && ./run":                               {Argv: []string{"./run"}, Waits: true},
		`eval "$(/opt/conda/bin/conda shell.bash hook)" && conda activate x && ./run`: {Argv: []string{"./run"}, Conda: "x"},
		"tmux attach":                  {Argv: []string{"tmux", "attach"}},
		"tmux new -s x ./run":          {Argv: []string{"tmux", "new", "-s", "x", "./run"}},
		"nohup":                        {Argv: []string{"nohup"}},
		"conda run -n x --unknown y z": {Argv: []string{"conda", "run", "-n", "x", "--unknown", "y", "z"}, Conda: "x"},
		"env -i ./run":                 {Argv: []string{"env", "-i", "./run"}},
		`printf '%s' "a\"b" c\ d`:      {Argv: []string{"printf", "%s", `a"b`, "c d"}},
	} {
		got, ok := ReadScript(script, home)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); !ok || diff != "" {
			t.Errorf("%s: %v %s", script, ok, diff)
		}
	}
	for _, script := range []string{
		"", " & ", "a | b", "a && b", "source ~/.bashrc && a", `eval "$(a)" && b`, "cd /x", ". v/bin/activate && cd b && c", "cd - && a", "A=1", "A=1 && a", "export A=1", "a $B", "a `b`", "a 2> err", "a < input", "a ${B}",
		"if x; then y; fi", "(a)", "a &&", "'open", "cd a b && c", "cd x && ulimit -n 5", "export A && b", "a || b", "a & b", "env A=b",
	} {
		if got, ok := ReadScript(script, home); ok && script != "a &&" {
			t.Errorf("%q: %+v", script, got)
		}
	}
}

func FuzzReadScript(f *testing.F) {
	f.Add("export A=1 && cd ~/x && . v/bin/activate && nohup ./run > log 2>&1 &")
	f.Add(`screen -dmS a conda run -n b c "d;e" 'f&&g'`)
	f.Fuzz(func(t *testing.T, script string) {
		s, ok := ReadScript(script, "/home/alice")
		if ok && (len(s.Argv) == 0 || s.Argv[0] == "") {
			t.Errorf("%q: %+v", script, s)
		}
		for name := range s.Env {
			if !IsVariable(name) {
				t.Errorf("%q: %+v", script, s)
			}
		}
	})
}
