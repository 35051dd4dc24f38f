package detect

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"ecounit/plan"
)

// Machine is a computer as one of its users sees it. All paths that go in and
// come out are paths of that machine.
type Machine struct {
	// Root is "" for the machine that runs this program. Otherwise it is a
	// folder laid out like a machine; links are then followed as if it were /.
	Root string

	User plan.User
	GID  int // the user's own group

	Path      string // PATH of the user's shell: only for hints
	MambaRoot string // MAMBA_ROOT_PREFIX of the user's shell, or ""
	Active    string // the environment that is active in the user's shell, or ""

	Self string // absolute path of the program that runs, or ""

	// Variables of the user's shell that say where environments are.
	Variables map[string]string
}

// ofEnvironments are the variables that move what uv, poetry and pipenv keep.
var ofEnvironments = []string{
	"UV_PROJECT_ENVIRONMENT", "POETRY_CONFIG_DIR", "POETRY_CACHE_DIR", "POETRY_VIRTUALENVS_PATH", "WORKON_HOME", "PIPENV_CUSTOM_VENV_NAME",
	"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
}

// Here is this machine for the user that runs this program.
func Here() (Machine, error) {
	variables := map[string]string{}
	for _, name := range ofEnvironments {
		variables[name] = os.Getenv(name)
	}
	m := Machine{
		Variables: variables,
		Path:      os.Getenv("PATH"),
		MambaRoot: os.Getenv("MAMBA_ROOT_PREFIX"),
		Active:    cmp.Or(os.Getenv("VIRTUAL_ENV"), os.Getenv("CONDA_PREFIX")),
	}
	if self, err := os.Executable(); err == nil {
		m.Self = self
	}
	own, err := m.owner(os.Geteuid(), os.Getegid(), os.Getenv("USER"), os.Getenv("HOME"))
	if err != nil {
		return Machine{}, err
	}
	m.User, m.GID = plan.User{Name: own.name, UID: own.id, Home: own.home}, own.gid
	return m, nil
}

// absolute completes a path as a user writes it.
func (m Machine) absolute(path, base string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok || path == "~" {
		return filepath.Join(m.User.Home, strings.TrimPrefix(rest, "~"))
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}
