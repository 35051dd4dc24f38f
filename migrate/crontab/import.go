package crontab

import (
	"maps"
	"slices"
	"strings"

	"ecounit/cron"
	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/report"
)

// Input is a crontab, and what is known around it.
type Input struct {
	File    string // as the report calls it
	Text    string
	Dialect cron.Dialect
	Home    string
	NoMail  bool                         // there is no program for mail, which cron sends with it, too
	Names   func(folder string) []string // lists a folder, to see which Python is in it
	// Apps may get jobs: those that run in their folders.
	Apps  []*migrate.App
	Taken func(name string) bool // names that new apps cannot have; nil is none
}

// Result is what an import made: jobs for the apps that were passed in, and new
// apps for the rest.
type Result struct {
	migrate.Result
	Supervisors []Supervisor
}

// Supervisor is a supervisord that the crontab starts.
type Supervisor struct {
	Line      int
	Config    string // absolute path, or "" where supervisord looks for it by itself
	Directory string // in which it is started
}

// Import reads a crontab. Lines that cron refuses are lost, and the others are
// taken over all the same: crontab(1) would not have let them in.
func Import(in Input) Result {
	im := &importer{in: in, told: map[string]report.Severity{}, said: map[string]bool{}}
	lines, problems := cron.ParseTable(im.withoutNUL(in.Text), in.Dialect)
	for _, p := range problems {
		im.say(p.Number, migrate.Lost, p.Hint, "cron refuses it: %s", p.Message)
	}
	for _, l := range lines {
		if l.Job != nil {
			im.job(l)
		}
	}
	im.quietJobs()
	im.settings(lines)
	for _, app := range im.apps {
		share(app)
	}
	migrate.Place(im.apps, in.Home)
	apps := im.verdicts.Passing(im.apps, in.File)
	return Result{migrate.Result{Apps: apps, Report: im.report()}, im.supervisors}
}

type importer struct {
	in          Input
	verdicts    migrate.Verdicts
	apps        []*migrate.App // new ones
	supervisors []Supervisor
	told        map[string]report.Severity // whether failures are mailed to those that MAILTO names
	said        map[string]bool            // what is said once
	quiet       []quietJob
}

func (im *importer) say(line int, is report.Severity, hint, format string, args ...any) {
	im.verdicts.Say(im.in.File, line, is, hint, format, args...)
}

func (im *importer) report() report.Report { return im.verdicts.Report() }

// withoutNUL empties lines that end somewhere else for cron, which is C.
func (im *importer) withoutNUL(text string) string {
	if !strings.ContainsRune(text, 0) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.ContainsRune(line, 0) {
			im.say(i+1, migrate.Lost, "write the line anew", "the line holds a NUL character")
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// job decides what a line is for.
func (im *importer) job(l cron.Line) {
	for _, m := range l.Odd {
		im.say(l.Number, migrate.Changed, m.Hint, "%s", m.Message)
	}
	if s, ok := im.supervisor(l); ok {
		im.supervisors = append(im.supervisors, s)
		hint := "ecounit import supervisor " + migrate.Quoted(s.Config)
		if s.Config == "" {
			hint = "ecounit import supervisor FILE"
		}
		im.say(l.Number, migrate.NotNeeded, hint, "it keeps supervisord running; systemd starts your apps at boot, and restarts them")
		return
	}
	if len(l.Job.Schedule.Calendars("")) == 0 && !l.Job.Schedule.Reboot() {
		im.say(l.Number, migrate.NotNeeded, "", "cron never runs it")
		return
	}
	if l.Job.Schedule.Reboot() && im.server(l) {
		return
	}
	im.add(l)
}

// jobs is the app of jobs that belong to no other.
func (im *importer) jobs() *migrate.App {
	for _, a := range im.apps {
		if a.Descriptor.Web == nil && a.Descriptor.Process == nil {
			return a
		}
	}
	name := migrate.Unique("jobs", im.isTaken)
	a := &migrate.App{Descriptor: &descriptor.Descriptor{Name: name, Description: "From the crontab"}, Directory: im.in.Home}
	im.apps = append(im.apps, a)
	return a
}

func (im *importer) isTaken(name string) bool {
	return im.in.Taken != nil && im.in.Taken(name) || slices.ContainsFunc(slices.Concat(im.apps, im.in.Apps), func(a *migrate.App) bool { return a.Descriptor.Name == name })
}

// share moves variables that all jobs of an app have to the app.
func share(a *migrate.App) {
	if a.Descriptor.Web != nil || a.Descriptor.Process != nil {
		return
	}
	var common map[string]string
	for _, job := range a.Descriptor.Job {
		if common == nil {
			common = maps.Clone(job.Env)
		}
		maps.DeleteFunc(common, func(name, value string) bool {
			v, isSet := job.Env[name]
			return !isSet || v != value
		})
	}
	for _, job := range a.Descriptor.Job {
		maps.DeleteFunc(job.Env, func(name, _ string) bool { _, isCommon := common[name]; return isCommon })
	}
	a.Descriptor.Env = common
}
