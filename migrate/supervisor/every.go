package supervisor

import (
	"strings"

	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

// everyProgram tells once what is different for every program, whatever its
// section says.
func (im *importer) everyProgram() {
	if len(im.apps) == 0 {
		return
	}
	differs := func(hint, text string) { im.header("supervisord", migrate.Changed, hint, "%s", text) }
	differs("write what a program needs besides in [env]",
		"programs do not have the variables of the shell in which supervisord was started, nor SUPERVISOR_…; ecounit sets PATH and PYTHONUNBUFFERED")
	differs("", "what a program started ends with it; supervisor leaves it running")
	differs("", "standard input is empty; under supervisor, a program that reads it waits")
	differs("", "a program that has to be killed when it is stopped, or exits with a status other than 0 then, counts as failed; supervisor says STOPPED")
	differs(`write level = "off" in [sandbox] where it has to`, "a program cannot become another user, as with sudo")
	if im.any(func(p conf.Process) bool {
		return p.StartSecs > 0 && !(im.isSet(p.Section, "startsecs") && im.isSet(p.Section, "startretries"))
	}) {
		differs("", "a program that does not stay up is started every second; supervisor tries 3 more times, after any end within 1 s, and gives up")
	}
	if im.any(func(p conf.Process) bool { return p.Stdout.Log == conf.LogAuto || p.Stderr.Log == conf.LogAuto }) {
		differs("", "what programs print goes to the journal, where no log file is named; ecounit logs shows it")
	}
	if im.usesJournal {
		differs("have the program print to its standard output", "a program whose output goes to the journal cannot open /dev/stdout or /dev/stderr as files")
	}
}

// any reports whether a process that is taken over is such.
func (im *importer) any(is func(conf.Process) bool) bool {
	for _, g := range im.config.Groups {
		for _, p := range g.Processes {
			if strings.HasPrefix(p.Section, string(conf.Programs)+":") && is(p) {
				return true
			}
		}
	}
	return false
}
