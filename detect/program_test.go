package detect

import (
	"os"
	"path/filepath"
	"testing"

	"ecounit/plan"
)

func TestProgram(t *testing.T) {
	m := fake(t, map[string]string{
		"/usr/bin/node": elf, "/bin/sh": elf, "/usr/bin/env": elf, "/usr/bin/only-usr": elf,
		"/usr/local/bin/node": elf, "/home/alice/.local/bin/tool": elf, "/env/bin/tool": elf,
		"/home/alice/.nvm/bin/nvmnode": elf,
		"/srv/bin/run":                 "#!/bin/sh\n", "/srv/start": "#!/bin/sh\n", "/srv/clean.py": "print()\n", "/srv/dir/": "",
		"/srv/bin/gone":          "#!/home/alice/miniconda3/envs/old/bin/python\nimport x\n",
		"/srv/bin/env-ok":        "#!/usr/bin/env node\n",
		"/srv/bin/env-split":     "#!/usr/bin/env -S A=1 node --flag\n",
		"/srv/bin/env-missing":   "#!/usr/bin/env deno\n",
		"/srv/bin/env-of-prefix": "#!/usr/bin/env tool\n",
		"/srv/bin/windows":       "#!/bin/sh\r\necho\r\n",
		"/srv/bin/text":          "echo hello\n",
		"/srv/bin/nameless":      "#!  \n",
		"/srv/bin/relative":      "#!python3\n",
		"/srv/bin/link":          "-> run", "/srv/bin/dangling": "-> /opt/x/bin/run", "/srv/bin/circle": "-> circle",
		"/srv/bin/broken-interpreter-link": "#!/srv/bin/dangling\n",
	})
	m.Path = "/home/alice/.nvm/bin:/usr/bin::relative"
	fifo(t, filepath.Join(m.Root, "srv/bin/fifo"))
	python := &plan.Interpreter{Path: "/env/bin/python", Prefix: "/env", Problem: "it is broken", Hint: "mend it"}
	for _, test := range []struct{ written, path, problem, hint string }{
		{"/usr/bin/node", "/usr/bin/node", "", ""},
		{"node", "/usr/local/bin/node", "", ""},
		{"only-usr", "/usr/bin/only-usr", "", ""},
		{"sh", "/bin/sh", "", ""},
		{"tool", "/env/bin/tool", "", ""},
		{"~/.local/bin/tool", "/home/alice/.local/bin/tool", "", ""},
		{"bin/run", "/srv/bin/run", "", ""},
		{"./bin/../bin/run", "/srv/bin/run", "", ""},
		{"bin/link", "/srv/bin/link", "", ""},
		{"python", "/env/bin/python", "it is broken", "mend it"},
		{"python3", "/env/bin/python", "it is broken", "mend it"},
		{"nope", "nope", "there is no program nope in /env/bin, /home/alice/.local/bin, /usr/local/bin, /usr/bin, /bin", ""},
		{"nvmnode", "nvmnode", "there is no program nvmnode in ", "your shell finds it elsewhere; write its path: /home/alice/.nvm/bin/nvmnode"},
		{"start", "start", "there is no program start in ", "for the file in the app's own folder write ./start"},
		{"./start", "/srv/start", "cannot run /srv/start: it is not executable", "chmod +x /srv/start"},
		{"./clean.py", "/srv/clean.py", "cannot run /srv/clean.py: it is not executable", "write python in front of it"},
		{"./dir", "/srv/dir", "cannot run /srv/dir: it is a directory", ""},
		{"bin/fifo", "/srv/bin/fifo", "cannot run /srv/bin/fifo: it is a FIFO", ""},
		{"bin/missing", "/srv/bin/missing", "cannot run /srv/bin/missing: it does not exist", ""},
		{"bin/dangling", "/srv/bin/dangling", "it is a link to /opt/x/bin/run, which does not exist", ""},
		{"bin/circle", "/srv/bin/circle", "its symbolic links lead in a circle", ""},
		{"bin/gone", "/srv/bin/gone", "it needs /home/alice/miniconda3/envs/old/bin/python: it does not exist", "install the package it is part of again"},
		{"bin/broken-interpreter-link", "/srv/bin/broken-interpreter-link", "it needs /srv/bin/dangling: it is a link to /opt/x/bin/run, which does not exist", "install"},
		{"bin/env-ok", "/srv/bin/env-ok", "", ""},
		{"bin/env-split", "/srv/bin/env-split", "", ""},
		{"bin/env-of-prefix", "/srv/bin/env-of-prefix", "", ""},
		{"bin/env-missing", "/srv/bin/env-missing", "cannot run /srv/bin/env-missing: it needs deno, which is not in /env/bin, ", ""},
		{"bin/windows", "/srv/bin/windows", "its lines end as on Windows", `sed -i 's/\r$//' /srv/bin/windows`},
		{"bin/text", "/srv/bin/text", "it is a text without a #! line", "#!/bin/sh"},
		{"bin/nameless", "/srv/bin/nameless", "its #! line names no program", ""},
		{"bin/relative", "/srv/bin/relative", "its #! line must name an absolute path, not python3", ""},
	} {
		soon(t, func() {
			got := m.program(test.written, "/srv", python)
			if got.Path != test.path || (got.Problem == "") != (test.problem == "") {
				t.Errorf("%s: got %+v", test.written, got)
			}
			wants(t, got.Problem, test.problem)
			wants(t, got.Hint, test.hint)
		})
	}
	if got := m.program("tool", "/srv", nil); got.Path != "/home/alice/.local/bin/tool" {
		t.Errorf("without an environment: %+v", got)
	}
	if got := m.program("python", "/srv", nil); got.Problem == "" {
		t.Errorf("without any Python: %+v", got)
	}
}

