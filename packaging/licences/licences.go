package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is a module that is linked into the program.
type part struct {
	name, version string
	dir           string
	files         []string // of its licence, sorted
}

// linked lists the modules, sorted, and the Go library as the first.
func linked(program, tags string) ([]part, error) {
	list := exec.Command("go", "list", "-deps", "-json=Module", "-tags", tags, program)
	list.Stderr = os.Stderr
	// Those of the released program, whoever runs this.
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot list the packages of %q: %w", program, err)
	}
	modules := map[string]part{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if m := p.Module; m != nil && !m.Main {
			modules[m.Path] = part{name: m.Path, version: m.Version, dir: m.Dir}
		}
	}
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("cannot find Go: %w", err)
	}
	// Without a version: the package is to be the same with each patch of Go
	// that makes the same program.
	parts := []part{{name: "the Go standard library", dir: strings.TrimSpace(string(goRoot))}}
	for _, m := range modules {
		parts = append(parts, m)
	}
	slices.SortFunc(parts[1:], func(a, b part) int { return cmp.Compare(a.name, b.name) })
	for i := range parts {
		if err := parts[i].find(); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// licenceFile also matches notices, which the Apache licence wants passed on.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-.].*)?$`)

func (p *part) find() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return fmt.Errorf("cannot read the sources of %s: %w", p.name, err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && licenceFile.MatchString(e.Name()) {
			p.files = append(p.files, e.Name())
		}
	}
	if len(p.files) == 0 {
		return fmt.Errorf("%s has no file with its licence in %s", p.name, p.dir)
	}
	return nil
}

func write(to io.Writer, parts []part) error {
	fmt.Fprintln(to, "ecounit contains the following modules, each under its own licence.")
	for _, p := range parts {
		fmt.Fprintf(to, "\n\n%s\n%s\n", strings.Repeat("=", 78), strings.TrimSpace(p.name+" "+p.version))
		for _, name := range p.files {
			text, err := os.ReadFile(filepath.Join(p.dir, name))
			if err != nil {
				return fmt.Errorf("cannot read a licence of %s: %w", p.name, err)
			}
			fmt.Fprintf(to, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 78), name, strings.Trim(string(text), "\n"))
		}
	}
	return nil
}
