package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ecounit/cutover"
	"ecounit/internal/terminal"
)

const oldConf = `[unix_http_server]
file=%(here)s/s.sock
[supervisord]
[program:tasks]
directory=%(here)s/tasks
command=HOME/tasks/.venv/bin/gunicorn --bind 127.0.0.1:8000 app:app
[program:worker]
directory=%(here)s/work
command=/bin/sleep 1000
`

// oldHome is a home of somebody whose crontab is that text; "" is none.
func oldHome(t *testing.T, table string) (*home, *command, *bytes.Buffer) {
	t.Helper()
	h, c := testHome(t)
	said := &bytes.Buffer{}
	c.Streams = terminal.Streams{Out: said, Err: said}
	c.words = []string{"migrate"}
	c.getenv = func(string) string { return "" }
	bin := filepath.Join(t.TempDir(), "bin")
	program := "#!/bin/sh\necho no crontab for alice >&2\nexit 1\n"
	if table != "" {
		write(t, filepath.Join(bin, "table"), strings.ReplaceAll(table, "HOME", h.User.Home))
		program = "#!/bin/sh\ncat " + filepath.Join(bin, "table") + "\n"
	}
	write(t, filepath.Join(bin, "crontab"), program)
	if err := os.Chmod(filepath.Join(bin, "crontab"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for _, name := range []string{"python", "gunicorn"} {
		write(t, filepath.Join(h.User.Home, "tasks/.venv/bin", name), "#!/bin/sh\n")
		if err := os.Chmod(filepath.Join(h.User.Home, "tasks/.venv/bin", name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(h.User.Home, "tasks/.venv/pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.2\n")
	write(t, filepath.Join(h.User.Home, "tasks/.venv/lib/python3.11/site-packages/gunicorn-20.1.0.dist-info/METADATA"), "")
	write(t, filepath.Join(h.User.Home, "tasks/app.py"), "app = None\n")
	if err := os.Mkdir(filepath.Join(h.User.Home, "work"), 0o700); err != nil {
		t.Fatal(err)
	}
	return h, c, said
}

const bootLine = "@reboot supervisord -c HOME/supervisord.conf\n"

func TestMigratePlan(t *testing.T) {
	for _, test := range []struct {
		name, conf, table string
		apps              []string
		accepted          bool
		before            func(t *testing.T, h *home)
		fails             string   // with this, or not at all
		says              []string // the plan, or what is said besides
		not               string
	}{
		{name: "all of a crontab's", conf: oldConf, table: bootLine + "30 4 * * * cd HOME/tasks && /bin/true clean\n", says: []string{
			"tasks        becomes tasks/ecounit.toml", "as tasks (does not run)", "line 2 of the crontab is commented out: 30 4",
			"worker       becomes work/ecounit.toml", "supervisord  does not run now; supervisord.conf stays as it is",
			"line 1 of the crontab is commented out: @reboot",
		}},
		{name: "nothing at all", says: []string{""}},
		{name: "a configuration that nothing starts", conf: oldConf, says: []string{"note         supervisord.conf stays as it is: neither"}, not: "becomes"},
		{name: "one that nothing starts, by name", conf: oldConf, apps: []string{"tasks"}, says: []string{"tasks        becomes tasks/ecounit.toml"}, not: "worker"},
		{name: "apps of one supervisord", conf: oldConf, table: bootLine, apps: []string{"tasks"}, fails: "cannot migrate tasks without worker: one supervisord runs them (supervisord.conf)"},
		{
			name: "one that the other does not need", conf: strings.Replace(oldConf, "[program:worker]\n", "[program:worker]\nautostart=false\n", 1), table: bootLine,
			apps: []string{"tasks"}, says: []string{"tasks        becomes"}, not: "worker  ",
		},
		{
			name: "a program that is off", conf: strings.Replace(oldConf, "[program:worker]\n", "[program:worker]\nautostart=false\n", 1), table: bootLine,
			says: []string{"worker       work/ecounit.toml is written and not enabled"},
		},
		{name: "no such app", conf: oldConf, table: bootLine, apps: []string{"taks"}, fails: `there is no app "taks"`},
		{name: "a file that supervisor refuses", conf: "[program:x]\n", table: bootLine, fails: "the old program would refuse its configuration, too"},
		{name: "a file that is not there", table: bootLine, fails: "supervisord.conf: it does not exist"},
		{
			name: "a line without equivalent", conf: strings.Replace(oldConf, "[program:worker]\n", "[program:worker]\nuser=root\n", 1), table: bootLine,
			fails: "nothing was changed: 1 line has no equivalent", says: []string{"lost         supervisord.conf:8: user"},
		},
		{
			name: "lines without equivalent that leave nothing to do", conf: oldConf + "[eventlistener:x]\ncommand=/bin/true\nevents=TICK_5\n", table: bootLine,
			fails: "nothing was changed: 3 lines have no equivalent", says: []string{"events: [eventlistener:x] is not taken over\n"}, not: "hint: \n",
		},
		{
			name: "a line without equivalent, accepted", conf: strings.Replace(oldConf, "[program:worker]\n", "[program:worker]\nuser=root\n", 1), table: bootLine,
			accepted: true, says: []string{"worker       becomes"},
		},
		{name: "a descriptor that is there", conf: oldConf, table: bootLine + "30 4 * * * cd HOME/tasks && /bin/true clean\n", before: func(t *testing.T, h *home) {
			write(t, filepath.Join(h.User.Home, "tasks/ecounit.toml"), "name = \"tasks\"\n[web]\nwsgi = \"app:app\"\nlisten = 8000\n")
		}, says: []string{"tasks        becomes tasks/ecounit.toml, which is there", "line 2 of the crontab stays: tasks/ecounit.toml has no [job.true]"}},
		{name: "a descriptor with a mistake", conf: oldConf, table: bootLine, before: func(t *testing.T, h *home) {
			write(t, filepath.Join(h.User.Home, "tasks/ecounit.toml"), "name = \"tasks\"\nweb = 1\n")
		}, fails: errMistakes.Error()},
		{name: "the descriptor of another app", conf: oldConf, table: bootLine, before: func(t *testing.T, h *home) {
			write(t, filepath.Join(h.User.Home, "tasks/ecounit.toml"), "name = \"other\"\n[web]\nwsgi = \"app:app\"\n")
		}, fails: "there is the one of another app, other"},
		{name: "a FIFO", table: bootLine, before: func(t *testing.T, h *home) { fifo(t, filepath.Join(h.User.Home, "supervisord.conf")) }, fails: "it is a FIFO"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, c, said := oldHome(t, test.table)
			if test.conf != "" {
				write(t, filepath.Join(h.User.Home, "supervisord.conf"), strings.ReplaceAll(test.conf, "HOME", h.User.Home))
			}
			if test.before != nil {
				test.before(t, h)
			}
			mv, err := planOf(c, h, test.apps, test.accepted)
			if err == nil {
				mv.showPlan(said)
			}
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("%v, want %q", err, test.fails)
			}
			for _, want := range test.says {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q is missing in:\n%s", want, said)
				}
			}
			if test.not != "" && strings.Contains(said.String(), test.not) {
				t.Errorf("%q is in:\n%s", test.not, said)
			}
		})
	}
}

func planOf(c *command, h *home, apps []string, accepted bool) (*migration, error) {
	old, err := c.findOld(context.Background(), h, len(apps) > 0)
	if err != nil {
		return nil, err
	}
	return c.planned(context.Background(), old, apps, false, accepted)
}

func TestUsualVariables(t *testing.T) {
	for name, want := range map[string]bool{
		"HOME": true, "LC_ALL": true, "SUPERVISOR_ENABLED": true, "CONDA_PREFIX": true, "XDG_RUNTIME_DIR": true, "_": true,
		"DATABASE_URL": false, "SECRET_KEY": false, "STUDY": false, "http_proxy": false, "HOMEPAGE": false, "LD_LIBRARY_PATH": false, "PYTHONPATH": false,
	} {
		if got := isUsual(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestUndoStepsAreInTheirOrder(t *testing.T) {
	h, c, _ := oldHome(t, "")
	b := &back{command: c, h: h, record: &cutover.Record{Moves: []cutover.Move{{
		Lines: []string{"@reboot x"},
		Apps: []cutover.App{
			{Name: "one", Enabled: true, Written: "x", Descriptor: filepath.Join(c.workdir, "one/ecounit.toml"), Programs: []cutover.OfDaemon{{Daemon: 0, Name: "one:one"}}},
			{Name: "two", Enabled: true, Was: true, Processes: []cutover.Process{{Argv: []string{"a b"}}}},
		},
		Daemons: []cutover.Daemon{{File: "/s.conf", Process: cutover.Process{Argv: []string{"supervisord"}}}},
	}}}}
	want := "start 'a b'|disable one|start one:one of /s.conf|start supervisord|crontab: @reboot x|remove one/ecounit.toml"
	if got := strings.Join(b.steps(), "|"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func fifo(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSameCommand(t *testing.T) {
	for _, test := range []struct {
		runs, command string
		want          bool
	}{
		{"/usr/bin/python3 -u worker.py", "python3 -u worker.py", true},
		{"/usr/bin/python3 /home/alice/bin/worker --fast", "/home/alice/bin/worker --fast", true},
		{"/usr/bin/python3 -u other.py", "python3 -u worker.py", false},
		{"vi worker.py", "python3 worker.py", false},
		{"worker", "worker --fast", false},
		{"worker", "", false},
	} {
		if got := sameCommand(strings.Fields(test.runs), strings.Fields(test.command)); got != test.want {
			t.Errorf("%q for %q: %t", test.runs, test.command, got)
		}
	}
}

func TestTheShellThatCronStarted(t *testing.T) {
	const line = "cd loop; while true; do python3 worker.py; done &"
	for _, test := range []struct {
		argv []string
		want bool
	}{
		{[]string{"/bin/sh", "-c", line}, true},
		{[]string{"/bin/bash", "-c", line + " "}, true},
		{[]string{"/bin/sh", "-c", "cd loop"}, false},
		{[]string{"/bin/sh", "-c"}, false},
		{[]string{"vi", "-x", line}, false},
	} {
		if got := isShellFor(test.argv, line); got != test.want {
			t.Errorf("%q: %t", test.argv, got)
		}
	}
}

// TestWhatWasNotPutBackIsAlwaysSaid: with --json, too.
func TestWhatWasNotPutBackIsAlwaysSaid(t *testing.T) {
	h, c, said := oldHome(t, "# ecounit migrate 2026-11-23: @daily edited\n")
	b := &back{command: c, h: h, quiet: true}
	move := &cutover.Move{Mark: "# ecounit migrate 2026-11-23: ", Lines: []string{"@daily true"}}
	if err := b.crontab(context.Background(), move); err != nil {
		t.Fatal(err)
	}
	if got := said.String(); !strings.Contains(got, "warning: crontab: this line was edited or deleted meanwhile: @daily true") {
		t.Errorf("%q", got)
	}
}
