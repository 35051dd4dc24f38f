package migrate

import (
	"path"
	"slices"
	"strings"

	"ecounit/descriptor"
)

// In is a path seen from a folder.
func In(folder, file string) string {
	if path.IsAbs(file) {
		return path.Clean(file)
	}
	return path.Join(folder, file)
}

// Folder is where the program runs, if the script is run in a folder.
func (s Started) Folder(folder string) string { return In(folder, s.Directory) }

// Python is that of the environment that the script activates, if any.
func (s Started) Python(folder string, names func(folder string) []string) descriptor.Python {
	switch {
	case s.Conda != "":
		return descriptor.Python{Conda: s.Conda}
	case s.Activated != "":
		return PythonAt(In(folder, s.Activated), names)
	}
	return descriptor.Python{}
}

// PythonAt says which Python a prefix is: what conda and venv leave in the
// folder tells. names lists a folder.
func PythonAt(prefix string, names func(folder string) []string) descriptor.Python {
	found := names(prefix)
	switch {
	case prefix == "":
		return descriptor.Python{}
	case slices.Contains(found, "conda-meta"), len(found) == 0 && looksLikeConda(prefix):
		return descriptor.Python{Conda: prefix}
	case slices.Contains(found, "pyvenv.cfg"), len(found) == 0 && slices.Contains([]string{".venv", "venv", "env"}, path.Base(prefix)):
		return descriptor.Python{Venv: prefix}
	case strings.HasSuffix(prefix, "/.local"):
		return descriptor.Python{Interpreter: "/usr/bin/python3"} // pip install --user
	}
	return descriptor.Python{Interpreter: path.Join(prefix, "bin/python3")}
}

// looksLikeConda is for folders that cannot be looked into.
func looksLikeConda(prefix string) bool {
	return path.Base(path.Dir(prefix)) == "envs" || slices.ContainsFunc(
		[]string{"miniconda", "anaconda", "miniforge", "mambaforge"},
		func(name string) bool { return strings.HasPrefix(strings.ToLower(path.Base(prefix)), name) })
}

// Which finds a program as a shell does.
func Which(program, search string, names func(folder string) []string) string {
	if strings.Contains(program, "/") {
		return program
	}
	for folder := range strings.SplitSeq(search, ":") {
		if path.IsAbs(folder) && slices.Contains(names(folder), program) {
			return path.Join(folder, program)
		}
	}
	return ""
}
