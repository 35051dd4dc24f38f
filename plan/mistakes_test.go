package plan

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/report"
)

func messages(r report.Report) (all []string) {
	for _, e := range r.Entries() {
		all = append(all, string(e.Severity)+": "+e.Message)
	}
	return all
}

func has(r report.Report, part string) bool {
	return slices.ContainsFunc(messages(r), func(m string) bool { return strings.Contains(m, part) })
}

// DESIGN 3: "must not be readable by others, or a warning".
func TestAnExposedEnvFileIsAWarning(t *testing.T) {
	_, r := build(t, "name='tasks'\nenv_files=['a']\nweb.wsgi='app'", func(f *Facts) { f.EnvFiles[0].Exposed = "everybody" })
	if r.HasErrors() || r.Count(report.Warning) != 1 {
		t.Error(messages(r))
	}
}

// DESIGN 3: "a missing or moved one is named".
func TestAMissingPythonIsNamed(t *testing.T) {
	missing := func(f *Facts) { f.Python = &Interpreter{Problem: "there is no conda environment x"} }
	for _, text := range []string{
		"name='tasks'\npython.conda='x'\nweb.command='node a'",
		"name='tasks'\npython.conda='x'\nprocess.a.command='a'",
	} {
		if _, r := build(t, text, missing); !has(r, "there is no conda environment x") {
			t.Errorf("%s: %q", text, messages(r))
		}
	}
}

func TestAProgramWithAPlaceholderIsPinned(t *testing.T) {
	text := "name='tasks'\nweb.command='./${NAME} x'"
	p, r := build(t, text, func(f *Facts) { f.Programs = []File{{Path: "/home/alice/app/tasks"}} })
	if got := p.Services[0].Argv[0]; got != "/home/alice/app/tasks" {
		t.Errorf("%s is not absolute; %q", got, messages(r))
	}
}

func TestAPlaceholderIsComplainedAboutOnce(t *testing.T) {
	for _, text := range []string{"name='tasks'\nweb.command='a ${X} ${X}'", "name='tasks'\nweb={command='a ${PORT} ${PORT}', listen='socket'}"} {
		if _, r := build(t, text); len(r.Entries()) != 1 {
			t.Errorf("%s: %q", text, messages(r))
		}
	}
}

func TestNoAddressIsOneMistake(t *testing.T) {
	_, r := build(t, "name='tasks'\nweb.command='a ${PORT}'", func(f *Facts) { f.Port = Port{Problem: "no port is free"} })
	if len(r.Entries()) != 1 {
		t.Errorf("%q", messages(r))
	}
	_, r = build(t, "name='tasks'\nweb={command='a ${SOCKET}', listen='socket'}", noSockets)
	if len(r.Entries()) != 1 {
		t.Errorf("%q", messages(r))
	}
}

// systemd resets RestartMaxDelaySec= where it is shorter than RestartSec=.
func TestTheDelayIsNotAboveMaxDelay(t *testing.T) {
	p, _ := build(t, wsgi+"[restart]\nmax_delay='500ms'", systemd(257))
	if p.Restart.Delay > p.Restart.MaxDelay || p.Restart.MaxDelay != 500*time.Millisecond {
		t.Error(p.Restart)
	}
}

// The hint says to write web.path, and with it the same error comes again.
func TestTheHintAboutAUserNameHelps(t *testing.T) {
	_, r := build(t, wsgi+"path='/x'", userName("Alice"))
	for _, e := range r.Entries() {
		if strings.Contains(e.Hint, "write path") {
			t.Errorf("%s (hint: %s)", e.Message, e.Hint)
		}
	}
}

// DESIGN 3: every mistake is reported at once.
func TestABadUserNameIsToldBesideOtherMistakes(t *testing.T) {
	_, r := build(t, wsgi, userName("Alice"), func(f *Facts) { f.Directory.Problem = "is missing" })
	if !has(r, "Alice") {
		t.Errorf("%q", messages(r))
	}
}

// With listen = "socket" the command must be told where.
func TestASocketIsInTheEnvironment(t *testing.T) {
	p, _ := build(t, "name='tasks'\nweb={command='node server.js', listen='socket'}")
	if want := (Variable{"SOCKET", p.Web.Site.Socket}); !slices.Contains(p.Services[0].Environment, want) {
		t.Errorf("%v is nowhere in %+v", want, p.Services[0])
	}
}

// uvicorn takes a factory as main:make with --factory, not as main:make().
func TestAnASGIFactory(t *testing.T) {
	p, r := build(t, "name='tasks'\nweb.asgi='main:make()'")
	if argv := p.Services[0].Argv; !r.HasErrors() && slices.Contains(argv, "main:make()") {
		t.Error(argv)
	}
}

func TestAModuleOfUnknownVersionIsInstalled(t *testing.T) {
	_, r := build(t, wsgi, func(f *Facts) { f.Python.Modules = map[string]string{"gunicorn": ""} })
	if len(r.Entries()) > 0 {
		t.Errorf("%q", messages(r))
	}
}

func TestAPythonThatWasNotLookedForIsNoEmptyProgram(t *testing.T) {
	p, r := build(t, wsgi, func(f *Facts) { f.Python = nil })
	if !r.HasErrors() {
		t.Errorf("%q", p.Services[0].Argv)
	}
}

func TestHintsOfAProcessDoNotSpeakOfListen(t *testing.T) {
	_, r := build(t, wsgi+"[process.a]\ncommand='a ${PORT}'")
	for _, e := range r.Entries() {
		if strings.Contains(e.Hint, "listen") || strings.Contains(e.Hint, "${FD}") {
			t.Errorf("%s (hint: %s)", e.Message, e.Hint)
		}
	}
}

// Only the first word's place is known; in a list each word has its own.
func TestAPlaceholderInAListHasItsPlace(t *testing.T) {
	_, r := build(t, "name='tasks'\nweb.command=['a',\n'b',\n'${X}']")
	if got := r.Entries()[0].Line; got != 4 {
		t.Errorf("line %d", got)
	}
}

// Names within the plan's JSON are written_so, and its lists are never null.
func TestTheJSONFormIsOfOneKind(t *testing.T) {
	p, _ := build(t, wsgi, controllers())
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, odd := range []string{`"Owner"`, `"WebSocket"`, "null"} {
		if strings.Contains(string(text), odd) {
			t.Errorf("%s is in %s", odd, text)
		}
	}
}

// Package detect answers "python" with the interpreter's own problem.
func TestAMissingPythonIsToldOnce(t *testing.T) {
	_, r := build(t, wsgi+"[process.a]\ncommand='python a.py'", func(f *Facts) {
		f.Python = &Interpreter{Problem: "there is no conda environment x"}
		f.Programs = []File{{Problem: f.Python.Problem}}
	})
	if len(r.Entries()) != 1 {
		t.Errorf("%q", messages(r))
	}
}

func TestAMissingSendmailIsAMistakeAtMail(t *testing.T) {
	text := "name='tasks'\nprocess.a.command='/bin/a'\n[on_failure]\nmail='alice'"
	missing := func(f *Facts) {
		f.Programs[slices.Index(NeedsOf(parse(t, text)).Programs, Sendmail)].Problem = "cannot run /usr/sbin/sendmail: it does not exist"
	}
	_, r := build(t, text, missing)
	want := []string{"error: `on_failure.mail`: no mail can be sent from here: cannot run /usr/sbin/sendmail: it does not exist"}
	if got := messages(r); !slices.Equal(got, want) || r.Entries()[0].Line != 4 {
		t.Errorf("got %q in line %d", got, r.Entries()[0].Line)
	}
}
