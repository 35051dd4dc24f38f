package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/dbusctl"
	"ecounit/plan"
	"ecounit/units"
)

// withJobs is an app with a process and a job of each kind.
func withJobs() *installed {
	oneshot := []byte("[Service]\nType=oneshot\n")
	return newInstalled("a", []units.File{
		{Name: "a-boot.service", Content: []byte("[Service]\nType=oneshot\n[Install]\nWantedBy=default.target\n")},
		{Name: "a-dense.service", Content: oneshot},
		{Name: "a-dense.timer", Content: []byte("[Timer]\nOnCalendar=*:*:0/2\n")},
		{Name: "a-dense@.service", Content: oneshot},
		{Name: "a-n.service", Content: oneshot},
		{Name: "a-n.timer", Content: []byte("[Timer]\nOnCalendar=*-*-13 00:00:00\nOnCalendar=Fri *-*-* 00:00:00\n")},
		{Name: "a-watch.service", Content: oneshot},
		{Name: "a-w.service", Content: []byte("[Service]\nType=exec\n")},
		{Name: "a.target", Content: []byte("[Unit]\nWants=a-w.service a-dense.timer a-n.timer\n")},
	})
}

func TestInstalledJobs(t *testing.T) {
	a := withJobs()
	asWritten(a.jobs, &plan.Plan{Jobs: []plan.Job{{Name: "n", Schedule: "0 0 13 * 5"}}})
	want := []installedJob{
		{"a", "boot", "a-boot.service", "", "", "@reboot"},
		{"a", "dense", "a-dense.service", "a-dense@*.service", "a-dense.timer", "*:*:0/2"},
		{"a", "n", "a-n.service", "", "a-n.timer", "0 0 13 * 5"},
	}
	if !slices.Equal(a.jobs, want) {
		t.Errorf("%+v", a.jobs)
	}
	if got := a.stoppable(); !slices.Equal(got, []string{"a.target", "a-w.service", "a-dense.timer", "a-n.timer", "a-boot.service", "a-dense.service", "a-n.service"}) {
		t.Errorf("to stop: %q", got)
	}
	for process, want := range map[string]string{"n": "a-n.service", "dense": "a-dense.service a-dense@*.service", "w": "a-w.service"} {
		if got, err := a.process(process); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q %v", process, got, err)
		}
	}
	if _, err := a.process("x"); err == nil || hintOf(err) != "its processes are boot, dense, n, w" {
		t.Errorf("%v, %s", err, hintOf(err))
	}
	if got := processName("a", "a-dense@0123456789abcdef0123456789abcdef.service"); got != "dense" {
		t.Error(got)
	}
}

func TestStateOfAnAppWithJobs(t *testing.T) {
	up := map[string]string{"a.target": "active", "a-w.service": "active", "a-n.timer": "active", "a-dense.timer": "active"}
	state := func(a *installed, changes ...string) string {
		states := map[string]string{}
		for name, state := range up {
			states[name] = state
		}
		for i := 0; i < len(changes); i += 2 {
			states[changes[i]] = changes[i+1]
		}
		return a.state(func(unit string) string { return states[unit] })
	}
	alone, boot := withJobs(), withJobs()
	alone.services = nil
	boot.services, boot.timers, boot.jobs = nil, nil, boot.jobs[:1]
	for _, test := range []struct{ got, want string }{
		{state(withJobs()), "active"},
		{state(withJobs(), "a-n.service", "activating"), "active"},
		{state(withJobs(), "a-n.service", "failed"), "degraded"},
		{state(withJobs(), "a-n.timer", "inactive"), "degraded"},
		{state(withJobs(), "a-w.service", "failed", "a-n.service", "failed"), "failed"},
		{state(alone), "active"},
		{state(alone, "a-n.service", "failed"), "degraded"},
		{state(alone, "a-n.timer", "inactive", "a-dense.timer", "inactive"), "inactive"},
		{state(boot), "active"},
		{state(boot, "a.target", "inactive"), "inactive"},
	} {
		if test.got != test.want {
			t.Errorf("%s, want %s", test.got, test.want)
		}
	}
}

func TestProcessesThatAreDoneDoNotCount(t *testing.T) {
	never := []byte("[Service]\nRestart=no\n")
	a := newInstalled("a", []units.File{
		{Name: "a.service", Content: never},
		{Name: "a-once@.service", Content: never},
		{Name: "a.target", Content: []byte("[Unit]\nWants=a.service a-once@1.service\n")},
	})
	once := *a
	once.services = []string{"a-once@1.service"}
	for _, test := range []struct {
		app               *installed
		target, web, once string
		want              string
	}{
		{a, "active", "active", "inactive", "active"},
		{a, "active", "active", "failed", "degraded"},
		{a, "active", "inactive", "active", "degraded"},
		{a, "inactive", "inactive", "inactive", "inactive"},
		{a, "inactive", "active", "inactive", "degraded"},
		{&once, "active", "", "inactive", "inactive"},
		{&once, "inactive", "", "inactive", "inactive"},
	} {
		states := map[string]string{"a.target": test.target, "a.service": test.web, "a-once@1.service": test.once}
		if got := test.app.state(func(unit string) string { return states[unit] }); got != test.want {
			t.Errorf("target %s, web %s, once %s: %s, want %s", test.target, test.web, test.once, got, test.want)
		}
	}
}

