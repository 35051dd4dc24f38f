package detect

import (
	"path/filepath"
	"strings"

	"ecounit/lazy"
)

// What is looked at for links at most, and how many are told of.
const (
	maxTemplates = 60
	maxLinksTold = 3
)

var (
	rootedLink = lazy.Regexp(`(?i)\b(?:href|src|action)[ \t]*=[ \t]*["'](/[A-Za-z0-9_.-][^"'<>{}\s]{0,80}|/)["']`)
	// templateFolders hold what apps make pages of.
	templateFolders = []string{"", "templates", "views", "www", "public", "static", "src", "_site", "site", "dist", "build", "html", "docs", "htdocs"}
)

// links warns of links that begin with /: they lead to the top of the server,
// out of the app's path, and no web server can mend them.
func (p *project) links() {
	if p.result.Kind == Streamlit || p.result.Kind == Jupyter || p.result.Descriptor.Web == nil {
		return
	}
	looked, told := 0, 0
	folder := filepath.Join(p.folder, p.result.Descriptor.Directory)
	for _, below := range p.templates(folder) {
		for _, name := range p.machine.names(filepath.Join(folder, below)) {
			if !isTemplate(name) || looked == maxTemplates {
				continue
			}
			looked++
			text, err := p.machine.head(filepath.Join(folder, below, name), maxSource)
			if err != nil {
				continue
			}
			number := 0
			for line := range strings.Lines(string(text)) {
				number++
				found := rootedLink().FindStringSubmatch(line)
				if found == nil {
					continue
				}
				if told++; told > maxLinksTold {
					p.note("", 0, "there are more links that begin with /")
					return
				}
				p.note(filepath.Join(p.result.Descriptor.Directory, below, name), number, "%s leads out of the app's path: %s", shortened(found[1]), p.linkHint())
			}
		}
	}
}

func isTemplate(name string) bool {
	switch filepath.Ext(name) {
	case ".html", ".htm", ".jinja", ".jinja2", ".j2", ".ejs", ".hbs", ".mustache", ".njk":
		return true
	}
	return false
}

// templates are the folders with pages, those of packages among them.
func (p *project) templates(folder string) []string {
	if p.result.Kind == Pages {
		return []string{p.served}
	}
	found := templateFolders
	for _, name := range p.machine.folders(folder) {
		if below := filepath.Join(name, "templates"); len(found) < maxFolders && !strings.Contains(name, ".") && p.machine.isDirectory(filepath.Join(folder, below)) {
			found = append(found[:len(found):len(found)], below, filepath.Join(below, name))
		}
	}
	return found
}

// linkHint is how such a link is written.
func (p *project) linkHint() string {
	switch p.result.Kind {
	case Flask, Quart:
		return "write {{ url_for(…) }}"
	case Django:
		return "write {% url … %} or {% static … %}"
	case FastAPI, Starlette:
		return "write {{ url_for(…) }}, or without the / in front"
	case Pages:
		if p.builder.relative != "" {
			return "write " + p.builder.relative + ", and build again"
		}
	}
	return "write it without the / in front, or with the path that BASE_PATH says"
}
