package detect

import (
	"fmt"
	"path/filepath"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/plan"
)

// The kinds of Project.
const (
	Flask     = "Flask"
	Django    = "Django"
	FastAPI   = "FastAPI"
	Starlette = "Starlette"
	Quart     = "Quart"
	WSGI      = "WSGI" // some other app with that interface
	ASGI      = "ASGI"
	Dash      = "Dash"
	Streamlit = "Streamlit"
	Node      = "Node"
	Shiny     = "R Shiny"
	Jupyter   = "Jupyter"
	Pages     = "static pages"
	Procfile  = "Procfile"
	Unknown   = ""
)

// Project is what a folder seems to hold.
type Project struct {
	Kind       string
	Descriptor *descriptor.Descriptor // what init writes; of an Unknown project only the name
	Python     *plan.Interpreter      // nil where none is needed
	Findings   []Finding              // the first one sums up
}

// Finding is something that was found or decided, for people to read.
type Finding struct {
	Text string
	File string // relative to the folder, or ""
	Line int
}

// Project reads a folder and decides how the app in it is run. A Procfile says
// so itself and comes first; then what is a server by itself, then what needs
// one. Of several apps the first is taken, and the others are told of.
func (m Machine) Project(folder string) Project {
	p := &project{machine: m, folder: folder, result: Project{
		Descriptor: &descriptor.Descriptor{Name: nameFor(folder)},
	}}
	if p.decide() {
		p.others()
		p.links()
	} else {
		p.tellOfFiles()
		p.tellOfFolders()
		p.sum("found no app in %s: there is no Procfile, no package.json with a start script, no app.R, no notebook, no index.html, and no Python file that makes a Flask, Django, FastAPI, Dash, Streamlit or other WSGI or ASGI app", folder)
	}
	return p.result
}

func (p *project) decide() bool {
	return p.procfile() || p.pythonApp() || p.streamlit() || p.node() || p.shiny() || p.jupyter() || p.pages()
}

// others tells of what would be an app too. One descriptor is for one app.
func (p *project) others() {
	for _, other := range []struct {
		kind string
		look func() (what, file string, line int)
	}{
		{Streamlit, p.streamlitFile}, {Node, p.startScript}, {Shiny, p.shinyFile}, {Jupyter, p.notebook}, {Pages, p.indexFile},
	} {
		if what, file, line := other.look(); file != "" && other.kind != p.result.Kind && p.result.Kind != Procfile {
			p.note(file, line, "also there, and not taken over: %s", what)
		}
	}
}

// project is a Project in the making.
type project struct {
	machine Machine
	folder  string
	result  Project
	code    []source // of the folder, once they were read
	manager *manager // of the Python packages, or nil
	builder builder  // of pages, or none
	served  string   // the folder with them
}

// sources are the Python files of the folder.
func (p *project) sources() []source {
	if p.code == nil {
		p.code = p.machine.sources(p.folder)
	}
	return p.code
}

func (p *project) path(name string) string { return filepath.Join(p.folder, name) }

func (p *project) note(file string, line int, format string, args ...any) {
	p.result.Findings = append(p.result.Findings, Finding{Text: printable(fmt.Sprintf(format, args...)), File: printable(file), Line: line})
}

// sum puts the sentence that sums up in front.
func (p *project) sum(format string, args ...any) {
	p.result.Findings = append([]Finding{{Text: printable(fmt.Sprintf(format, args...))}}, p.result.Findings...)
}

// nameFor makes a valid name for an app out of a folder's.
func nameFor(folder string) string { return migrate.Name(filepath.Base(folder), "app") }
