package detect

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
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
	Node      = "Node"
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
// so itself and comes first; then Python, then Node.
func (m Machine) Project(folder string) Project {
	p := &project{machine: m, folder: folder, result: Project{
		Descriptor: &descriptor.Descriptor{Name: NameFor(folder)},
	}}
	if !p.procfile() && !p.pythonApp() && !p.node() {
		p.sum("found no app in %s: there is no Procfile, no package.json with a start script, and no Python file that makes a Flask, Django, FastAPI or other WSGI or ASGI app", folder)
	}
	return p.result
}

// project is a Project in the making.
type project struct {
	machine Machine
	folder  string
	result  Project
}

func (p *project) note(file string, line int, format string, args ...any) {
	p.result.Findings = append(p.result.Findings, Finding{Text: printable(fmt.Sprintf(format, args...)), File: printable(file), Line: line})
}

// sum puts the sentence that sums up in front.
func (p *project) sum(format string, args ...any) {
	p.result.Findings = append([]Finding{{Text: printable(fmt.Sprintf(format, args...))}}, p.result.Findings...)
}

// environment looks for the Python that the project will run with, and says
// what is missing in it. The one that is active in the user's shell is taken
// where the project has none of its own.
func (p *project) environment(module string) string {
	m, d := p.machine, p.result.Descriptor
	need := plan.PythonNeed{}
	if module != "" {
		need.Modules = []string{module}
	}
	directory := m.absolute(d.Directory, p.folder)
	at := place{app: d.Name, directory: directory, home: p.folder}
	found := m.projectPython(need.Modules, at)
	switch {
	case found != nil && found.Kind == plan.CondaEnvironment && found.Problem == "":
		d.Python.Conda = found.Name
	case found == nil && m.isConda(m.Active):
		found = m.conda(m.Active, cmp.Or(m.nameOfConda(m.Active), m.Active), need.Modules)
		d.Python.Conda = found.Name
		p.note("", 0, "the project has no environment of its own; the conda environment %s is active in this shell and is taken", found.Name)
	case found == nil && m.isVenv(m.Active):
		found = m.venv(m.Active, m.Active, need.Modules)
		d.Python.Venv = found.Name
		p.note("", 0, "the project has no environment of its own; the virtual environment %s is active in this shell and is taken", found.Name)
	case found == nil:
		found = m.python(need, at)
	}
	p.result.Python = found
	if found.Problem != "" {
		p.note("", 0, "%s", joinHint(found.Problem, found.Hint))
	} else if module != "" && found.Modules[module] == "" {
		p.note("", 0, "%s", joinHint(fmt.Sprintf("%s is not installed in the %s %s", module, found.Kind, found.Name), m.installHint(found, module)))
	}
	return found.Kind + " " + found.Name
}

// installHint is the command that installs a package. A system's own Python
// refuses packages of users in many distributions (PEP 668).
func (m Machine) installHint(python *plan.Interpreter, module string) string {
	if python.Kind == plan.PlainInterpreter {
		return "python3 -m venv .venv && .venv/bin/python -m pip install " + module
	}
	return python.Path + " -m pip install " + module
}

// nameOfConda is the name that leads to the environment, or "".
func (m Machine) nameOfConda(prefix string) string {
	environments := m.condaEnvironments()
	for _, e := range environments {
		if e.prefix == filepath.Clean(prefix) && prefixOf(environments, e.name) == e.prefix {
			return e.name
		}
	}
	return ""
}

func joinHint(problem, hint string) string {
	if hint == "" {
		return problem
	}
	return problem + ": " + hint
}

var notInNames = lazy.Regexp(`[^a-z0-9]+`)

// NameFor makes a valid name for an app out of a folder's.
func NameFor(folder string) string {
	const longest = 32
	name := notInNames().ReplaceAllString(strings.ToLower(filepath.Base(folder)), "-")
	if name = strings.Trim(name, "-"); len(name) > longest {
		name = strings.TrimRight(name[:longest], "-")
	}
	return cmp.Or(name, "app")
}
