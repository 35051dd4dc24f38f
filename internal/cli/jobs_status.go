package cli

import (
	"context"
	"strings"
	"time"

	"ecounit/apply"
	"ecounit/dbusctl"
	"ecounit/internal/installed"
)

// How the last run of a job went.
const (
	jobNever    = "never" // since the user's manager began; it keeps nothing over a boot
	jobRunning  = "running"
	jobSuccess  = "success"
	jobFailed   = "failed"
	jobTimedOut = "timeout"
	jobStopped  = "stopped"
)

// jobStatus is one job in jobs and status.
type jobStatus struct {
	App      string     `json:"app"`
	Job      string     `json:"job"`
	Unit     string     `json:"unit"`
	Schedule string     `json:"schedule"`
	Result   string     `json:"result"`            // of the last run, or running
	Failure  string     `json:"failure,omitempty"` // why it failed
	ExitCode *int       `json:"exit_code,omitempty"`
	Runs     int        `json:"runs,omitempty"` // under way at once, where that may be
	Started  *time.Time `json:"started,omitempty"`
	Seconds  *float64   `json:"seconds,omitempty"` // that the last run took
	Next     *time.Time `json:"next,omitempty"`
	Waits    bool       `json:"waits"` // for its time: not so while the app is stopped

	failed string // the unit that did
}

func (j jobStatus) broken() bool { return j.Result == jobFailed || j.Result == jobTimedOut }

// state is the word of systemd's for its dot.
func (j jobStatus) state() string {
	switch {
	case j.broken():
		return "failed"
	case j.Result == jobRunning:
		return "activating"
	case j.Waits:
		return "active"
	}
	return "inactive"
}

// jobStatuses asks about many jobs at once.
func (h *home) jobStatuses(ctx context.Context, jobs []installed.Job) ([]jobStatus, error) {
	all := make([]jobStatus, len(jobs))
	var names []string
	for i, j := range jobs {
		all[i] = jobStatus{App: j.App, Job: j.Name, Unit: j.Unit, Schedule: j.Schedule, Result: jobNever}
		names = append(names, j.Unit)
		if j.Timer != "" {
			names = append(names, j.Timer)
		}
	}
	if h.manager == nil {
		return all, nil
	}
	instances, err := h.instances(ctx, jobs)
	if err != nil {
		return nil, err
	}
	details, err := h.manager.DetailsOf(ctx, names...)
	if err != nil {
		return nil, err
	}
	byName := map[string]dbusctl.Details{}
	for _, d := range details {
		byName[d.Name] = d
	}
	for i, j := range jobs {
		s := &all[i]
		s.ofRun(byName[j.Unit])
		s.ofTimer(byName[j.Timer])
		s.failed = j.Unit
		if j.Instances != "" {
			s.ofInstances(instances[j.Unit])
		}
		if s.broken() {
			why, err := h.manager.Failure(ctx, s.failed)
			if err != nil {
				return nil, err
			}
			s.Failure = ofJob(why)
		}
	}
	return all, nil
}

// ofJob puts the reason of a failure in the words of jobs: to systemd, a oneshot
// service starts as long as it runs.
func ofJob(reason string) string { return strings.TrimPrefix(reason, "start ") }

// ofRun is about the last run, or the one under way.
func (j *jobStatus) ofRun(d dbusctl.Details) {
	j.Started = moment(d.Started)
	switch {
	case d.Started.IsZero():
		return
	case d.ActiveState != "inactive" && d.ActiveState != "failed":
		j.Result = jobRunning
		return
	}
	j.Seconds = new(d.Ran.Seconds())
	const exited = 1 // CLD_EXITED
	if d.ExecMainCode == exited {
		j.ExitCode = new(d.ExecMainStatus)
	}
	switch {
	case d.Result == "timeout":
		j.Result = jobTimedOut
	case d.ActiveState == "failed" || d.Result != jobSuccess && d.Result != "":
		j.Result = jobFailed
	case d.ExecMainCode > exited || d.ExecMainStatus == terminated:
		j.Result = jobStopped // SIGTERM is no failure of a job
	default:
		j.Result = jobSuccess
	}
}

// terminated is the status with which shells, npm and Java report SIGTERM.
const terminated = 143

// ofTimer is about the next run. Where runs that were missed are made up for,
// systemd also knows of the last one before the machine booted.
func (j *jobStatus) ofTimer(d dbusctl.Details) {
	j.Waits = d.ActiveState == "active"
	if j.Waits {
		j.Next = moment(d.NextElapse)
	}
	if j.Started == nil && !apply.Unused(d.LastTrigger) {
		j.Started = moment(d.LastTrigger)
	}
}

// ofInstances is about runs that may overlap. What started them has always
// succeeded; systemd forgets a run that succeeded at once, and one that failed
// when the next one starts.
func (j *jobStatus) ofInstances(runs []dbusctl.Unit) {
	j.Seconds, j.ExitCode = nil, nil
	for _, run := range runs {
		switch run.ActiveState {
		case "failed":
			j.Result, j.failed = jobFailed, run.Name
		case "inactive":
		default:
			j.Runs++
		}
	}
	if j.Runs > 0 && !j.broken() {
		j.Result = jobRunning
	}
}

// instances are the runs of jobs of which several may be under way, by the
// unit that started them. It is no call where there are none.
func (h *home) instances(ctx context.Context, jobs []installed.Job) (map[string][]dbusctl.Unit, error) {
	var patterns []string
	for _, j := range jobs {
		if j.Instances != "" {
			patterns = append(patterns, j.Instances)
		}
	}
	found, err := h.manager.UnitsMatching(ctx, patterns...)
	if err != nil {
		return nil, err
	}
	all := map[string][]dbusctl.Unit{}
	for _, u := range found {
		stem, _, _ := strings.Cut(u.Name, "@")
		all[stem+".service"] = append(all[stem+".service"], u)
	}
	return all, nil
}
