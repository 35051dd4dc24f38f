package detect

import (
	"fmt"
	"path/filepath"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/plan"
)

// pythonApp decides for the likeliest callable in the sources.
func (p *project) pythonApp() bool {
	sources := p.sources()
	if p.djangoBelow(sources) {
		sources = p.machine.sources(filepath.Join(p.folder, p.result.Descriptor.Directory))
	}
	found := candidates(sources)
	if len(found) > 0 && !found[0].demands && p.result.Descriptor.Directory == "" && p.runsBelow(found[0]) {
		found = candidates(p.machine.sources(p.path(p.result.Descriptor.Directory)))
	}
	if len(found) == 0 || found[0].demands {
		p.result.Descriptor.Directory = ""
		for _, c := range found {
			p.note(c.source.path, c.line, "%s() wants arguments, so no server can call it; write a file wsgi.py with: application = %s(…)", c.callable, c.callable)
		}
		return false
	}
	chosen := found[0]
	p.choose(chosen)
	for _, c := range found[1:] {
		if c.demands || c.key() == chosen.key() {
			continue
		}
		p.note(p.inFolder(c.source.path), c.line, "also possible: %s", c.key())
	}
	return true
}

// inFolder is a path of a source as seen from the project's folder.
func (p *project) inFolder(path string) string {
	return filepath.Join(p.result.Descriptor.Directory, path)
}

func (p *project) choose(c candidate) {
	d := p.result.Descriptor
	d.Web = &descriptor.Web{}
	if p.result.Kind = c.kind; c.kind == djangoASGI {
		p.result.Kind = Django
	}
	module := "gunicorn"
	switch {
	case isASGI(c.kind):
		module = "uvicorn"
		d.Web.ASGI = c.called()
	default:
		d.Web.WSGI = c.called()
	}
	p.note(p.inFolder(c.source.path), c.line, "%s", c.why())
	if c.source.below != "" {
		p.variable("PYTHONPATH", c.source.below)
		p.note("", 0, "the code is below %s, so that folder is put on Python's path", c.source.below)
	}
	framework := frameworks[p.result.Kind]
	environment := p.environment(module, framework)
	p.needs(module)
	if framework != "" && (p.manager == nil || p.result.Python.Kind != plan.PlainInterpreter) {
		p.needs(framework)
	}
	switch p.result.Kind {
	case Dash:
		p.dash(c)
	case Quart:
		p.quart()
	case FastAPI:
		if !c.factory && rootPathGiven().MatchString(callAt(c.source.text, c.offset)) {
			p.note(p.inFolder(c.source.path), c.line, "the app is told its path here, by root_path; take it out: uvicorn is told by ecounit")
		}
	case Django:
		p.djangoSettings()
	}
	if d.Web.WSGI != "" {
		p.note("", 0, "gunicorn answers; it finds the path in front of each request, and tells the app by SCRIPT_NAME")
	} else if d.Web.Prefix == "" {
		p.note("", 0, "uvicorn answers; the web server takes the path off, and uvicorn tells the app by root_path")
	}
	p.sum("%s app %s, %s", p.result.Kind, c.target(), environment)
}

// frameworks are installed as these.
var frameworks = map[string]string{
	Flask: "flask", Django: "django", FastAPI: "fastapi", Starlette: "starlette", Quart: "quart", Dash: dashPackage,
}

var rootPathGiven = lazy.Regexp(`\broot_path[ \t]*=`)

// quart looks for its path within each request's, where it is from uvicorn 0.26
// on. Older ones pass on what the web server sends.
func (p *project) quart() {
	version := p.result.Python.Modules["uvicorn"]
	site := p.sitePath()
	if version == "" || compareVersions(version, "0.26") >= 0 || site == "" {
		return
	}
	d := p.result.Descriptor
	d.Web.Path, d.Web.Prefix = site, "keep"
	p.variable("UVICORN_ROOT_PATH", site)
	p.note("", 0, "Quart wants to see its path, which uvicorn %s passes on only so, and its websockets not at all through a web server (Kludex/uvicorn#1935): install uvicorn 0.26 or newer, and take path, prefix and UVICORN_ROOT_PATH out", version)
}

// variable sets one of [env].
func (p *project) variable(name, value string) {
	if p.result.Descriptor.Env == nil {
		p.result.Descriptor.Env = map[string]string{}
	}
	p.result.Descriptor.Env[name] = value
}

// urlPath is what [web] takes as path.
var urlPath = lazy.Regexp(`^/[a-z0-9][a-z0-9_-]{0,63}$`)

// sitePath is where the app will be, for what has to be told; or "".
func (p *project) sitePath() string {
	site := "/" + p.machine.User.Name + "_" + p.result.Descriptor.Name
	if !urlPath().MatchString(site) {
		return ""
	}
	return site
}

// target is the callable as servers take it.
func (c candidate) target() string { return c.source.module + ":" + c.callable }

// called is the same for one that may have to be called first.
func (c candidate) called() string {
	if c.factory {
		return c.target() + "()"
	}
	return c.target()
}

// key is the line of the descriptor that the candidate would make.
func (c candidate) key() string {
	if isASGI(c.kind) {
		return fmt.Sprintf("asgi = %q", c.called())
	}
	return fmt.Sprintf("wsgi = %q", c.called())
}

func (c candidate) why() string {
	kind := c.kind + " app"
	if c.kind == djangoASGI {
		kind = "Django app"
	}
	if c.factory {
		return fmt.Sprintf("%s() makes the %s", c.callable, kind)
	}
	return fmt.Sprintf("%s is the %s", c.callable, kind)
}
