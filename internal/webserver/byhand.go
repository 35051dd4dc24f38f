package webserver

import (
	"strings"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/migrate"
	"ecounit/migrate/apacheconf"
	"ecounit/plan"
)

// File is a file of the administrator's.
type File struct{ Path, Text string }

// written reads those that pass something on. What others may not read, is no
// file, or is larger than any configuration, has nothing.
func (s Server) written() (files []File) {
	for _, path := range s.ConfigFiles(s.root) {
		text, err := detect.Machine{}.ReadImport(path)
		if lower := strings.ToLower(string(text)); err == nil && (strings.Contains(lower, "proxypass") || strings.Contains(lower, "rewriterule")) {
			files = append(files, File{path, string(text)})
		}
	}
	return files
}

// ByHand is the file in which an administrator has written a line that passes
// a site's path on to its own port, or "". Such a site is served, and the line
// is nobody else's.
func (s Server) ByHand(site plan.Site) string {
	if site.Port == 0 || !s.Found {
		return ""
	}
	for _, file := range s.Texts() {
		app := &migrate.App{Port: site.Port, Descriptor: &descriptor.Descriptor{Name: site.App, Web: &descriptor.Web{}}}
		apacheconf.Publish(file.Path, file.Text, []*migrate.App{app})
		if app.Descriptor.Web.Path == site.Path {
			return file.Path
		}
	}
	return ""
}
