package detect

import (
	"path/filepath"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/plan"
)

var usesShiny = lazy.Regexp(`(?m)^[^#\n]*\b(shinyApp|shinyServer|shinyUI|runApp|run_app|shiny)\b`)

// shinyFile is the file that shiny::runApp would take: app.R, or server.R with
// ui.R or a www folder beside it. R takes small letters as well.
func (p *project) shinyFile() (what, file string, line int) {
	m := p.machine
	for _, name := range []string{"app.R", "app.r"} {
		if text, err := m.head(p.path(name), maxSource); err == nil && usesShiny().Match(text) {
			return "the R Shiny app " + name, name, shinyLine(text)
		}
	}
	for _, name := range []string{"server.R", "server.r"} {
		hasFace := m.isRegular(p.path("ui.R")) || m.isRegular(p.path("ui.r")) || m.isRegular(p.path("www/index.html"))
		if text, err := m.head(p.path(name), maxSource); err == nil && hasFace {
			return "the R Shiny app " + name, name, shinyLine(text)
		}
	}
	return "", "", 0
}

// shinyLine is the first line that mentions Shiny, or 0.
func shinyLine(text []byte) int {
	at := usesShiny().FindIndex(text)
	if at == nil {
		return 0
	}
	return 1 + strings.Count(string(text[:at[0]]), "\n")
}

// shiny runs an app of R. All its links are relative, so it need not know its
// path (facts: apache.md).
func (p *project) shiny() bool {
	_, file, line := p.shinyFile()
	if file == "" {
		const golem = "R/run_app.R"
		if p.machine.isRegular(p.path(golem)) {
			p.note(golem, 0, "it looks like an app made with golem, without the app.R that starts it: golem::add_shinyserver_file() in R writes one")
		}
		return false
	}
	web := &descriptor.Web{
		Command: descriptor.Command{"Rscript", "-e", "shiny::runApp('.', host = '127.0.0.1', port = ${PORT}, launch.browser = FALSE)"},
		Prefix:  "strip",
	}
	p.result.Kind, p.result.Descriptor.Web = Shiny, web
	p.note(file, line, "it is an app of R Shiny, whose links are relative, so the web server takes the path off")
	prefix := p.placeOfR()
	p.pin(web.Command, prefix)
	p.shinyPackage(prefix)
	p.sum("%s app %s, %s", Shiny, file, web.Command[0])
	return true
}

// placeOfR is the conda environment with the R of the project, or "". It need
// not have a Python, so it cannot be written as that of [python].
func (p *project) placeOfR() string {
	m := p.machine
	at := place{app: p.result.Descriptor.Name, directory: p.folder, home: p.folder}
	prefixes := []string{m.prefixIn(p.path(condaFile)), m.Active}
	if found := m.projectPython(nil, at); found != nil && found.Kind == plan.CondaEnvironment {
		prefixes = append([]string{found.Prefix}, prefixes...)
	}
	for _, name := range likelyEnvironments {
		prefixes = append(prefixes, p.path(name))
	}
	for _, prefix := range prefixes {
		if prefix != "" && m.isConda(prefix) && m.isRegular(filepath.Join(prefix, "bin/Rscript")) {
			return prefix
		}
	}
	return ""
}

// shinyPackage says when the package is in none of the libraries of R. A
// project with renv has libraries of its own.
func (p *project) shinyPackage(prefix string) {
	m := p.machine
	if m.isRegular(p.path("renv.lock")) || m.isDirectory(p.path("packrat")) {
		return
	}
	libraries := []string{"/usr/lib/R/site-library", "/usr/lib/R/library", "/usr/lib64/R/library", "/usr/share/R/library", "/usr/local/lib/R/site-library", "/usr/local/lib/R/library"}
	if prefix != "" {
		libraries = []string{filepath.Join(prefix, "lib/R/library")}
	}
	for _, platform := range m.names(filepath.Join(m.User.Home, "R")) {
		for _, version := range m.names(filepath.Join(m.User.Home, "R", platform)) {
			libraries = append(libraries, filepath.Join(m.User.Home, "R", platform, version))
		}
	}
	for _, library := range libraries {
		if m.isRegular(filepath.Join(library, "shiny/DESCRIPTION")) {
			return
		}
	}
	p.note("", 0, `the package shiny is in none of R's usual libraries: Rscript -e 'install.packages("shiny")'`)
}
