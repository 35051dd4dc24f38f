package descriptor

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"ecounit/cron"
	"ecounit/tomlfile"
)

// Job is a program that runs at its times.
type Job struct {
	Command     Command           `toml:"command" jsonschema:"required" jsonschema_description:"A command line without shell syntax, or a list of arguments."`
	Schedule    Schedule          `toml:"schedule" jsonschema:"required" jsonschema_description:"When it runs: five fields as in crontab(5), @daily and the like, @reboot, or a calendar expression of systemd.time(7)."`
	TimeZone    string            `toml:"time_zone" jsonschema_description:"The time zone of the schedule, as in Europe/London. Default: that of the machine."`
	Persistent  bool              `toml:"persistent" jsonschema_description:"Whether a run that was missed while the machine was off is made up for. Default: false."`
	RandomDelay Duration          `toml:"random_delay" jsonschema_description:"It runs up to this much later, by the same amount each time. Default: on time."`
	Timeout     Duration          `toml:"timeout" jsonschema_description:"After this time it is stopped. Default: it may take as long as it wants."`
	Overlap     bool              `toml:"overlap" jsonschema_description:"Whether it starts again while it still runs. Default: false."`
	Stdin       string            `toml:"stdin" jsonschema_description:"What it reads from its standard input."`
	Env         map[string]string `toml:"env" jsonschema_description:"Environment variables of this job; they win over those of [env]."`
}

// jobTable has a table of its own for each job.
const jobTable = "job"

// Schedule is when a job runs, in the language of cron or of systemd.time(7).
type Schedule string

const scheduleHint = `write five fields as in a crontab, "30 4 * * *", or a word, "@daily", or a time as systemd has it, "Mon *-*-* 04:30"`

// schedulePattern is all that Forms can say: cron's rules are no pattern.
var schedulePattern = tomlfile.NewPattern(`^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$`)

// Forms lists what may be written.
func (Schedule) Forms() []Form { return []Form{{Type: "string", Pattern: schedulePattern}} }

// IsCron tells cron's language from systemd's, in which an expression has four
// words at most, more than two have a letter or a colon among them, and @ goes
// before a number alone.
func (s Schedule) IsCron() bool {
	words := strings.Fields(string(s))
	if len(words) == 0 {
		return false
	}
	at, isAt := strings.CutPrefix(words[0], "@")
	bare := strings.Trim(string(s), "0123456789*/,- \t") == ""
	return len(words) > 4 || len(words) > 2 && bare || isAt && strings.Trim(at, "0123456789.") != ""
}

// ReadValue reads it from the file.
func (s *Schedule) ReadValue(v tomlfile.Value) {
	if v.Kind() != tomlfile.String {
		v.Mismatch("a schedule", scheduleHint)
		return
	}
	written := Schedule(v.Text())
	if !schedulePattern.MatchString(v.Text()) {
		v.Wrong(scheduleHint, "%s is not a schedule", v.Written())
		return
	}
	if written.IsCron() {
		var mistake *cron.Mistake
		if _, err := cron.Parse(v.Text()); errors.As(err, &mistake) {
			v.Wrong(mistake.Hint, "%s is not a schedule: %s", v.Written(), mistake.Message)
			return
		}
	}
	*s = written
}

// endsInZone looks at the last word of a calendar expression: a time zone is
// what begins with a letter there, and a day of the week comes first.
func (s Schedule) endsInZone() bool {
	words := strings.Fields(string(s))
	if len(words) < 2 {
		return false
	}
	first := words[len(words)-1][0] | 0x20
	return 'a' <= first && first <= 'z'
}

func (c checker) jobs() {
	for _, name := range slices.Sorted(maps.Keys(c.d.Job)) {
		at := tomlfile.Join(jobTable, name)
		if _, isTaken := c.d.Process[name]; isTaken {
			c.doc.Fail(at, "choose another name for one of them", "there is a process and a job with the name %q", name)
			continue
		}
		c.missing(at, "command", `write command = "…" below it`, "[%s] needs `command`", at)
		if c.d.Has(tomlfile.Join(at, "command")) { // one complaint about a table is enough
			c.missing(at, "schedule", `write schedule = "30 4 * * *" below it, or "@daily"`, "[%s] needs `schedule`", at)
		}
		c.timesOf(at, c.d.Job[name].Schedule)
	}
}

// timesOf finds keys that the schedule leaves no room for.
func (c checker) timesOf(at string, s Schedule) {
	if zone := tomlfile.Join(at, "time_zone"); !s.IsCron() && s.endsInZone() && c.d.Has(zone) {
		c.doc.Fail(zone, "leave one of them out", "`time_zone`: the schedule ends in a time zone already")
	}
	if schedule, err := cron.Parse(string(s)); err != nil || !schedule.Reboot() {
		return
	}
	for _, key := range []string{"time_zone", "persistent", "random_delay", "overlap"} {
		if key := tomlfile.Join(at, key); c.d.Has(key) {
			c.doc.Fail(key, "leave it out", "`%s` is for jobs that run at their times, and @reboot is none", key)
		}
	}
}
