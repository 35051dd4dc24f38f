package cli

import (
	"strings"
	"testing"
	"time"

	"ecounit/dbusctl"
)

func TestHowARunWent(t *testing.T) {
	begin := time.Now().Add(-time.Hour)
	unit := func(active, result string, code, status int) dbusctl.Details {
		return dbusctl.Details{
			Unit: dbusctl.Unit{ActiveState: active}, Started: begin, Ran: 90 * time.Second,
			Deactivated: begin.Add(-time.Minute), // the clock was set back meanwhile
			Result:      result, ExecMainCode: code, ExecMainStatus: status,
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
