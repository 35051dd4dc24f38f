package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNeedsOf(t *testing.T) {
	port := func(n int) PortNeed { return PortNeed{Wanted: true, Number: n} }
	for name, c := range map[string]struct {
		text string
		want Needs
	}{
		"wsgi": {wsgi, Needs{
			Python: &PythonNeed{Modules: []string{"gunicorn"}}, Port: port(0),
		}},
		"asgi with an environment": {"name='tasks'\npython.venv='.venv'\nweb.asgi='main'", Needs{
			Python: &PythonNeed{Venv: ".venv", Modules: []string{"uvicorn"}}, Port: port(0),
		}},
		"a command": {"name='tasks'\nweb.command='node server.js'", Needs{
			Programs: []string{"node"}, Python: &PythonNeed{Optional: true}, Port: port(0),
		}},
		"a command with an environment": {"name='tasks'\npython.conda='x'\nweb.command='node server.js'", Needs{
			Programs: []string{"node"}, Python: &PythonNeed{Conda: "x"}, Port: port(0),
		}},
		"a python command": {"name='tasks'\nweb.command='python3 server.py'", Needs{
			Programs: []string{"python3"}, Python: &PythonNeed{}, Port: port(0),
		}},
		"a fixed port":      {"name='tasks'\nweb.wsgi='a'\nweb.listen=8000", Needs{Python: &PythonNeed{Modules: []string{"gunicorn"}}, Port: port(8000)}},
		"only a socket":     {"name='tasks'\nweb.wsgi='a'\nweb.listen='socket'", Needs{Python: &PythonNeed{Modules: []string{"gunicorn"}}}},
		"an interpreter":    {"name='tasks'\npython.interpreter='/usr/bin/python3'\nprocess.a.command='a'", Needs{Programs: []string{"a"}, Python: &PythonNeed{Interpreter: "/usr/bin/python3"}}},
		"files and folders": {"name='tasks'\ndirectory='src'\nenv_files=['b','a']\nweb.command='/bin/a'", Needs{Directory: "src", EnvFiles: []string{"b", "a"}, Programs: []string{"/bin/a"}, Python: &PythonNeed{Optional: true}, Port: port(0)}},
		"each program once": {"name='tasks'\n[process]\nc.command='z'\nb.command='a x'\na.command=['z','y']\nd.command='./m'", Needs{
			Programs: []string{"./m", "a", "z"}, Python: &PythonNeed{Optional: true},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := parse(t, c.text)
			c.want.App = "tasks"
			for range 20 {
				if diff := cmp.Diff(c.want, NeedsOf(d)); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}
