package detect

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/procfile"
)

// procfile takes over a Procfile: the author has said what is to run. What
// becomes of its lines, whoever imports one decides.
func (p *project) procfile() bool {
	text, err := p.machine.head(p.path(Procfile), 256<<10)
	if err != nil {
		return false
	}
	_, noPackage := p.packageJSON()
	result := procfile.Import(procfile.Input{
		File: Procfile, Text: string(text), Directory: p.folder, Home: p.machine.User.Home, Names: p.machine.names, KnowsPort: noPackage == nil,
	})
	for _, e := range result.Report.Entries() {
		switch e.Severity {
		case migrate.Kept:
		case migrate.Lost:
			p.note(Procfile, e.Line, "not taken over: %s", joinHint(e.Message, e.Hint))
		default:
			p.note(Procfile, e.Line, "%s", joinHint(e.Message, e.Hint))
		}
	}
	if len(result.Apps) == 0 {
		return false
	}
	app := result.Apps[0]
	d := app.Descriptor
	if d.Directory, err = filepath.Rel(p.folder, app.Directory); err != nil || d.Directory == "." {
		d.Directory = ""
	}
	p.result.Descriptor, p.result.Kind = d, Procfile
	if len(d.EnvFiles) > 0 {
		p.note(".env", 0, "its variables are those of all processes, as with foreman")
	}
	p.procfileServer()
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

// procfileServer tells servers that are known by their programs of their path.
func (p *project) procfileServer() {
	web := p.result.Descriptor.Web
	if web == nil || len(web.Command) == 0 {
		return
	}
	content, err := p.packageJSON()
	switch program := web.Command[0]; {
	case err == nil && (program == "node" || program == "npm"):
		p.nodePath(content)
		p.checkServer(content, web.Command)
	case program == streamlitProgram:
		p.streamlitOptions(web)
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
