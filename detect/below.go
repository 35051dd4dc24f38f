package detect

import (
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// maxBelow is how many folders are looked into for apps where the folder itself
// holds none.
const maxBelow = 30

// tellOfFolders names the folders that hold an app, as in a project with a
// backend and a frontend. Each would be an app of its own.
func (p *project) tellOfFolders() {
	looked := 0
	for _, name := range p.machine.folders(p.folder) {
		if at := p.path(name); !plainName().MatchString(name) || strings.HasPrefix(name, ".") || passedOver[name] || p.machine.isVenv(at) || p.machine.isConda(at) {
			continue
		}
		if looked++; looked > maxBelow {
			return
		}
		below := &project{machine: p.machine, folder: p.path(name), result: Project{Descriptor: &descriptor.Descriptor{Name: NameFor(name)}}}
		if below.decide() {
			typed := name
			if strings.ContainsAny(name, " ~") {
				typed = "'" + name + "'"
			}
			p.note("", 0, "the folder %s holds an app (%s): ecounit init %s", name, below.result.Kind, typed)
		}
	}
}

var importsModule = lazy.Regexp(`^(?:from|import)[ \t]+([A-Za-z_]\w*)`)

// runsBelow finds out whether an app in a folder has to run there: as in
// "cd backend; uvicorn main:app", where main.py imports its neighbours by their
// bare names.
func (p *project) runsBelow(c candidate) bool {
	folder, _ := filepath.Split(c.source.path)
	if folder = strings.TrimSuffix(folder, "/"); folder == "" || c.source.below != "" || strings.Contains(folder, "/") || p.machine.isRegular(p.path(filepath.Join(folder, "__init__.py"))) {
		return false
	}
	isThere := func(at string) bool {
		return p.machine.isRegular(p.path(at+".py")) || p.machine.isDirectory(p.path(at))
	}
	return slices.ContainsFunc(statements(c.source.text), func(at statement) bool {
		m := importsModule().FindStringSubmatch(at.text)
		if m == nil || !isThere(filepath.Join(folder, m[1])) || isThere(m[1]) {
			return false
		}
		p.result.Descriptor.Directory = folder
		p.note(c.source.path, at.line, "it imports %s, which is in %s, so the app runs there", m[1], folder)
		return true
	})
}
