package plan

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ecounit/cron"
	"ecounit/descriptor"
)

// Job is a program that runs at its times.
type Job struct {
	Name        string        `json:"name"`
	Argv        []string      `json:"argv"` // Argv[0] is absolute
	Environment []Variable    `json:"environment"`
	Inherited   []Variable    `json:"-"` // Environment without what is the job's alone
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

// JobTemplate is what JobUnit starts an instance of, where runs may overlap.
func (p *Plan) JobTemplate(j Job) string { return p.Name + "-" + j.Name + "@.service" }

func (b *builder) job(name string, j descriptor.Job) {
	argv := b.argv(joined("job", name, "command"), j.Command, b.names(nil))
	inherited := b.environment(first(argv), nil)
	job := Job{
		Name: name, Argv: argv, Environment: over(inherited, j.Env), Inherited: inherited, Stdin: j.Stdin, Schedule: string(j.Schedule),
		Persistent: j.Persistent, RandomDelay: time.Duration(j.RandomDelay), Timeout: time.Duration(j.Timeout), Overlap: j.Overlap,
	}
	b.zone(name, j)
	if j.Schedule.IsCron() {
		schedule, _ := cron.Parse(string(j.Schedule)) // the descriptor was read before
		job.Calendars, job.AtBoot = schedule.Calendars(j.TimeZone), schedule.Reboot()
	} else {
		job.Calendars = []string{strings.TrimSpace(string(j.Schedule) + " " + j.TimeZone)}
	}
	if v := b.facts.Systemd.Version; j.RandomDelay > 0 && v < FixedRandomDelay {
		b.warn(joined("job", name, "random_delay"), "", "`random_delay`: systemd %d is older than %d, the delay is another one each time", v, FixedRandomDelay)
	}
	b.plan.Jobs = append(b.plan.Jobs, job)
}

// zone complains about a time zone that this machine does not know.
func (b *builder) zone(name string, j descriptor.Job) {
	i := slices.Index(NeedsOf(b.d).TimeZones, j.TimeZone)
	if i >= 0 && i < len(b.facts.TimeZones) && b.facts.TimeZones[i].Problem != "" {
		found := b.facts.TimeZones[i]
		b.fail(joined("job", name, "time_zone"), found.Hint, "`time_zone`: %s", found.Problem)
	}
}

// over puts values over the variables, which stay sorted.
func over(variables []Variable, values map[string]string) []Variable {
	all := map[string]string{}
	for _, v := range variables {
		all[v.Name] = v.Value
	}
	maps.Copy(all, values)
	return sorted(all)
}
