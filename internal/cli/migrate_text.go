package cli

import (
	"fmt"
	"io"
	"strings"

	"ecounit/cutover"
	"ecounit/internal/terminal"
)

// describe says in lines what is going to happen to an app.
func (mv *migration) describe(m *moving) {
	say := func(format string, args ...any) { m.notes = append(m.notes, fmt.Sprintf(format, args...)) }
	if from := mv.runBy(m); from != "" {
		say("run until now by %s", from)
	}
	if web := m.loaded.plan.Web; web != nil && m.runs() {
		port := fmt.Sprintf("port %d", m.old.Port)
		switch {
		case m.old.Port == 0 && m.old.Socket != "":
			say("the old one listens at %s; the new one has an address of its own, so the web server has to be told", m.old.Socket)
		case m.beside == "":
			say("%s: the new one begins to listen before the old one ends, so that no request is lost", port)
		default:
			say("%s: the old one ends before the new one listens (%s)", port, m.beside)
		}
		if cutover.IsOpen(m.old.Port) {
			say("%s can be reached from other machines now; the new one listens on 127.0.0.1, for the web server alone", port)
		}
	}
	switch {
	case len(m.urls) > 0:
		say("%s is asked before and after", strings.Join(m.urls, ", "))
	case m.loaded.plan.Web != nil && m.runs():
		say("no address of the web server that leads to it was found; it is going to be at %s", m.loaded.plan.Web.Site.Path)
	}
	if m.servedBy != "" {
		say("the line in %s goes on to publish it", m.servedBy)
	}
	if m.daemon == nil && !m.runs() && !m.was && len(mv.startedBy(m)) > 0 {
		say("nothing was found that it started before; if something of it runs, stop that first, or there are two")
	}
	for _, number := range m.lines {
		say("line %d of the crontab is commented out: %s", number, mv.crontabLine(number))
	}
	if len(m.missing) > 0 {
		say("variables that the old one has and no file says: %s", strings.Join(m.missing, ", "))
	}
}

// runBy names what runs an app now.
func (mv *migration) runBy(m *moving) string {
	var names []string
	for _, p := range m.programs {
		name := p.Name
		if group, process, _ := strings.Cut(name, ":"); group == process {
			name = group // as supervisorctl writes it
		}
		if !p.Runs && !p.Starts {
			name += strings.TrimSuffix(" (does not run, "+p.State, ", ") + ")"
		}
		names = append(names, name)
	}
	if m.daemon != nil {
		return fmt.Sprintf("supervisord with %s, as %s", mv.shown(m.daemon.file), strings.Join(names, ", "))
	}
	for _, p := range m.processes {
		names = append(names, fmt.Sprintf("process %d", p.PID))
	}
	if len(names) == 0 && len(m.lines) > 0 {
		return "cron"
	}
	return strings.Join(names, ", ")
}

func (mv *migration) crontabLine(number int) string {
	lines := strings.Split(mv.crontab, "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// showPlan prints what is going to be done, in the order in which it is.
func (mv *migration) showPlan(to io.Writer) {
	note := func(what, text string) {
		fmt.Fprintf(to, "%-12s %s\n", terminal.Printable(what), terminal.Printable(text))
	}
	for _, m := range mv.apps {
		what := m.name()
		switch {
		case !m.enable:
			note(what, m.loaded.shown+" is written and not enabled: supervisord does not start it by itself either")
		case m.was:
			note(what, m.loaded.shown+" is enabled already")
		case m.descriptor.state == notThere:
			note(what, "becomes "+m.loaded.shown)
		default:
			note(what, "becomes "+m.loaded.shown+", which is there")
		}
		for _, text := range m.notes {
			note("", text)
		}
	}
	for _, d := range mv.daemons {
		if !mv.moves(d) {
			continue
		}
		for i, text := range mv.aboutDaemon(d) {
			note([]string{"supervisord", ""}[min(i, 1)], text)
		}
	}
	for _, e := range mv.lost() {
		note("lost", fmt.Sprintf("%s:%d: %s", mv.shown(e.File), e.Line, e.Message))
		if e.Hint != "" {
			note("", "hint: "+e.Hint)
		}
	}
	for _, text := range mv.notes {
		note("note", text)
	}
}

// aboutDaemon says what becomes of a supervisord.
func (mv *migration) aboutDaemon(d *oldDaemon) (lines []string) {
	switch left := mv.stays(d); {
	case d.process == nil:
		lines = append(lines, "does not run now; "+mv.shown(d.file)+" stays as it is")
	case d.control == nil:
		lines = append(lines, fmt.Sprintf("process %d is stopped with all its programs at once: %v", d.process.PID, d.problem))
	case len(left) > 0:
		lines = append(lines, fmt.Sprintf("process %d goes on with %s, which it does not start by itself", d.process.PID, strings.Join(left, ", ")))
	default:
		lines = append(lines, fmt.Sprintf("process %d is stopped at the end, when nothing is left in it; %s stays as it is", d.process.PID, mv.shown(d.file)))
	}
	if d.line != 0 {
		lines = append(lines, fmt.Sprintf("line %d of the crontab is commented out: %s", d.line, mv.crontabLine(d.line)))
	}
	return lines
}
