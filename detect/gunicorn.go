package detect

import (
	"path/filepath"
	"slices"
	"strings"

	"ecounit/lazy"
	"ecounit/plan"
)

const maxGunicornConf = 256 << 10

var preloads = lazy.Regexp(`(?m)^\s*preload_app\s*=\s*True\b`)

// preloads says whether the app's own settings have gunicorn load it once,
// before it starts its workers: in gunicorn.conf.py, or in a variable of an
// env file.
func (m Machine) preloads(needs plan.Needs, directory string) bool {
	if needs.Python == nil || !slices.Contains(needs.Python.Modules, "gunicorn") {
		return false
	}
	text, err := m.head(filepath.Join(directory, "gunicorn.conf.py"), maxGunicornConf)
	if err == nil && preloads().Match(text) {
		return true
	}
	for _, file := range needs.EnvFiles {
		variables, _ := m.EnvFile(m.absolute(file, directory)) // Facts complains
		for _, v := range variables {
			if v.Name == "GUNICORN_CMD_ARGS" && strings.Contains(v.Value, "--preload") {
				return true
			}
		}
	}
	return false
}
