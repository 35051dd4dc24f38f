package detect

import (
	"crypto/sha256"
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/lazy"
)

// manager is a program that looks after the packages of a project. What it
// would say is found on disk; none of them is run.
type manager struct {
	name   string // as it is typed
	file   string // what shows that it is used
	folder string // the project's
	add    string // installs a package
	make   string // makes the environment
	// movable: .venv is not its environment where a variable names another one.
	movable bool
	// environments are those of the project, the one that it would use first.
	environments func(Machine) []string
}

const (
	projectFile = "pyproject.toml"
	pipfile     = "Pipfile"
)

var (
	ofPoetry = lazy.Regexp(`(?m)^[ \t]*\[tool\.poetry[.\]]|^[ \t]*build-backend[ \t]*=[ \t]*["']poetry\.`)
	ofUV     = lazy.Regexp(`(?m)^[ \t]*\[+tool\.uv[.\]]|^[ \t]*build-backend[ \t]*=[ \t]*["']uv_build["']`)
)

// managerOf finds out who looks after the packages. A lock file says it more
// surely than what a template wrote into pyproject.toml.
func (m Machine) managerOf(folders []string) *manager {
	for _, folder := range folders {
		has := func(file string) bool { return m.isRegular(filepath.Join(folder, file)) }
		text, _ := m.head(filepath.Join(folder, projectFile), 256<<10)
		switch {
		case has("uv.lock"):
			return uv(folder, "uv.lock")
		case has("poetry.lock"):
			return poetry(folder, "poetry.lock")
		case has(pipfile):
			return pipenv(folder, pipfile)
		case ofPoetry().Match(text):
			return poetry(folder, projectFile)
		case ofUV().Match(text):
			return uv(folder, projectFile)
		}
	}
	return nil
}

// uv has its environment in .venv, or where a variable says.
func uv(folder, file string) *manager {
	return &manager{
		name: "uv", file: file, folder: folder, add: "uv add", make: "uv sync", movable: true,
		environments: func(m Machine) []string {
			named := m.Variables["UV_PROJECT_ENVIRONMENT"]
			if prefix := m.absolute(named, folder); named != "" && m.isVenv(prefix) {
				return []string{prefix}
			}
			return nil
		},
	}
}

// madeByUV reports whether uv made a virtual environment, which then has no pip.
func (m Machine) madeByUV(prefix string) bool {
	text, err := m.head(filepath.Join(prefix, venvConfig), 64<<10)
	return err == nil && prefix != "" && parseVenvConfig(string(text))["uv"] != ""
}

// hashed is what poetry and pipenv tell projects with the same name apart by:
// the beginning of the SHA-256 of a path, in the alphabet for URLs (measured
// with poetry 1.3.2 and pipenv 2022.12.19).
func hashed(path string) string {
	const digits = 8
	sum := sha256.Sum256([]byte(path))
	return base64.URLEncoding.EncodeToString(sum[:])[:digits]
}

// variablePath is a path in a variable of the user's shell, or another one.
func (m Machine) variablePath(name, otherwise string) string {
	if path := m.Variables[name]; path != "" && (filepath.IsAbs(path) || strings.HasPrefix(path, "~")) {
		return m.absolute(path, "/")
	}
	return m.absolute(otherwise, "/")
}

// venvsNamed lists the virtual environments of a folder whose name fits, the
// newest Python first: names end in its version.
func (m Machine) venvsNamed(folder string, fits func(name string) bool) []string {
	var found []string
	for _, name := range m.names(folder) {
		if prefix := filepath.Join(folder, name); fits(name) && m.isVenv(prefix) {
			found = append(found, prefix)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return compareVersions(b, a) })
	return found
}

// compareVersions compares texts by the numbers in them: 3.9 is before 3.11.
func compareVersions(a, b string) int {
	isDigit := func(c byte) bool { return '0' <= c && c <= '9' }
	for a != "" && b != "" {
		if isDigit(a[0]) && isDigit(b[0]) {
			x, restA := leadingDigits(a)
			y, restB := leadingDigits(b)
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if x != y {
				return strings.Compare(x, y)
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

// leadingDigits cuts a number off the front, without its zeros.
func leadingDigits(s string) (number, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
