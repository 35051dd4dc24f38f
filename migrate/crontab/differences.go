package crontab

import (
	"ecounit/cron"
	"ecounit/descriptor"
	"ecounit/migrate"
)

// isMailAddress says what [on_failure] takes: one address, or one account.
func isMailAddress(to string) bool {
	return descriptor.FormsOf("on_failure.mail")[0].Pattern.MatchString(to)
}

// mail has the app of a job tell of failures whom cron sends what the job
// prints.
func (im *importer) mail(l cron.Line, app *migrate.App) {
	to, isSet := l.Job.Env["MAILTO"]
	d := app.Descriptor
	switch {
	case !isSet:
		im.once("mail", l, "to be told of failures write [on_failure] with mail",
			"what jobs print is not mailed to you; it goes to the journal, and ecounit logs shows it")
	case to == "":
		im.quiet = append(im.quiet, quietJob{l.Number, app})
	case im.in.NoMail, !isMailAddress(to): // of its own line it is said
	case d.OnFailure == nil:
		d.OnFailure = &descriptor.OnFailure{Mail: to}
		im.told[to] = migrate.Changed
	case d.OnFailure.Mail != to:
		if im.told[to] == "" {
			im.told[to] = migrate.Lost
		}
		im.say(l.Number, migrate.Lost, "make an app of its own of the job", "the failures of the app %s are mailed to %s, and not to %s", d.Name, d.OnFailure.Mail, to)
	}
}

// quietJob is a job of whose output nobody gets mail.
type quietJob struct {
	line int
	app  *migrate.App
}

// quietJobs tells of those whose app mails to somebody all the same.
func (im *importer) quietJobs() {
	for _, job := range im.quiet {
		if f := job.app.Descriptor.OnFailure; f != nil && f.Mail != "" {
			im.say(job.line, migrate.Changed, "", "when it fails, %s gets mail, as for the other jobs of the app %s", f.Mail, job.app.Descriptor.Name)
		}
	}
}

// overlap tells once what is different for every job.
func (im *importer) overlap(l cron.Line) {
	im.once("overlap", l, "write overlap = true in [job.NAME] where that is wanted",
		"cron starts a job at its time although it still runs from the time before; ecounit does not")
}

// once says something about all jobs, on the line of the first.
func (im *importer) once(what string, l cron.Line, hint, text string) {
	if !im.said[what] {
		im.said[what] = true
		im.say(l.Number, migrate.Changed, hint, "%s", text)
	}
}
