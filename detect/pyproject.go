package detect

import (
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// pythonApp decides for the likeliest callable in the sources.
func (p *project) pythonApp() bool {
	sources := p.machine.sources(p.folder)
	if p.djangoBelow(sources) {
		sources = p.machine.sources(filepath.Join(p.folder, p.result.Descriptor.Directory))
	}
	found := candidates(sources)
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
		if c.demands {
			continue
		}
		p.note(p.inFolder(c.source.path), c.line, "also possible: %s", c.key())
	}
	if content, err := p.packageJSON(); err == nil && content.start() != "" {
		p.note(packageFile, 0, "also there, and not taken over: npm start")
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
	case isASGI(c.kind) && c.factory:
		module = "uvicorn"
		d.Web.Command = descriptor.Command{
			"python", "-m", "uvicorn", "--factory", "--fd", "${FD}",
			"--forwarded-allow-ips", "*", "--root-path", "${BASE_PATH}", c.target(),
		}
		d.Web.Prefix = "strip"
	case isASGI(c.kind):
		module = "uvicorn"
		d.Web.ASGI = c.target()
	case c.factory:
		d.Web.WSGI = c.target() + "()"
	default:
		d.Web.WSGI = c.target()
	}
	p.note(p.inFolder(c.source.path), c.line, "%s", c.why())
	if c.source.below != "" {
		d.Env = map[string]string{"PYTHONPATH": c.source.below}
		p.note("", 0, "the code is below %s, so that folder is put on Python's path", c.source.below)
	}
	environment := p.environment(module)
	p.sum("%s app %s, %s", p.result.Kind, c.target(), environment)
}

// target is the callable as servers take it.
func (c candidate) target() string { return c.source.module + ":" + c.callable }

// key is the line of the descriptor that the candidate would make.
func (c candidate) key() string {
	switch {
	case isASGI(c.kind) && c.factory:
		return fmt.Sprintf("%s(), as app = %s() in a file of its own", c.target(), c.callable)
	case isASGI(c.kind):
		return fmt.Sprintf("asgi = %q", c.target())
	case c.factory:
		return fmt.Sprintf("wsgi = %q", c.target()+"()")
	}
	return fmt.Sprintf("wsgi = %q", c.target())
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

// manageFile is the program that Django puts beside a project.
const manageFile = "manage.py"

var settingsModule = lazy.Regexp(`DJANGO_SETTINGS_MODULE["'][ \t]*,[ \t]*["']([\w.]+)["']`)

// djangoBelow looks for a Django project in a folder of the folder, as in
// backend/manage.py: such a project must run where its manage.py is.
func (p *project) djangoBelow(sources []source) bool {
	for _, s := range sources {
		folder, name := filepath.Split(s.path)
		if name != manageFile || !settingsModule().MatchString(s.text) {
			continue
		}
		if folder = strings.TrimSuffix(folder, "/"); folder == "" || strings.Contains(folder, "/") {
			return false
		}
		p.result.Descriptor.Directory = folder
		p.note(s.path, 0, "manage.py is in %s, so the app runs there", folder)
		return true
	}
	return false
}
