package detect

import (
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/plan"
)

// place is what the search for a Python starts from.
type place struct {
	app       string
	directory string // where the app runs
	home      string // where the descriptor is
}

// systemPython is what there is where a project brings none of its own.
const systemPython = "/usr/bin/python3"

// python finds the interpreter that is asked for, or the one in the usual
// places: .venv, venv, pixi's environment, the conda environment that
// environment.yml names, the one named like the app. It returns nil where one
// would be welcome and the project has none.
func (m Machine) python(need plan.PythonNeed, at place) *plan.Interpreter {
	switch {
	case need.Conda != "":
		return m.condaAsked(need.Conda, at.directory, need.Modules)
	case need.Venv != "":
		return m.venv(m.absolute(need.Venv, at.directory), need.Venv, need.Modules)
	case need.Interpreter != "":
		return m.interpreterAsked(need.Interpreter, at.directory, need.Modules)
	}
	if found := m.projectPython(need.Modules, at); found != nil {
		return found
	}
	if need.Optional {
		return nil
	}
	if !m.isRegular(systemPython) {
		return &plan.Interpreter{
			Path: systemPython, Kind: plan.PlainInterpreter, Name: systemPython,
			Problem: fmt.Sprintf("no Python was found: neither .venv, venv nor a conda environment belongs to %s, and there is no %s", at.directory, systemPython),
			Hint:    "python3 -m venv .venv makes one, where a Python is installed",
		}
	}
	return m.plain(systemPython, systemPython, need.Modules)
}

// projectPython is the environment that a project brings, or nil.
func (m Machine) projectPython(wanted []string, at place) *plan.Interpreter {
	folders := []string{at.directory}
	if at.home != at.directory {
		folders = append(folders, at.home)
	}
	for _, folder := range folders {
		for _, name := range []string{".venv", "venv"} {
			if prefix := filepath.Join(folder, name); m.isVenv(prefix) {
				return m.venv(prefix, name, wanted)
			}
		}
		const pixi = ".pixi/envs/default"
		if prefix := filepath.Join(folder, pixi); m.isConda(prefix) {
			return m.conda(prefix, pixi, wanted)
		}
	}
	environments := m.condaEnvironments()
	named, file := m.namedEnvironment(folders)
	for _, name := range []string{named, at.app} {
		if prefix := prefixOf(environments, name); prefix != "" {
			return m.conda(prefix, name, wanted)
		}
	}
	if named == "" || named == "base" {
		return nil
	}
	missing := m.noConda(named, environments)
	missing.Problem = fmt.Sprintf("%s names the conda environment %s, which is not there (looked in %s)", filepath.Base(file), named, m.condaPlaces())
	missing.Hint = "conda env create -f " + file
	return missing
}

// condaFile is what conda's own export writes.
const condaFile = "environment.yml"

var (
	environmentName   = lazy.Regexp(`(?m)^name:[ \t]*["']?([\pL\pN_.+@-]+)`)
	environmentPrefix = lazy.Regexp(`(?m)^prefix:[ \t]*["']?(/[\pL\pN_.+@/-]+)`)
)

// prefixIn is the folder of the environment that the file was exported from.
func (m Machine) prefixIn(file string) string {
	text, _ := m.head(file, 64<<10)
	if found := environmentPrefix().FindSubmatch(text); found != nil {
		return filepath.Clean(string(found[1]))
	}
	return ""
}

// namedEnvironment reads the name in environment.yml. That is the one line of
// the file that matters here, and the format puts it at the left edge.
func (m Machine) namedEnvironment(folders []string) (name, file string) {
	for _, folder := range folders {
		for _, base := range []string{condaFile, "environment.yaml"} {
			file := filepath.Join(folder, base)
			text, err := m.head(file, 64<<10)
			if err != nil {
				continue
			}
			if found := environmentName().FindSubmatch(text); found != nil {
				return string(found[1]), file
			}
		}
	}
	return "", ""
}

// interpreterAsked looks at a Python given by its path, or by its name on the
// system's own path. One that is part of an environment is that environment's.
func (m Machine) interpreterAsked(written, directory string, wanted []string) *plan.Interpreter {
	program := m.program(written, directory, nil)
	path := program.Path
	prefix := filepath.Dir(filepath.Dir(path))
	var found *plan.Interpreter
	switch {
	case program.Problem != "":
		return &plan.Interpreter{Path: path, Kind: plan.PlainInterpreter, Name: written, Problem: program.Problem, Hint: program.Hint}
	case m.isVenv(prefix):
		found = m.venv(prefix, prefix, wanted)
	case m.isConda(prefix):
		found = m.conda(prefix, prefix, wanted)
	default:
		found = m.plain(path, path, wanted)
	}
	found.Path = path
	if text, _ := m.head(path, 2); found.Problem == "" && string(text) == "#!" {
		found.Problem = fmt.Sprintf("%s is a script that chooses a Python, so what will run cannot be told", path)
		found.Hint = "name the Python itself"
	}
	return found
}

var pythonVersion = lazy.Regexp(`^python(\d+\.\d+)$`)

// versionOf is "3.11" for a Python whose file says so, else "".
func (m Machine) versionOf(python string) string {
	if found := pythonVersion().FindStringSubmatch(filepath.Base(m.resolve(python))); found != nil {
		return found[1]
	}
	return ""
}

// plain describes a Python that is no environment.
func (m Machine) plain(path, name string, wanted []string) *plan.Interpreter {
	return &plan.Interpreter{
		Path: path, Kind: plan.PlainInterpreter, Name: name,
		Modules: m.modules(m.systemSites(path), wanted),
	}
}

// nearestFirst lists names for a hint, the likeliest in front.
func nearestFirst(wanted string, names []string) string {
	near := descriptor.Nearest(wanted, names)
	if near == "" {
		return strings.Join(names, ", ")
	}
	list := []string{near}
	for _, name := range names {
		if name != near {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}
