package detect

import (
	"path/filepath"
	"strings"

	"ecounit/lazy"
)

// pipenv has its environment in .venv, or in a folder for those of all
// projects, under NAME-HASH or NAME-HASH-PYTHON. The hash is that of the
// Pipfile's real path.
func pipenv(folder, file string) *manager {
	return &manager{
		name: "pipenv", file: file, folder: folder, add: "pipenv install", make: "pipenv install",
		environments: func(m Machine) []string {
			all := m.variablePath("WORKON_HOME", filepath.Join(m.variablePath("XDG_DATA_HOME", "~/.local/share"), "virtualenvs"))
			if prefix := m.namedByFile(folder, all); prefix != "" {
				return []string{prefix}
			}
			if name := m.Variables["PIPENV_CUSTOM_VENV_NAME"]; name != "" && m.isVenv(filepath.Join(all, name)) {
				return []string{filepath.Join(all, name)}
			}
			hash := "-" + hashed(filepath.Join(m.resolve(folder), pipfile))
			return m.venvsNamed(all, func(name string) bool {
				_, python, found := strings.Cut(name, hash)
				return found && (python == "" || python[0] == '-')
			})
		},
	}
}

var plainName = lazy.Regexp(`^[A-Za-z0-9._~/][A-Za-z0-9 ._~/-]*$`)

// namedByFile follows .venv where it is a file: a path, or the name of one of
// all environments.
func (m Machine) namedByFile(folder, all string) string {
	text, err := m.head(filepath.Join(folder, ".venv"), 4<<10)
	named := strings.TrimSpace(string(text))
	if err != nil || !plainName().MatchString(named) {
		return ""
	}
	prefix := filepath.Join(all, named)
	if strings.Contains(named, "/") {
		prefix = m.absolute(named, folder)
	}
	if !m.isVenv(prefix) {
		return ""
	}
	return prefix
}
