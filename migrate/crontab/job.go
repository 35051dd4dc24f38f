package crontab

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecounit/cron"
	"ecounit/descriptor"
	"ecounit/migrate"
)

// add makes a [job.NAME] of a line, in the app whose folder it runs in.
func (im *importer) add(l cron.Line) {
	app := im.appFor(l.Job.Command)
	if app == nil {
		app = im.jobs()
	}
	d := app.Descriptor
	if d.Job == nil {
		d.Job = map[string]descriptor.Job{}
	}
	name := migrate.Unique(jobName(l.Job.Command), func(s string) bool {
		_, isJob := d.Job[s]
		_, isProcess := d.Process[s]
		return isJob || isProcess || migrate.IsReserved(s)
	})
	schedule := l.Job.Spec
	if len(l.Odd) > 0 {
		schedule = l.Job.Schedule.String() // what cron makes of it
	}
	job := descriptor.Job{Command: im.command(l, app), Schedule: descriptor.Schedule(schedule), Stdin: l.Job.Stdin, Env: im.environment(l)}
	im.when(l, &job)
	d.Job[name] = job
	app.Old = append(app.Old, migrate.Old{Kind: "cron", Name: name, File: im.in.File, Line: l.Number})
	im.say(l.Number, migrate.Kept, "", "[job.%s] of the app %s", name, d.Name)
	im.overlap(l)
	im.background(l)
	im.mail(l, app)
	if strings.Contains(l.Job.Command, "supervisorctl") {
		im.say(l.Number, migrate.Lost, "write ecounit restart NAME instead", "supervisorctl finds no supervisord any more")
	}
	if l.Job.Schedule.InSkippedHour() && job.TimeZone != "UTC" {
		im.say(l.Number, migrate.Changed, "another hour avoids it", "in the night when clocks go forward, systemd leaves out what falls into the hour that is skipped; cron makes up for it")
	}
}

// when takes over what variables say about the time.
func (im *importer) when(l cron.Line, job *descriptor.Job) {
	zone, hasZone := l.Job.Env["CRON_TZ"]
	delay, hasDelay := l.Job.Env["RANDOM_DELAY"]
	if im.in.Dialect != cron.RedHat {
		return // Debian's cron passes them on to the job
	}
	switch zones := descriptor.FormsOf("job.*.time_zone")[0].Pattern; {
	case !hasZone || zone == "":
	case zones.MatchString(zone):
		job.TimeZone = zone
	default:
		im.say(l.Number, migrate.Lost, `write time_zone = "Europe/London" into its [job.NAME], or what it is`, "CRON_TZ=%s is not the name of a time zone", zone)
	}
	if hasDelay && strings.Trim(delay, "0123456789") == "" && strings.Trim(delay, "0") != "" {
		minutes, _ := strconv.Atoi(delay)
		job.RandomDelay = descriptor.Duration(min(minutes, 24*60)) * descriptor.Duration(time.Minute)
	}
}

// environment are the variables of a job, without those that cron obeys.
func (im *importer) environment(l cron.Line) map[string]string {
	env := map[string]string{}
	for name, value := range l.Job.Env {
		if migrate.IsVariable(name) && !slices.Contains(im.obeyed(), name) {
			env[name] = value
		}
	}
	return env
}

// obeyed are the variables that are cron's own.
func (im *importer) obeyed() []string {
	names := []string{"SHELL", "MAILTO", "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING", "LOGNAME"}
	if im.in.Dialect == cron.RedHat {
		names = append(names, "USER", "CRON_TZ", "RANDOM_DELAY", "MLS_LEVEL")
	}
	return names
}

// command is run without a shell where it needs none. Cron runs jobs in the
// home directory.
func (im *importer) command(l cron.Line, app *migrate.App) descriptor.Command {
	text, _ := inBackground(l.Job.Command)
	home := l.Job.Env["HOME"]
	if home == "" {
		home = im.in.Home
	}
	if app.Directory != home {
		if rest, ok := insideOf(text, app.Directory, home); ok {
			text = rest // the app's folder is where it goes anyway
		} else {
			text = "cd " + migrate.Quoted(home) + " && " + text
		}
	}
	if words, ok := migrate.Simple(text); ok {
		return words
	}
	return im.script(l, text)
}

