package units

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"ecounit/plan"
)

const (
	// accuracy: cron starts its jobs in the first second of a minute, too. The
	// default of a minute would let one begin at 04:30:59.
	accuracy = time.Second
	// stdinChunk is how many bytes of a standard input go on a line. It is a
	// multiple of three, so that no line but the last is padded.
	stdinChunk = 768
	// systemctl is there on every host, /usr merged or not.
	systemctl = "/bin/systemctl"
)

// job renders what runs and what starts it. A timer leaves out a run while its
// service is active, which is what keeps jobs from overlapping; where they may,
// the service only starts an instance of a template, of which there can be many.
func (r *renderer) job(j plan.Job) {
	if j.Overlap {
		r.jobService(j, r.plan.JobTemplate(j))
		r.starter(j)
	} else {
		r.jobService(j, r.plan.JobUnit(j))
	}
	if !j.AtBoot {
		r.timer(j)
	}
}

// jobHead begins a unit of the job. PartOf= ends a run with the app, also with
// systemctl stop; `ecounit restart` restarts the services and not the target,
// so that a run goes on.
func (r *renderer) jobHead(name string, j plan.Job) *Unit {
	u := New(name).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description+" ("+j.Name+")").Units("PartOf", r.plan.Target())
	return u
}

func (r *renderer) jobService(j plan.Job, name string) {
	u := r.jobHead(name, j)
	head := u.Section("Unit")
	if j.AtBoot {
		head.Units("After", atBoot) // which would wait for the job otherwise
	}
	// A job every second would soon have started too often.
	head.Duration("StartLimitIntervalSec", 0)
	extra(head, r.plan.Extra.Unit)

	s := u.Section("Service").Word("Type", "oneshot")
	r.waitForDatabase(s)
	s.Exec("ExecStart", j.Argv...)
	r.tellEnd(s)
	r.surroundings(s, name, j.Environment)
	s.stdin(j.Stdin)
	s.Duration("TimeoutStartSec", jobTimeout(j)).Duration("TimeoutStopSec", stopTimeout)
	// Whoever stops the app, or the machine, does not make the job fail.
	s.Words("SuccessExitStatus", "143", "SIGTERM")
	r.sandbox(s)
	extra(s, slices.DeleteFunc(slices.Clone(r.plan.Extra.Service), notForJobs))
	if j.AtBoot {
		u.Section("Install").Units("WantedBy", atBoot)
	}
	r.add(u)
}

// atBoot wants the jobs of @reboot, each by itself: the user's manager starts
// it once, when it begins, and starting or restarting the app does not.
const atBoot = "default.target"

// jobTimeout: to systemd a oneshot service starts as long as it runs.
func jobTimeout(j plan.Job) time.Duration {
	if j.Timeout == 0 {
		return Infinity
	}
	return j.Timeout
}

// notForJobs are settings for services that run all the time.
func notForJobs(s plan.Setting) bool {
	return slices.Contains([]string{"RemainAfterExit", "TimeoutSec", "TimeoutStartSec"}, s.Key)
}

// stdin has the process read the text.
func (s *Section) stdin(text string) {
	if text == "" {
		return
	}
	s.Word("StandardInput", "data")
	for chunk := range slices.Chunk([]byte(text), stdinChunk) {
		s.Word("StandardInputData", base64.StdEncoding.EncodeToString(chunk))
	}
}

// starter starts a run and ends. What an earlier run failed of is forgotten
// then, as it is where runs do not overlap. It is in no sandbox: the strict one
// keeps processes from the user's manager.
func (r *renderer) starter(j plan.Job) {
	u := r.jobHead(r.plan.JobUnit(j), j)
	u.Section("Unit").Duration("StartLimitIntervalSec", 0)
	s := u.Section("Service").Word("Type", "oneshot")
	template := r.plan.JobTemplate(j)
	s.ExecIgnored("ExecStartPre", systemctl, "--user", "reset-failed", strings.Replace(template, "@.", "@*.", 1))
	s.execStartInstance(template)
	s.Units("Slice", r.plan.Slice())
	r.add(u)
}

// execStartInstance starts an instance that is named by the id of this run,
// which systemd puts in the place of the variable (systemd.exec(5)).
func (s *Section) execStartInstance(template string) {
	const key = "ExecStart"
	if err := ValidName(template); err != nil || !isTemplate(template) || !word.spans(template) {
		s.refuse(key, template, "not the name of a template")
		return
	}
	s.add(key, systemctl+" --user --no-block start "+strings.Replace(template, "@.", "@${INVOCATION_ID}.", 1))
}

func (r *renderer) timer(j plan.Job) {
	u := r.jobHead(r.plan.Timer(j), j)
	s := u.Section("Timer")
	for _, calendar := range j.Calendars {
		s.Calendar("OnCalendar", calendar)
	}
	s.Duration("AccuracySec", accuracy)
	if j.RandomDelay > 0 {
		s.Duration("RandomizedDelaySec", j.RandomDelay)
		if r.plan.Systemd.Version >= plan.FixedRandomDelay {
			s.Bool("FixedRandomDelay", true)
		}
	}
	if j.Persistent {
		s.Bool("Persistent", true)
	}
	s.Units("Unit", r.plan.JobUnit(j))
	r.add(u)
}
