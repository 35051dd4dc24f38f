package detect

import (
	"path/filepath"

	"ecounit/descriptor"
)

const indexFile = "index.html"

// pagesFolders are where builders of sites put their pages.
var pagesFolders = []string{"public", "_site", "site", "dist", "build", "html", "docs", "www", "htdocs"}

// serveProgram is the server for files that is surely there: ecounit's own.
// Python's http.server would also hand out what begins with a dot, what links
// lead to, and lists of folders.
const serveProgram = "ecounit"

func (p *project) indexFile() (what, file string, line int) {
	if p.machine.isRegular(p.path(indexFile)) {
		return "the page " + indexFile, indexFile, 0
	}
	return "", "", 0
}

// pages serves a folder of files that no app belongs to.
func (p *project) pages() bool {
	folder, folders := "", append([]string{"."}, pagesFolders...)
	if p.builder.name != "" {
		folders = builtFolders
	}
	for _, name := range folders {
		if p.machine.isRegular(p.path(filepath.Join(name, indexFile))) {
			folder = name
			break
		}
	}
	isBuilt := folder != ""
	if !isBuilt {
		folder = p.builder.folder
	}
	switch {
	case folder == "":
		return false
	case p.path(folder) == filepath.Clean(p.machine.User.Home):
		p.note(indexFile, 0, "this is your home directory: everybody could read what is in it; put the pages into a folder of their own, and type ecounit init there")
		return false
	}
	p.served = folder
	web := &descriptor.Web{Command: descriptor.Command{serveProgram, "serve", "--fd", "${FD}"}, Prefix: "strip"}
	if folder != "." {
		web.Command = append(web.Command, folder)
	}
	p.result.Kind, p.result.Descriptor.Web = Pages, web
	if isBuilt {
		p.note(filepath.Join(folder, indexFile), 0, "there are pages and no app, so ecounit itself serves the files of this folder")
	} else {
		p.note(packageFile, 0, "%s builds pages, which ecounit itself serves; they are not there yet, so first type: npm run build; where it puts them elsewhere, change %s in command", p.builder.name, folder)
	}
	p.note("", 0, "everybody can read what is in it, but for files that begin with a dot, ecounit.toml, and what links lead to outside; folders are not listed")
	if m := p.machine; m.program(serveProgram, p.folder, nil).Problem != "" && filepath.Base(m.Self) == serveProgram {
		web.Command[0] = m.Self
		p.note("", 0, "ecounit is %s, where systemd does not look, so its path is written", m.Self)
	} else {
		p.pin(web.Command, "")
	}
	p.sum("%s in %s", Pages, p.path(folder))
	return true
}
