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
		at := p.path(name)
		isLink := p.machine.resolve(at) != filepath.Join(p.machine.resolve(p.folder), name)
		if isLink || !plainName().MatchString(name) || strings.HasPrefix(name, ".") || passedOver[name] || p.machine.isVenv(at) || p.machine.isConda(at) {
			continue
		}
		if looked++; looked > maxBelow {
			return
		}
		below := &project{machine: p.machine, folder: at, result: Project{Descriptor: &descriptor.Descriptor{Name: nameFor(name)}}}
		if below.decide() {
			typed := name
			if strings.ContainsAny(name, " ~") {
				typed = "'" + name + "'"
			}
			p.note("", 0, "the folder %s holds an app (%s): ecounit init %s", name, below.result.Kind, typed)
		}
	}
}

// tellOfFiles says of Python files why no app was found in them.
func (p *project) tellOfFiles() {
	looked := 0
	for _, name := range p.machine.names(p.folder) {
		base, isPython := strings.CutSuffix(name, ".py")
		if !isPython {
			continue
		}
		if looked++; looked > maxBelow {
			return
		}
		text, err := p.machine.head(p.path(name), maxSource)
		switch {
		case err != nil:
			p.note(name, 0, "cannot read it: %s", p.machine.reason(p.path(name), err))
		case !variable().MatchString(base):
			if found := candidates([]source{{path: name, module: base, text: string(text)}}); len(found) > 0 {
				p.note(name, found[0].line, "%s, but Python cannot import a file of this name: use letters, digits and _ only", found[0].why())
			}
		case len(text) == maxSource:
			p.note(name, 0, "only its first %d KiB were looked at", maxSource>>10)
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
