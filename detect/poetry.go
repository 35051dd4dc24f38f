package detect

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// poetry has its environment in .venv, or in a folder for those of all
// projects, under NAME-HASH-pyVERSION. The hash is that of the project's real
// path, so the name need not be known.
func poetry(folder, file string) *manager {
	return &manager{
		name: "poetry", file: file, folder: folder, add: "poetry add", make: "poetry install",
		environments: func(m Machine) []string {
			all := m.poetryFolder(folder)
			middle := "-" + hashed(m.resolve(folder)) + "-py"
			found := m.venvsNamed(all, func(name string) bool { return strings.Contains(name, middle) })
			// "poetry env use" notes which of several is meant.
			if active := m.poetryActive(filepath.Join(all, "envs.toml"), middle); active != "" && m.isVenv(filepath.Join(all, active)) {
				found = append([]string{filepath.Join(all, active)}, found...)
			}
			return found
		},
	}
}

// poetryConfig is what matters here of config.toml and poetry.toml.
type poetryConfig struct {
	CacheDir    any `toml:"cache-dir"`
	Virtualenvs struct {
		Path any `toml:"path"`
	} `toml:"virtualenvs"`
}

const maxConfig = 64 << 10

// toml reads a small file of somebody else's; one that cannot be read is empty.
func (m Machine) toml(path string, into any) {
	if text, err := m.head(path, maxConfig); err == nil && !isDeep(text) {
		_ = toml.Unmarshal(text, into) // what was read until then counts
	}
}

// isDeep reports what no person nests so deeply; the library follows it with
// its own stack.
func isDeep(text []byte) bool {
	const most = 200
	deepest, depth := 0, 0
	for _, c := range text {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return deepest > most
}

// poetryFolder is where the environments of all projects are.
func (m Machine) poetryFolder(project string) string {
	config := filepath.Join(m.variablePath("XDG_CONFIG_HOME", "~/.config"), "pypoetry")
	cache := filepath.Join(m.variablePath("XDG_CACHE_HOME", "~/.cache"), "pypoetry")
	place := ""
	for _, file := range []string{filepath.Join(m.variablePath("POETRY_CONFIG_DIR", config), "config.toml"), filepath.Join(project, "poetry.toml")} {
		var c poetryConfig
		m.toml(file, &c)
		if dir, ok := c.CacheDir.(string); ok && dir != "" {
			cache = m.absolute(dir, project)
		}
		if path, ok := c.Virtualenvs.Path.(string); ok && path != "" {
			place = path
		}
	}
	cache = m.variablePath("POETRY_CACHE_DIR", cache)
	if place == "" {
		place = filepath.Join(cache, "virtualenvs")
	}
	place = strings.ReplaceAll(place, "{cache-dir}", cache)
	place = strings.ReplaceAll(place, "{project-dir}", project)
	return m.variablePath("POETRY_VIRTUALENVS_PATH", m.absolute(place, project))
}

// poetryActive is the name of the environment that "poetry env use" chose: its
// file has a table for each project, with the version.
func (m Machine) poetryActive(file, middle string) string {
	var projects map[string]any
	m.toml(file, &projects)
	for _, name := range slices.Sorted(maps.Keys(projects)) {
		project, _ := projects[name].(map[string]any)
		minor, _ := project["minor"].(string)
		if strings.HasSuffix(name+"-py", middle) && !strings.Contains(name+minor, "/") {
			return name + "-py" + minor
		}
	}
	return ""
}
