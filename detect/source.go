package detect

import (
	"path/filepath"
	"strings"
)

// What is read of a project at most. Beyond it, the app is not found by itself
// and the user writes one line.
const (
	maxSource  = 64 << 10 // bytes of one file, from its beginning
	maxSources = 400      // files
	maxText    = 2 << 20  // bytes of all files
	maxFolders = 200      // folders looked into
)

// source is a Python file that could hold the app.
type source struct {
	path   string // relative to the folder
	module string // as it is imported: "app", "mysite.wsgi", "flaskr"
	depth  int    // 0: in the folder itself
	below  string // the folder to put on the import path, "" or "src"
	text   string
}

var passedOver = map[string]bool{
	"test": true, "tests": true, "docs": true, "doc": true, "node_modules": true, "site-packages": true,
	"migrations": true, "static": true, "templates": true, "build": true, "dist": true, "__pycache__": true,
}

// sources reads the Python files of a folder, of src, and of the packages in
// both, in this order.
func (m Machine) sources(folder string) []source {
	s := sourceReader{machine: m, folder: folder}
	s.read("", "", 0)
	if m.isRegular(filepath.Join(folder, "src/__init__.py")) {
		return s.found // src is a package like any other, and was read
	}
	s.read("src", "src", 2)
	return s.found
}

type sourceReader struct {
	machine Machine
	folder  string
	folders int
	bytes   int
	found   []source
}

// read reads the files of one folder, and those of its packages one level
// further down.
func (s *sourceReader) read(relative, below string, depth int) {
	s.files(relative, below, "", depth)
	packages := []string{}
	for _, name := range s.machine.folders(filepath.Join(s.folder, relative)) {
		path := filepath.Join(relative, name)
		if strings.Contains(name, ".") || passedOver[name] || (relative == "" && name == "src" && below == "" && !s.isPackage(path)) {
			continue
		}
		packages = append(packages, name)
	}
	for _, name := range packages {
		if s.folders++; s.folders > maxFolders {
			return
		}
		path := filepath.Join(relative, name)
		at := filepath.Join(s.folder, path)
		if !s.machine.leadsUp(at, s.folder) && !s.machine.isVenv(at) && !s.machine.isConda(at) {
			s.files(path, below, name, depth+1)
		}
	}
}

func (s *sourceReader) isPackage(path string) bool {
	return s.machine.isRegular(filepath.Join(s.folder, path, "__init__.py"))
}

// files reads the Python files of a folder.
func (s *sourceReader) files(relative, below, pkg string, depth int) {
	for _, name := range s.machine.names(filepath.Join(s.folder, relative)) {
		base, isPython := strings.CutSuffix(name, ".py")
		if !isPython || !variable().MatchString(base) || strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test") || len(s.found) >= maxSources || s.bytes >= maxText {
			continue
		}
		path := filepath.Join(relative, name)
		text, err := s.machine.head(filepath.Join(s.folder, path), maxSource)
		if err != nil {
			continue
		}
		module := base
		switch {
		case pkg != "" && base == "__init__":
			module = pkg
		case pkg != "":
			module = pkg + "." + base
		case base == "__init__":
			continue // the folder itself is no package for itself
		}
		if pkg != "" && !variable().MatchString(pkg) && name != manageFile {
			continue // it cannot be imported
		}
		s.bytes += len(text)
		s.found = append(s.found, source{path: path, module: module, depth: depth, below: below, text: string(text)})
	}
}
