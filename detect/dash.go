package detect

import (
	"slices"
	"strings"

	"ecounit/lazy"
)

// dashPackage is what Dash is installed as.
const dashPackage = "dash"

var (
	dashServer   = lazy.Regexp(`^([A-Za-z_]\w*)[ \t]*=[ \t]*([A-Za-z_]\w*)\.server\b[ \t]*(?:#.*)?$`)
	serverGiven  = lazy.Regexp(`\bserver[ \t]*=[ \t]*([A-Za-z_]\w*)`)
	dashPathArgs = lazy.Regexp(`\b(url_base_pathname|requests_pathname_prefix|routes_pathname_prefix)[ \t]*=`)
)

// dashServers finds what servers call in place of a Dash object: the Flask app
// within it, under the name that the file gives it, or the one it was given.
func dashServers(found []candidate) []candidate {
	var all []candidate
	for _, c := range found {
		if c.kind != Dash || c.factory {
			all = append(all, c)
			continue
		}
		c.dash = c.callable
		if given := serverGiven().FindStringSubmatch(callAt(c.source.text, c.offset)); given != nil && given[1] != "False" && given[1] != "True" {
			c.callable, c.hasServer = given[1], true
			all = slices.DeleteFunc(all, func(other candidate) bool {
				return other.source.path == c.source.path && other.callable == c.callable
			})
		}
		for _, at := range statements(c.source.text) {
			if m := dashServer().FindStringSubmatch(at.text); m != nil && m[2] == c.dash {
				c.callable, c.line, c.hasServer = m[1], at.line, true
				break
			}
		}
		all = append(all, c)
	}
	return all
}

// callAt is the call that begins at an offset, to its closing parenthesis.
func callAt(text string, offset int) string {
	text = text[offset:min(len(text), offset+maxFunction)]
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth <= 0 {
				return text[:i]
			}
		}
	}
	return text
}

// dash tells the app its path. Dash writes it into its pages, so SCRIPT_NAME,
// which Flask follows, is not enough.
func (p *project) dash(c candidate) {
	d := p.result.Descriptor
	file := p.inFolder(c.source.path)
	version := p.result.Python.Modules[dashPackage]
	if !c.factory && !c.hasServer && compareVersions(version, "3.1") < 0 {
		// Objects of Dash 3.1 can be called themselves (plotly/dash#3323).
		d.Web.WSGI = c.source.module + ":server"
		p.note(file, c.line, "add the line server = %s.server below it: gunicorn cannot call %s itself before Dash 3.1", c.dash, c.dash)
	}
	if given := dashPathArgs().FindString(callAt(c.source.text, c.offset)); given != "" && !c.factory {
		argument := strings.TrimRight(given, " \t=")
		p.note(file, c.line, "Dash is told its path here, by %s; the path that visitors see is in the variable BASE_PATH: requests_pathname_prefix must begin with it, and routes_pathname_prefix must not", argument)
		return
	}
	site := p.sitePath()
	if site == "" {
		p.note(file, c.line, "Dash has to be told its path: write path in [web], and in [env] DASH_REQUESTS_PATHNAME_PREFIX with the same and a / behind it")
		return
	}
	const variable = "DASH_REQUESTS_PATHNAME_PREFIX"
	d.Web.Path = site
	p.variable(variable, site+"/")
	p.note("", 0, "%s in [env] tells Dash the path it is visited at; it has to be path in [web] with a / behind it", variable)
}