// script is run by the shell that cron would take.
func (im *importer) script(l cron.Line, text string) descriptor.Command {
	return migrate.Script(cmp.Or(l.Job.Env["SHELL"], "sh"), text)
}

// insideOf takes cd FOLDER && off a command.
func insideOf(text, folder, home string) (rest string, ok bool) {
	target, rest, found := cutCd(text)
	if !found || folderOf(target, home) != folder {
		return "", false
	}
	return rest, true
}

// cutCd splits cd FOLDER && COMMAND, or with ; in between.
func cutCd(text string) (folder, rest string, ok bool) {
	after, found := strings.CutPrefix(strings.TrimLeft(text, " \t"), "cd ")
	end := strings.IndexAny(after, "&;")
	if !found || end < 0 {
		return "", "", false
	}
	folder, rest = strings.TrimSpace(after[:end]), after[end:]
	if rest, ok = strings.CutPrefix(rest, "&&"); !ok {
		rest, ok = strings.CutPrefix(after[end:], ";")
	}
	words, isSimple := migrate.Simple(strings.TrimPrefix(folder, "~"))
	return folder, strings.TrimSpace(rest), ok && (folder == "~" || isSimple && len(words) == 1) && strings.TrimSpace(rest) != ""
}

func folderOf(written, home string) string {
	return migrate.In(home, atHome(strings.Trim(written, `'"`), home))
}

// appFor finds the app whose folder a command changes into or names a file of.
func (im *importer) appFor(command string) *migrate.App {
	words := strings.FieldsFunc(command, func(c rune) bool { return strings.ContainsRune(" \t&|;()<>\"'`=", c) })
	var best *migrate.App
	for _, app := range slices.Concat(im.in.Apps, im.apps) {
		for _, word := range words {
			file := folderOf(word, im.in.Home)
			isIn := file == app.Directory || strings.HasPrefix(file, app.Directory+"/")
			if isIn && app.Directory != im.in.Home && app.Directory != "" && (best == nil || len(app.Directory) > len(best.Directory)) {
				best = app
			}
		}
	}
	return best
}

// jobName is the program's name, or that of the script that it is given.
func jobName(command string) string {
	if _, rest, ok := cutCd(command); ok {
		command = rest
	}
	words := strings.FieldsFunc(command, func(c rune) bool { return strings.ContainsRune(" \t&|;()<>\"'`", c) })
	words = slices.DeleteFunc(words, func(word string) bool { return strings.ContainsAny(word, "=$") && !strings.Contains(word, "/") })
	return programName(words)
}

// programName names a command line without assignments.
func programName(words []string) string {
	for i, word := range words {
		base := path.Base(word)
		isProgram := i == 0 && !opensAnother(base)
		if isProgram || path.Ext(base) != "" && path.Ext(base) != ".lock" && !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
			return migrate.Name(strings.TrimSuffix(base, path.Ext(base)), "job")
		}
	}
	for i, word := range words {
		isFolder := word == "cd" || i > 0 && words[i-1] == "cd"
		if base := path.Base(word); !isFolder && !opensAnother(base) && !strings.HasPrefix(word, "-") && strings.Trim(word, "0123456789") != "" {
			return migrate.Name(base, "job")
		}
	}
	if len(words) == 0 {
		return "job"
	}
	return migrate.Name(path.Base(words[0]), "job")
}

// opensAnother is for programs that say nothing about what is run.
func opensAnother(base string) bool {
	return slices.ContainsFunc([]string{".", "[", "source", "conda", "mamba", "python", "bash", "sh", "perl", "node", "Rscript", "php", "ruby", "env", "nice", "ionice", "flock", "timeout", "nohup", "time", "sleep", "while", "until"},
		func(name string) bool { return strings.HasPrefix(base, name) })
}