func TestHowARunWent(t *testing.T) {
	begin := time.Now().Add(-time.Hour)
	unit := func(active, result string, code, status int) dbusctl.Details {
		return dbusctl.Details{
			Unit: dbusctl.Unit{ActiveState: active}, Started: begin, Ran: 90 * time.Second,
			Deactivated: begin.Add(-time.Minute), // the clock was set back meanwhile
			Result: result, ExecMainCode: code, ExecMainStatus: status,
		}
	}
	for _, test := range []struct {
		details    dbusctl.Details
		want, took string
	}{
		{dbusctl.Details{}, jobNever, "-"},
		{unit("inactive", "success", 1, 0), jobSuccess, "1 min"},
		{unit("failed", "exit-code", 1, 3), jobFailed, "1 min"},
		{unit("failed", "timeout", 2, 15), jobTimedOut, "1 min"},
		{unit("failed", "signal", 2, 9), jobFailed, "1 min"},
		{unit("inactive", "success", 2, 15), jobStopped, "1 min"},
		{unit("inactive", "success", 1, 143), jobStopped, "1 min"},
		{unit("activating", "success", 0, 0), jobRunning, "60 min so far"},
	} {
		j := jobStatus{Result: jobNever}
		j.ofRun(test.details)
		if took := j.took(); j.Result != test.want || took != test.took && test.want != jobRunning {
			t.Errorf("%+v: %s in %s, want %s in %s", test.details, j.Result, took, test.want, test.took)
		}
		if exited := test.details.ExecMainCode == 1; (j.ExitCode != nil) != exited {
			t.Errorf("%+v: exit code %v", test.details, j.ExitCode)
		}
	}
}

func TestHowRunsWentThatOverlap(t *testing.T) {
	for _, test := range []struct {
		states string
		want   string
		runs   int
	}{
		{"", jobSuccess, 0}, {"activating activating", jobRunning, 2}, {"activating failed inactive", jobFailed, 1},
	} {
		j := jobStatus{Result: jobNever}
		j.ofRun(dbusctl.Details{Unit: dbusctl.Unit{ActiveState: "inactive"}, Started: time.Now(), Deactivated: time.Now(), Result: "success", ExecMainCode: 1})
		var runs []dbusctl.Unit
		for _, state := range strings.Fields(test.states) {
			runs = append(runs, dbusctl.Unit{Name: "a-dense@" + state + ".service", ActiveState: state})
		}
		j.failed = "a-dense.service"
		j.ofInstances(runs)
		failed := "a-dense.service"
		if test.want == jobFailed {
			failed = "a-dense@failed.service"
		}
		if j.Result != test.want || j.Runs != test.runs || j.Seconds != nil || j.failed != failed {
			t.Errorf("%s: %+v", test.states, j)
		}
	}
}

func TestWordsAboutAJob(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 30, 0, 0, time.Local)
	for _, test := range []struct {
		job  jobStatus
		want string
	}{
		{jobStatus{Result: jobNever, Schedule: "@daily", Waits: true, Next: &at}, "u: no run since boot, next: 2026-11-23 04:30:00"},
		{jobStatus{Result: jobNever, Schedule: "@reboot"}, "u: no run since boot, next: at the next boot"},
		{jobStatus{Result: jobNever, Started: &at, Waits: true, Next: &at}, "u: not known at 2026-11-23 04:30:00, next: 2026-11-23 04:30:00"},
		{jobStatus{Result: jobSuccess, Started: &at, Seconds: new(3.25)}, "u: success at 2026-11-23 04:30:00, took 3.2 s, next: stopped"},
		{jobStatus{Result: jobFailed, Failure: "exited with status 3", Started: &at, Waits: true}, "u: failed: exited with status 3 at 2026-11-23 04:30:00, next: never"},
		{jobStatus{Result: jobTimedOut, Failure: ofJob("start timed out after 1s"), Waits: true}, "u: failed: timed out after 1s, next: never"},
		{jobStatus{Result: jobRunning, Runs: 2, Waits: true}, "u: 2 running, next: -"},
		{jobStatus{Result: jobRunning, Started: &at, Waits: true, Next: &at}, "u: running since 2026-11-23 04:30:00, next: 2026-11-23 04:30:00"},
	} {
		test.job.Unit = "u"
		if got := test.job.line(); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}
