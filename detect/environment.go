package detect

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/plan"
)

// environment looks for the Python that the project will run with, and which of
// the wanted packages it has. What enable would not find by itself is written
// into the descriptor. The environment that is active in the user's shell is
// taken where the project has none of its own.
func (p *project) environment(wanted ...string) string {
	m, d := p.machine, p.result.Descriptor
	directory := m.absolute(d.Directory, p.folder)
	at := place{app: d.Name, directory: directory, home: p.folder}
	folders := []string{directory}
	if directory != p.folder {
		folders = append(folders, p.folder)
	}
	manager := m.managerOf(folders)
	found := m.projectPython(wanted, at)
	usual := found != nil && found.Problem == "" && found.Kind != plan.CondaEnvironment
	named := found != nil && found.Problem == "" && found.Kind == plan.CondaEnvironment
	kept := p.kept(manager, found, usual, wanted)
	if kept == nil && !usual && !named {
		kept = p.inFolders(folders, wanted)
	}
	switch {
	case kept != nil:
		found = kept
	case usual:
	case named:
		d.Python.Conda = found.Name
	case found != nil:
	case m.isConda(m.Active):
		found = m.conda(m.Active, cmp.Or(m.nameOfConda(m.Active), m.Active), wanted)
		d.Python.Conda = found.Name
		p.note("", 0, "the project has no environment of its own; the conda environment %s is active in this shell and is taken", found.Name)
	case m.isVenv(m.Active):
		found = m.venv(m.Active, m.Active, wanted)
		d.Python.Venv = found.Name
		p.note("", 0, "the project has no environment of its own; the virtual environment %s is active in this shell and is taken", found.Name)
	default:
		found = m.python(plan.PythonNeed{Modules: wanted}, at)
		if manager != nil {
			p.note(manager.file, 0, "%s looks after the packages, but there is no environment of this project yet: %s", manager.name, manager.make)
		}
	}
	p.result.Python, p.manager = found, manager
	if found.Problem != "" {
		p.note("", 0, "%s", joinHint(found.Problem, found.Hint))
	}
	return found.Kind + " " + found.Name
}

// needs says how a package is installed that is not there; of several, one is
// enough, and the first is the one to install.
func (p *project) needs(oneOf ...string) {
	found := p.result.Python
	for _, module := range oneOf {
		if found.Problem != "" || found.Modules[module] != "" {
			return
		}
	}
	p.note("", 0, "%s", joinHint(fmt.Sprintf("%s is not installed in the %s %s", strings.Join(oneOf, " or "), found.Kind, found.Name), p.machine.installHint(found, p.manager, oneOf[0])))
}

// kept is the environment that uv, poetry or pipenv keeps for the project,
// where enable does not look by itself. The descriptor then says where it is.
func (p *project) kept(manager *manager, found *plan.Interpreter, usual bool, wanted []string) *plan.Interpreter {
	if manager == nil || usual && found.Name == ".venv" && !manager.movable {
		return nil
	}
	m, d := p.machine, p.result.Descriptor
	prefixes := manager.environments(m)
	if len(prefixes) == 0 {
		return nil
	}
	d.Python.Venv = m.fromHome(prefixes[0])
	p.note(manager.file, 0, "%s keeps the project's environment in %s, which [python] says", manager.name, d.Python.Venv)
	return m.venv(prefixes[0], d.Python.Venv, wanted)
}

// likelyEnvironments are the names that tutorials and editors give.
var likelyEnvironments = []string{"env", ".env", "ENV", "virtualenv", ".virtualenv", ".conda", "envs", "conda", "conda-env"}

// inFolders finds an environment in the project's folder, as venv or "conda
// create -p" makes it, or the one whose prefix an exported environment.yml
// names.
func (p *project) inFolders(folders, wanted []string) *plan.Interpreter {
	m := p.machine
	for _, folder := range folders {
		for _, name := range likelyEnvironments {
			prefix := filepath.Join(folder, name)
			if !m.isVenv(prefix) && !m.isConda(prefix) {
				continue
			}
			p.note(name, 0, "the environment is in the project's folder, which [python] says")
			return p.written(prefix, "./"+name, wanted)
		}
		if prefix := m.prefixIn(filepath.Join(folder, condaFile)); prefix != "" && m.isConda(prefix) {
			p.note(condaFile, 0, "it names the prefix of an environment that is there")
			return p.written(prefix, m.fromHome(prefix), wanted)
		}
	}
	return nil
}

// written puts an environment into the descriptor. A path with a / in it is
// never taken for the name of a conda environment.
func (p *project) written(prefix, as string, wanted []string) *plan.Interpreter {
	m, d := p.machine, p.result.Descriptor
	if m.absolute(as, m.absolute(d.Directory, p.folder)) != prefix {
		as = m.fromHome(prefix) // the app runs in another folder
	}
	if m.isConda(prefix) {
		d.Python = descriptor.Python{Conda: as}
		return m.conda(prefix, as, wanted)
	}
	d.Python = descriptor.Python{Venv: strings.TrimPrefix(as, "./")}
	return m.venv(prefix, d.Python.Venv, wanted)
}

// fromHome is a path as it holds on any host with this home directory.
func (m Machine) fromHome(path string) string {
	if rest, below := strings.CutPrefix(path, m.User.Home+"/"); below && m.User.Home != "" {
		return "~/" + rest
	}
	return path
}

// installHint is the command that installs a package. A system's own Python
// refuses packages of users in many distributions (PEP 668).
func (m Machine) installHint(python *plan.Interpreter, manager *manager, module string) string {
	switch {
	case manager != nil:
		return manager.add + " " + module
	case python.Kind == plan.PlainInterpreter:
		return "python3 -m venv .venv && .venv/bin/python -m pip install " + module
	case m.madeByUV(python.Prefix):
		return "uv pip install --python " + python.Prefix + " " + module
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
