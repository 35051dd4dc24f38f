package crontab

import (
	"strings"

	"ecounit/cron"
	"ecounit/migrate"
)

// settings gives the verdicts on variables: each is for the jobs below it, up
// to the next line that sets it.
func (im *importer) settings(lines []cron.Line) {
	for i, l := range lines {
		if l.Setting == nil {
			continue
		}
		jobs := 0
		for _, below := range lines[i+1:] {
			if below.Setting != nil && below.Setting.Name == l.Setting.Name {
				break
			}
			if below.Job != nil {
				jobs++
			}
		}
		im.setting(l.Number, *l.Setting, jobs)
	}
}

func (im *importer) setting(line int, s cron.Setting, jobs int) {
	isRedHats := im.in.Dialect == cron.RedHat
	switch {
	case jobs == 0:
		im.say(line, migrate.NotNeeded, "", "%s: no job is below it", s.Name)
	case s.Name == "MAILTO" && s.Value == "":
		im.say(line, migrate.Kept, "", "MAILTO: nothing is mailed")
	case s.Name == "MAILTO" && im.in.NoMail:
		im.say(line, migrate.NotNeeded, "to be told of failures write [on_failure] with a command",
			"MAILTO: no mail can be sent from here, by cron neither; what jobs print goes to the journal, and ecounit logs shows it")
	case s.Name == "MAILTO" && im.told[s.Value] == migrate.Changed:
		im.say(line, migrate.Changed, "", "MAILTO: [on_failure] mails the last lines of a job to %s when it fails; what it prints otherwise goes to the journal, and ecounit logs shows it", s.Value)
	case s.Name == "MAILTO" && im.told[s.Value] == migrate.Lost:
		im.say(line, migrate.Lost, "make an app of its own of the jobs below it", "MAILTO: an app mails to one address, and it is another one")
	case s.Name == "MAILTO" && isMailAddress(s.Value):
		im.say(line, migrate.NotNeeded, "", "MAILTO: no job is left whose output could be mailed")
	case s.Name == "MAILTO":
		im.say(line, migrate.Lost, `to be told of failures write [on_failure] with mail = "alice@example.org"`,
			"MAILTO: [on_failure] mails to one address, and %q is not one; what jobs print goes to the journal, and ecounit logs shows it", s.Value)
	case s.Name == "MAILFROM" || strings.HasPrefix(s.Name, "CONTENT_T"):
		im.say(line, migrate.NotNeeded, "", "%s: it is for mail", s.Name)
	case s.Name == "SHELL":
		im.say(line, migrate.Kept, "", "SHELL: the jobs that take a shell are run by %s", s.Value)
	case s.Name == "LOGNAME" || s.Name == "USER" && isRedHats:
		im.say(line, migrate.NotNeeded, "", "%s: cron does not let it be set", s.Name)
	case s.Name == "CRON_TZ" && isRedHats:
		im.say(line, migrate.Kept, "", "CRON_TZ: time_zone of the jobs")
	case s.Name == "CRON_TZ":
		im.say(line, migrate.Kept, "write time_zone in [job.NAME] to have it obeyed", "CRON_TZ: the jobs get it as a variable; Debian's cron does not obey it")
	case s.Name == "RANDOM_DELAY" && isRedHats:
		im.say(line, migrate.Kept, "", "RANDOM_DELAY: random_delay of the jobs")
	case s.Name == "RANDOM_DELAY":
		im.say(line, migrate.Kept, "write random_delay in [job.NAME] to have it obeyed", "RANDOM_DELAY: the jobs get it as a variable; Debian's cron does not obey it")
	case s.Name == "MLS_LEVEL" && isRedHats:
		im.say(line, migrate.Lost, "ask an administrator", "MLS_LEVEL: services of a user cannot choose their SELinux level")
	case !migrate.IsVariable(s.Name):
		im.say(line, migrate.Lost, "write a name of letters, digits and _", "%q is not the name of a variable", s.Name)
	case migrate.IsSecret(s.Name, s.Value):
		im.say(line, migrate.Changed, "move it to a file .env, chmod 600 .env, and write env_files = [\".env\"]",
			"%s: env of the jobs; it seems to be a secret, and others may be able to read unit files", s.Name)
	case strings.Contains(s.Value, "$"):
		im.say(line, migrate.Kept, "write the value out", "%s: in the jobs, with the $ as it is: cron replaces nothing either", s.Name)
	default:
		im.say(line, migrate.Kept, "", "%s: env of the jobs", s.Name)
	}
}