func TestProgramThatMayNotBeRun(t *testing.T) {
	if !ordinary(t) {
		return
	}
	m := fake(t, map[string]string{"/srv/bin/mine": elf, "/srv/bin/secret": elf, "/usr/bin/tool": elf, "/usr/local/bin/tool": elf})
	for path, mode := range map[string]os.FileMode{"srv/bin/mine": 0o600, "srv/bin/secret": 0o111, "usr/local/bin/tool": 0o644} {
		if err := os.Chmod(filepath.Join(m.Root, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	for written, problem := range map[string]string{
		"bin/mine":   "cannot run /srv/bin/mine: it is not executable",
		"bin/secret": "", // a program may be run without being read
		"tool":       "",
	} {
		if got := m.program(written, "/srv", nil); got.Problem != problem {
			t.Errorf("%s: got %+v", written, got)
		}
	}
	if got := m.program("tool", "/srv", nil); got.Path != "/usr/bin/tool" {
		t.Errorf("one that is not executable hides another: %+v", got)
	}
	if err := os.Chmod(filepath.Join(m.Root, "srv"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(filepath.Join(m.Root, "srv"), 0o700) }()
	if got := m.directory("/srv"); got.Problem != "cannot use the directory /srv: permission denied" {
		t.Errorf("got %+v", got)
	}
}

func TestDirectory(t *testing.T) {
	m := fake(t, map[string]string{"/srv/app/": "", "/srv/file": "", "/srv/link": "-> app", "/srv/gone": "-> away"})
	for path, problem := range map[string]string{
		"/srv/app": "", "/srv/link": "",
		"/srv/file":     "/srv/file is not a directory",
		"/srv/missing":  "cannot use the directory /srv/missing: it does not exist",
		"/srv/file/sub": "cannot use the directory /srv/file/sub: a part of its path is not a directory",
		"/srv/gone":     "cannot use the directory /srv/gone: it is a link to /srv/away, which does not exist",
	} {
		if got := m.directory(path); got.Problem != problem || got.Path != path {
			t.Errorf("%s: got %+v, want %q", path, got, problem)
		}
	}
}
