package detect

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/plan"
)

func TestFacts(t *testing.T) {
	m := system(t, all(venvAt("/home/alice/tasks/.venv"), map[string]string{
		"/home/alice/tasks/code/.env": "A=1\n", "/home/alice/tasks/code/run": "", "/usr/bin/node": elf,
		"/proc/net/tcp": socketTable(t),
	}))
	m.User.UID = os.Getuid()
	systemd := plan.Systemd{Version: 252, CgroupV2: true}
	first, _ := Known{}.portRange(m.User.UID)
	got := m.Facts(plan.Needs{
		App: "tasks", Directory: "code", EnvFiles: []string{".env", "/etc/gone"}, Programs: []string{"node", "python"},
		Python: &plan.PythonNeed{Modules: wsgi}, Port: plan.PortNeed{Wanted: true},
	}, Known{Descriptor: "/home/alice/tasks/ecounit.toml", Systemd: systemd, TakenPorts: map[int]string{first: "other"}})
	want := plan.Facts{
		User: m.User, Systemd: systemd, Descriptor: "/home/alice/tasks/ecounit.toml",
		Directory: plan.File{Path: "/home/alice/tasks/code"},
		EnvFiles: []plan.File{
			{Path: "/home/alice/tasks/code/.env", Exposed: "everyone"},
			{Path: "/etc/gone", Problem: "cannot read /etc/gone: it does not exist", Hint: "make it with lines NAME=value, or take it out of env_files"},
		},
		Python: &plan.Interpreter{
			Path: "/home/alice/tasks/.venv/bin/python", Kind: plan.VirtualEnvironment, Name: ".venv",
			Prefix: "/home/alice/tasks/.venv", Modules: map[string]string{"gunicorn": "20.1.0"},
		},
		Programs: []plan.File{{Path: "/usr/bin/node"}, {Path: "/home/alice/tasks/.venv/bin/python"}},
		Port:     plan.Port{Number: first + 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A folder is what it is, whatever stands in the files that are looked for.
func TestFactsOfNothing(t *testing.T) {
	got := fake(t, nil).Facts(plan.Needs{}, Known{Descriptor: "/srv/ecounit.toml"})
	if got.Directory.Path != "/srv" || got.Directory.Problem == "" || got.Python != nil || got.Port != (plan.Port{}) || len(got.Programs)+len(got.EnvFiles) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestResolve(t *testing.T) {
	m := fake(t, map[string]string{
		"/a/b/file": "", "/abs": "-> /a/b", "/rel": "-> a/b", "/a/up": "-> ../abs/file", "/out": "-> ../../../../a", "/loop": "-> /loop",
		"/chain": "-> /abs/../b/./file", "/gone": "-> /nowhere/at/all",
	})
	for path, want := range map[string]string{
		"/": "/", "/a/b/file": "/a/b/file", "/abs/file": "/a/b/file", "/rel/file": "/a/b/file", "/a/up": "/a/b/file",
		"/out/b": "/a/b", "/abs/../b": "/a/b", "/chain": "/a/b/file", "/gone": "/nowhere/at/all", "/x/../a": "/a", "//a//b/": "/a/b",
	} {
		if got := m.resolve(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	soon(t, func() { m.resolve("/loop/x") })
}
