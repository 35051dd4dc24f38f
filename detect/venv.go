package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ecounit/plan"
)

const venvConfig = "pyvenv.cfg"

func (m Machine) isVenv(prefix string) bool { return m.isRegular(filepath.Join(prefix, venvConfig)) }

// parseVenvConfig reads pyvenv.cfg as Python's own site module does: one
// "key = value" a line, keys in any case.
func parseVenvConfig(text string) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, found := strings.Cut(line, "="); found {
			values[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	return values
}

// venv describes a virtual environment, and finds out whether the Python that
// it was made with is still there: a venv holds no Python of its own.
func (m Machine) venv(prefix, name string, wanted []string) *plan.Interpreter {
	found := &plan.Interpreter{
		Path: filepath.Join(prefix, "bin/python"), Kind: plan.VirtualEnvironment, Name: name, Prefix: prefix,
	}
	text, err := m.head(filepath.Join(prefix, venvConfig), 64<<10)
	if err != nil {
		found.Problem = fmt.Sprintf("there is no virtual environment %s (%s: %s)", prefix, venvConfig, m.reason(filepath.Join(prefix, venvConfig), err))
		found.Hint = "python3 -m venv " + prefix
		if others := m.venvsIn(filepath.Dir(prefix)); len(others) > 0 {
			found.Hint = "there are: " + nearestFirst(filepath.Base(prefix), others)
		}
		return found
	}
	config := parseVenvConfig(string(text))
	if _, err := m.lstat(found.Path); errors.Is(err, fs.ErrNotExist) {
		if python3 := filepath.Join(prefix, "bin/python3"); m.isRegular(python3) {
			found.Path = python3
		}
	}
	if found.Problem = m.venvProblem(found.Path, name, config); found.Problem != "" {
		found.Hint = m.venvAnew(prefix, config)
		return found
	}
	found.Modules = m.modules(m.venvSites(prefix, config), wanted)
	return found
}

func (m Machine) venvsIn(folder string) []string {
	var found []string
	for _, name := range m.names(folder) {
		if m.isVenv(filepath.Join(folder, name)) {
			found = append(found, name)
		}
	}
	return found
}

func (m Machine) venvProblem(python, name string, config map[string]string) string {
	_, err := m.stat(python)
	home := config["home"]
	madeFor := shortVersion(config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if end := m.resolve(python); end != python && !strings.HasPrefix(end, filepath.Dir(python)+"/") {
			return fmt.Sprintf("the virtual environment %s was made with %s, which is gone", name, end)
		}
		return fmt.Sprintf("the virtual environment %s has no %s", name, python)
	case err != nil:
		return fmt.Sprintf("cannot use the virtual environment %s: %s: %s", name, python, m.reason(python, err))
	case filepath.IsAbs(home) && !m.isDirectory(home):
		return fmt.Sprintf("the virtual environment %s was made with the Python in %s, which is gone", name, home)
	}
	if now := m.versionOf(python); now != "" && madeFor != "" && now != madeFor {
		return fmt.Sprintf("the virtual environment %s was made for Python %s, but %s is Python %s now", name, madeFor, m.resolve(python), now)
	}
	return ""
}

// shortVersion is "3.11": venv writes version, virtualenv and uv version_info.
func shortVersion(config map[string]string) string {
	for _, key := range []string{"version", "version_info"} {
		parts := strings.Split(config[key], ".")
		if len(parts) >= 2 {
			return parts[0] + "." + parts[1]
		}
	}
	return ""
}

// venvAnew is the command that makes the environment again.
func (m Machine) venvAnew(prefix string, config map[string]string) string {
	create, install := "python3 -m venv --clear "+prefix, filepath.Join(prefix, "bin/python")+" -m pip install"
	if config["uv"] != "" {
		create, install = "uv venv "+prefix, "uv pip install --python "+prefix
	}
	if requirements := filepath.Join(filepath.Dir(prefix), "requirements.txt"); m.isRegular(requirements) {
		return create + " && " + install + " -r " + requirements
	}
	return create + ", then install its packages again"
}

func (m Machine) venvSites(prefix string, config map[string]string) []string {
	sites := m.prefixSites(prefix, shortVersion(config))
	if strings.EqualFold(config["include-system-site-packages"], "true") {
		base := filepath.Join(config["home"], "python"+shortVersion(config))
		sites = append(sites, m.systemSites(base)...)
	}
	return sites
}
