package detect

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// procLine is a line of a Procfile.
type procLine struct {
	number        int
	name, command string
}

var procPattern = lazy.Regexp(`^([A-Za-z0-9_-]+):[ \t]*(.+)$`)

// maxProcesses bounds what a Procfile can ask for.
const maxProcesses = 64

// parseProcfile returns the processes and the numbers of the lines that are
// neither processes, comments nor empty.
func parseProcfile(text string) (lines []procLine, bad []int) {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		found := procPattern().FindStringSubmatch(line)
		if found == nil || strings.ContainsRune(line, 0) || len(lines) == maxProcesses {
			bad = append(bad, number)
			continue
		}
		lines = append(lines, procLine{number, found[1], strings.TrimSpace(found[2])})
	}
	return lines, bad
}

// procfile takes over a Procfile: the author has said what is to run.
func (p *project) procfile() bool {
	const file = Procfile
	text, err := p.machine.head(filepath.Join(p.folder, file), 256<<10)
	if err != nil {
		return false
	}
	lines, bad := parseProcfile(strings.ToValidUTF8(string(text), "\ufffd"))
	d := p.result.Descriptor
	for _, line := range lines {
		switch {
		case line.name == "release":
			p.note(file, line.number, "not taken over: release runs before each deployment elsewhere; run it by hand after a change: %s", shortened(line.command))
		case line.name == "web" && d.Web == nil:
			d.Web = &descriptor.Web{}
			p.webLine(line)
		case line.name == "web":
			p.note(file, line.number, "not taken over: a second web process")
		default:
			p.processLine(line)
		}
	}
	for _, number := range bad {
		p.note(file, number, "not taken over: the line is not NAME: COMMAND")
	}
	if d.Web == nil && len(d.Process) == 0 {
		return false
	}
	p.result.Kind = Procfile
	what := "no web process"
	if d.Web != nil {
		what = "web"
	}
	for _, name := range slices.Sorted(maps.Keys(d.Process)) {
		what += ", " + name
	}
	if p.usesPython() {
		what += "; " + p.environment(p.serverModule())
	}
	p.sum("Procfile with %s", what)
	return true
}

func (p *project) processLine(line procLine) {
	d := p.result.Descriptor
	name := NameFor(line.name)
	if name == "watch" || name == "web" { // ecounit's own
		name += "-process"
	}
	if _, twice := d.Process[name]; twice {
		p.note(Procfile, line.number, "not taken over: there is a process %s already", name)
		return
	}
	if name != line.name {
		p.note(Procfile, line.number, "the process %s is called %s here", line.name, name)
	}
	if d.Process == nil {
		d.Process = map[string]descriptor.Process{}
	}
	if portMention().MatchString(line.command) {
		p.note(Procfile, line.number, "%s uses PORT, which only the web process has", name)
	}
	d.Process[name] = descriptor.Process{Command: p.command(line)}
}

var (
	portVariable = lazy.Regexp(`\$(PORT\b|\{PORT\})`)
	portMention  = lazy.Regexp(`\$\{?PORT\b`) // also ${PORT:-5000}
)

// command is the command of a line without a shell where that is possible.
func (p *project) command(line procLine) descriptor.Command {
	words, err := descriptor.Words(portVariable().ReplaceAllString(line.command, "$${PORT}"))
	assigns := leadingAssignment().MatchString(line.command)
	if err == nil && len(words) > 0 && words[0] != "" && !assigns && !usesVariables(words) {
		return words
	}
	reason := "it begins with an assignment"
	if err != nil {
		reason = err.Error()
	} else if usesVariables(words) {
		reason = "it uses variables"
	}
	p.note(Procfile, line.number, "%s is run by a shell: %s", line.name, reason)
	return descriptor.Command{"sh", "-c", line.command}
}

// webLine takes the server out of the command where it is one that ecounit
// starts itself.
func (p *project) webLine(line procLine) {
	web := p.result.Descriptor.Web
	web.Command = p.command(line)
	if known, ok := serverOf(web.Command); ok {
		*web = known.web
		p.note(Procfile, line.number, "%s is started by ecounit with a socket that systemd holds", known.name)
		if len(known.dropped) > 0 {
			p.note(Procfile, line.number, "not needed any more: %s", strings.Join(known.dropped, " "))
		}
		return
	}
	for i, word := range web.Command {
		const all, local = "0.0.0.0", "127.0.0.1"
		if strings.Contains(word, all) && web.Command[0] != "sh" {
			web.Command[i] = strings.ReplaceAll(word, all, local)
			p.note(Procfile, line.number, "%s became %s: only the web server on this machine needs to reach it", all, local)
		}
	}
	if !portMention().MatchString(strings.Join(web.Command, " ")) {
		p.note(Procfile, line.number, "the command does not mention PORT; the app must listen on 127.0.0.1 at the port that PORT says")
	}
}

// usesPython reports whether any process needs an interpreter.
func (p *project) usesPython() bool {
	d := p.result.Descriptor
	if d.Web != nil && (d.Web.WSGI != "" || d.Web.ASGI != "") {
		return true
	}
	commands := []descriptor.Command{}
	if d.Web != nil {
		commands = append(commands, d.Web.Command)
	}
	for _, process := range d.Process {
		commands = append(commands, process.Command)
	}
	return slices.ContainsFunc(commands, func(c descriptor.Command) bool {
		return len(c) > 0 && (strings.HasPrefix(c[0], "python") || c[0] == "gunicorn" || c[0] == "uvicorn" || c[0] == "celery" || c[0] == "flask")
	})
}

// serverModule is what the interpreter must have for the web process, or "".
func (p *project) serverModule() string {
	web := p.result.Descriptor.Web
	switch {
	case web == nil:
		return ""
	case web.WSGI != "":
		return "gunicorn"
	case web.ASGI != "":
		return "uvicorn"
	}
	return ""
}
