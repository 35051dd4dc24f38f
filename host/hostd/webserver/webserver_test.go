package webserver

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/dbusctl"
	"ecounit/host"
)

// fakeJobs answers for one unit.
type fakeJobs struct {
	unit, said string
	err        error
}

func (f fakeJobs) Run(_ context.Context, unit, _ string) (string, error) {
	if unit != f.unit {
		return "", errors.New("started " + unit + ", want " + f.unit)
	}
	return f.said, f.err
}

func (f fakeJobs) Reload(context.Context, string) error           { return f.err }
func (f fakeJobs) Active(context.Context, string) (bool, error)   { return true, f.err }
func (f fakeJobs) Processes(context.Context, string) (int, error) { return 3, f.err }

func TestTestTellsMistakesFromFailures(t *testing.T) {
	failed := &dbusctl.JobError{Verb: "start", Unit: testUnit, Result: "failed", Reason: "exited with status 1"}
	for name, test := range map[string]struct {
		jobs     fakeJobs
		mistakes string
		fails    bool
	}{
		"in order":         {jobs: fakeJobs{said: "Syntax OK"}},
		"a mistake":        {jobs: fakeJobs{said: "AH00526: Syntax error", err: failed}, mistakes: "AH00526: Syntax error"},
		"nothing was said": {jobs: fakeJobs{err: failed}, fails: true},
		"timed out":        {jobs: fakeJobs{said: "x", err: &dbusctl.JobError{Result: "timeout"}}, fails: true},
		"no systemd":       {jobs: fakeJobs{said: "x", err: dbusctl.ErrLost}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			test.jobs.unit = testUnit
			mistakes, err := Server{Jobs: test.jobs}.Test(t.Context())
			if mistakes != test.mistakes || (err != nil) != test.fails {
				t.Errorf("got %q, %v", mistakes, err)
			}
		})
	}
}

func TestListener(t *testing.T) {
	for said, want := range map[string]struct {
		uid              int
		listening, fails bool
	}{
		"1000": {1000, true, false}, "nobody": {}, "": {fails: true}, "x": {fails: true},
	} {
		s := Server{Jobs: fakeJobs{unit: "ecounit-probe@port-8001.service", said: said}}
		uid, listening, err := s.Listener(t.Context(), 8001)
		if uid != want.uid || listening != want.listening || (err != nil) != want.fails {
			t.Errorf("%q: %d, %v, %v", said, uid, listening, err)
		}
	}
}

func TestProbeSaysWhatTheProbeSaid(t *testing.T) {
	s := Server{Jobs: fakeJobs{unit: "ecounit-probe@generation-18446744073709551615.service", said: "it does not answer", err: errors.New("failed")}}
	if err := s.Probe(t.Context(), 1<<64-1); err == nil || err.Error() != "it does not answer" {
		t.Errorf("got %v", err)
	}
}

// As printed by httpd 2.4.62 on Debian 12.
const description = `VirtualHost configuration:
ServerRoot: "/etc/apache2"
Main DocumentRoot: "/var/www/html"
Define: DUMP_RUN_CFG
User: name="www-data" id=33
Group: name="www-data" id=33
Loaded Modules:
 core_module (static)
 alias_module (shared)
 proxy_http_module (shared)
`

func TestDescribe(t *testing.T) {
	s := Server{Jobs: fakeJobs{unit: describeUnit, said: description}}
	d, err := s.Describe(t.Context())
	if err != nil || d.GID != 33 || !slices.Equal(d.Modules, []string{"core", "alias", "proxy_http"}) {
		t.Errorf("got %+v, %v", d, err)
	}
	for _, text := range []string{"", "Group: name=\"root\" id=0", "Group: name=\"x\" id=99999999999999999999"} {
		if d, err := parseDescription(text); err == nil {
			t.Errorf("%q: %+v", text, d)
		}
	}
}

func TestDescribeCommand(t *testing.T) {
	for dir, want := range map[string]string{"/etc/httpd": "/usr/sbin/httpd -t", "/etc/apache2": "/usr/sbin/apachectl -t"} {
		if got := strings.Join(DescribeCommand(host.Apache{Dir: dir}), " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", dir, got)
		}
	}
}

// Debian's apachectl is a script: ended in time, it leaves behind what it runs.
func TestWhatHangsIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	script := "sleep 300 & echo $! > " + dir + "/new && mv " + dir + "/new " + dir + "/pid && wait"
	t.Cleanup(func() {
		text, _ := os.ReadFile(dir + "/pid")
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := run(ctx, []string{"/bin/sh", "-c", script})
		ended <- err
	}()
	for {
		if _, err := os.Stat(dir + "/pid"); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for what the script ran")
	}
}

func TestGroupIsRemembered(t *testing.T) {
	dir := t.TempDir()
	if gid, err := KnownGroup(dir); err == nil {
		t.Errorf("got %d before it was known", gid)
	}
	for _, want := range []int{33, 48, 48} {
		if err := RememberGroup(dir, want); err != nil {
			t.Fatal(err)
		}
		if got, err := KnownGroup(dir); got != want || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "x"} {
		if err := os.WriteFile(groupFile(dir), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := KnownGroup(dir); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}
