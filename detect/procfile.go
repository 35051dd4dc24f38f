package detect

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/migrate/procfile"
	"ecounit/migrate/server"
)

// procfile takes over a Procfile: the author has said what is to run.
func (p *project) procfile() bool {
	const file = Procfile
	text, err := p.machine.head(filepath.Join(p.folder, file), 256<<10)
	if err != nil {
		return false
	}
	lines, bad := procfile.Parse(strings.ToValidUTF8(string(text), "\ufffd"))
	d := p.result.Descriptor
	for _, line := range lines {
		switch {
		case line.Name == "release":
			p.note(file, line.Number, "not taken over: release runs before each deployment elsewhere; run it by hand after a change: %s", shortened(line.Command))
		case line.Name == "web" && d.Web == nil:
			d.Web = &descriptor.Web{}
			p.webLine(p.changesFolder(line, len(lines)))
		case line.Name == "web":
			p.note(file, line.Number, "not taken over: a second web process")
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
	what := "web"
	if d.Web == nil {
		what = "no web process"
		if apps := candidates(p.sources()); len(apps) > 0 && !apps[0].demands {
			p.note(apps[0].source.path, apps[0].line, "not taken over, because %s has no line web: %s; for it, write below [web]: %s", Procfile, apps[0].why(), apps[0].key())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Process)) {
		what += ", " + name
	}
	if p.usesPython() {
		what += "; " + p.environment("gunicorn", "uvicorn", streamlitProgram)
		if module := p.serverModule(); module != "" {
			p.needs(module)
		}
	}
	p.sum("Procfile with %s", what)
	return true
}

func (p *project) processLine(line procfile.Line) {
	d := p.result.Descriptor
	name := NameFor(line.Name)
	if name == "watch" || name == "web" { // ecounit's own
		name += "-process"
	}
	if _, twice := d.Process[name]; twice {
		p.note(Procfile, line.Number, "not taken over: there is a process %s already", name)
		return
	}
	if name != line.Name {
		p.note(Procfile, line.Number, "the process %s is called %s here", line.Name, name)
	}
	if d.Process == nil {
		d.Process = map[string]descriptor.Process{}
	}
	if portMention().MatchString(line.Command) {
		p.note(Procfile, line.Number, "%s uses PORT, which only the web process has", name)
	}
	d.Process[name] = descriptor.Process{Command: p.command(line)}
}

var (
	portVariable = lazy.Regexp(`\$(PORT\b|\{PORT(?::?-[0-9]+)?\})`)
	listens      = lazy.Regexp(`\s(-b|--bind|--host|--port|--uds)\b`)
	portMention  = lazy.Regexp(`\$\{?PORT\b`) // also ${PORT:-5000}
)

// command is the command of a line without a shell where that is possible.
func (p *project) command(line procfile.Line) descriptor.Command {
	words, err := descriptor.Words(portVariable().ReplaceAllString(line.Command, "$${PORT}"))
	assigns := leadingAssignment().MatchString(line.Command)
	if err == nil && len(words) > 0 && words[0] != "" && !assigns && !usesVariables(words) {
		return words
	}
	reason := "it begins with an assignment"
	if err != nil {
		reason = err.Error()
	} else if usesVariables(words) {
		reason = "it uses variables"
	}
	p.note(Procfile, line.Number, "%s is run by a shell: %s", line.Name, reason)
	return descriptor.Command{"sh", "-c", line.Command}
}

// webLine takes the server out of the command where it is one that ecounit
// starts itself.
func (p *project) webLine(line procfile.Line) {
	web := p.result.Descriptor.Web
	web.Command = p.command(line)
	if known, ok := server.Of(web.Command, nil); ok {
		p.server(line, known)
		return
	}
	for i, word := range web.Command {
		const all, local = "0.0.0.0", "127.0.0.1"
		if strings.Contains(word, all) {
			web.Command[i] = strings.ReplaceAll(word, all, local)
			p.note(Procfile, line.Number, "%s became %s: only the web server on this machine needs to reach it", all, local)
		}
	}
	content, err := p.packageJSON()
	switch program := web.Command[0]; {
	case err == nil && (program == "node" || program == "npm"):
		p.nodePath(content)
		p.checkServer(content, web.Command)
		return
	case program == streamlitProgram:
		p.streamlitOptions(web)
	}
	if !portMention().MatchString(strings.Join(web.Command, " ")) {
		p.note(Procfile, line.Number, "the command does not mention PORT; the app must listen on 127.0.0.1 at the port that PORT says")
	}
}

var changesFirst = lazy.Regexp(`^cd[ \t]+([A-Za-z0-9_./-]+)[ \t]*&&[ \t]*(.+)$`)

// changesFolder takes "cd FOLDER &&" off the front, where the line is the only
// one: all processes of an app run in one folder.
func (p *project) changesFolder(line procfile.Line, lines int) procfile.Line {
	found := changesFirst().FindStringSubmatch(line.Command)
	if found == nil || lines > 1 || !filepath.IsLocal(found[1]) {
		return line
	}
	p.result.Descriptor.Directory, line.Command = filepath.Clean(found[1]), found[2]
	p.note(Procfile, line.Number, "cd %s became directory", found[1])
	return line
}

// server puts a command line of gunicorn or uvicorn into keys.
func (p *project) server(line procfile.Line, known server.Server) {
	d := p.result.Descriptor
	*d.Web = known.Web
	p.note(Procfile, line.Number, "%s is started by ecounit with a socket that systemd holds", known.Name)
	if listens().MatchString(line.Command) {
		p.note(Procfile, line.Number, "where it listens is not needed any more")
	}
	if len(known.Dropped) > 0 {
		p.note(Procfile, line.Number, "not needed any more: %s", strings.Join(known.Dropped, " "))
	}
	for _, n := range known.Notes {
		if n.Lost {
			p.note(Procfile, line.Number, "not taken over: %s", n.Text)
		} else {
			p.note(Procfile, line.Number, "%s", n.Text)
		}
	}
	if len(known.Env) > 0 {
		d.Env = known.Env
	}
	d.Directory = filepath.Join(d.Directory, known.Directory)
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
		return len(c) > 0 && (strings.HasPrefix(c[0], "python") || c[0] == "gunicorn" || c[0] == "uvicorn" || c[0] == "celery" || c[0] == "flask" || c[0] == streamlitProgram)
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
	case web.Command[0] == streamlitProgram:
		return streamlitProgram
	}
	return ""
}
