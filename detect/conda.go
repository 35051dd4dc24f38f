package detect

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/plan"
)

// condaEnvironment is a folder with conda-meta in it.
type condaEnvironment struct{ name, prefix string }

func (m Machine) isConda(prefix string) bool {
	return m.isDirectory(filepath.Join(prefix, "conda-meta"))
}

// condaRoots are the folders where installers put conda, mamba and micromamba.
func (m Machine) condaRoots() []string {
	var roots []string
	for _, name := range []string{"miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "conda", ".conda", ".local/share/mamba"} {
		roots = append(roots, filepath.Join(m.User.Home, name))
	}
	if filepath.IsAbs(m.MambaRoot) {
		roots = append(roots, filepath.Clean(m.MambaRoot))
	}
	for _, name := range []string{"conda", "miniconda3", "anaconda3", "miniforge3", "mambaforge"} {
		roots = append(roots, filepath.Join("/opt", name))
	}
	return roots
}

// condaList is where conda notes every environment that it makes.
func (m Machine) condaList() string { return filepath.Join(m.User.Home, ".conda/environments.txt") }

// condaEnvironments lists the environments there are. Of two with the same
// name the first is meant.
func (m Machine) condaEnvironments() []condaEnvironment {
	var found []condaEnvironment
	add := func(name, prefix string) {
		same := func(e condaEnvironment) bool { return e.prefix == prefix }
		if !slices.ContainsFunc(found, same) && m.isConda(prefix) {
			found = append(found, condaEnvironment{name, prefix})
		}
	}
	for _, root := range m.condaRoots() {
		for _, name := range m.names(filepath.Join(root, "envs")) {
			add(name, filepath.Join(root, "envs", name))
		}
		add("base", root)
	}
	text, _ := m.head(m.condaList(), 1<<20)
	for line := range strings.Lines(string(text)) {
		prefix := strings.TrimSpace(line)
		if !filepath.IsAbs(prefix) {
			continue
		}
		name := filepath.Base(prefix)
		if m.isDirectory(filepath.Join(prefix, "condabin")) {
			name = "base"
		}
		add(name, filepath.Clean(prefix))
	}
	return found
}

func prefixOf(environments []condaEnvironment, name string) string {
	for _, e := range environments {
		if e.name == name {
			return e.prefix
		}
	}
	return ""
}

// condaAsked finds an environment by its name or its path.
func (m Machine) condaAsked(written, directory string, wanted []string) *plan.Interpreter {
	if strings.Contains(written, "/") || written == "~" {
		prefix := m.absolute(written, directory)
		if m.isConda(prefix) {
			return m.conda(prefix, written, wanted)
		}
		return &plan.Interpreter{
			Path: filepath.Join(prefix, "bin/python"), Kind: plan.CondaEnvironment, Name: written, Prefix: prefix,
			Problem: fmt.Sprintf("%s is not a conda environment: there is no conda-meta in it", prefix),
			Hint:    "conda create -p " + prefix + " python",
		}
	}
	environments := m.condaEnvironments()
	if prefix := prefixOf(environments, written); prefix != "" {
		return m.conda(prefix, written, wanted)
	}
	return m.noConda(written, environments)
}

// noConda says where an environment was looked for, and which there are.
func (m Machine) noConda(name string, environments []condaEnvironment) *plan.Interpreter {
	missing := &plan.Interpreter{
		Kind: plan.CondaEnvironment, Name: name,
		Problem: fmt.Sprintf("there is no conda environment %s (looked in %s)", name, m.condaPlaces()),
		Hint:    "conda create -n " + name + " python",
	}
	var names []string
	for _, e := range environments {
		names = append(names, e.name)
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > 0 {
		missing.Hint = "there are: " + nearestFirst(name, names)
	}
	return missing
}

// condaPlaces names the folders that are really there, for a message.
func (m Machine) condaPlaces() string {
	var places []string
	for _, root := range m.condaRoots() {
		if envs := filepath.Join(root, "envs"); m.isDirectory(envs) {
			places = append(places, envs)
		}
	}
	return strings.Join(append(places, m.condaList()), ", ")
}

// conda describes an environment.
func (m Machine) conda(prefix, name string, wanted []string) *plan.Interpreter {
	found := &plan.Interpreter{
		Path: filepath.Join(prefix, "bin/python"), Kind: plan.CondaEnvironment, Name: name, Prefix: prefix,
	}
	if _, err := m.stat(found.Path); err != nil {
		found.Problem = fmt.Sprintf("the conda environment %s has no Python: %s: %s", name, found.Path, m.reason(found.Path, err))
		found.Hint = "conda install -p " + prefix + " python"
		return found
	}
	found.Modules = m.modules(m.prefixSites(prefix, m.versionOf(found.Path)), wanted)
	return found
}
