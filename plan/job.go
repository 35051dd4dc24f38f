package plan

import (
	"time"

	"ecounit/cron"
	"ecounit/descriptor"
)

// Job is a program that runs at its times.
type Job struct {
	Name        string        `json:"name"`
	Argv        []string      `json:"argv"` // Argv[0] is absolute
	Environment []Variable    `json:"environment"`
	Stdin       string        `json:"stdin,omitempty"`
	Schedule    string        `json:"schedule"`            // as written
	Calendars   []string      `json:"calendars,omitempty"` // as in OnCalendar= of systemd.timer(5); any of them
	AtBoot      bool          `json:"at_boot,omitempty"`   // instead of at a time
	Persistent  bool          `json:"persistent"`
	RandomDelay time.Duration `json:"random_delay"` // nanoseconds in JSON
	Timeout     time.Duration `json:"timeout"`      // 0: none
	Overlap     bool          `json:"overlap"`
}

// JobUnit is the name of the service that runs the job.
func (p *Plan) JobUnit(j Job) string { return p.Name + "-" + j.Name + ".service" }

// Timer is the name of the unit that starts the job.
func (p *Plan) Timer(j Job) string { return p.Name + "-" + j.Name + ".timer" }

func (b *builder) job(name string, j descriptor.Job) {
	argv := b.argv(joined("job", name, "command"), j.Command, b.names(nil))
	job := Job{
		Name: name, Argv: argv, Environment: b.environment(first(argv), j.Env), Stdin: j.Stdin, Schedule: string(j.Schedule),
		Persistent: j.Persistent, RandomDelay: time.Duration(j.RandomDelay), Timeout: time.Duration(j.Timeout), Overlap: j.Overlap,
	}
	if j.Schedule.IsCron() {
		schedule, _ := cron.Parse(string(j.Schedule)) // the descriptor was read before
		job.Calendars, job.AtBoot = schedule.Calendars(j.TimeZone), schedule.Reboot()
	} else {
		job.Calendars = []string{string(j.Schedule)}
	}
	b.plan.Jobs = append(b.plan.Jobs, job)
}
