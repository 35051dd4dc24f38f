package detect

import (
	"cmp"
	"slices"
	"strings"

	"ecounit/lazy"
)

// candidate is a callable that could be the app.
type candidate struct {
	kind     string
	source   source
	callable string // a variable, or a function to be called
	factory  bool
	demands  bool // a factory that cannot be called without arguments
	line     int
	offset   int // of the statement, in the file

	dash      string // the variable of a Dash object, while callable is its server
	hasServer bool
}

// maxCandidates of one file are looked at; more is no program of a person.
const maxCandidates = 8

// constructors are the names that apps are made with.
var constructors = map[string]string{
	"Flask": Flask, "APIFlask": Flask,
	"Dash": Dash, "DashProxy": Dash, "JupyterDash": Dash,
	"FastAPI": FastAPI, "Starlette": Starlette, "Quart": Quart, "Litestar": ASGI, "Sanic": ASGI,
	"Bottle": WSGI, "default_app": WSGI, "make_wsgi_app": WSGI,
	"get_wsgi_application": Django, "get_asgi_application": djangoASGI,
}

// djangoASGI marks the second of the two apps that Django's template makes.
const djangoASGI = "Django with ASGI"

// factory is the name of a function that makes an app: create_app,
// make_flask_app.
var factory = lazy.Regexp(`^(create|make|build|get)_(\w+_)?(app|application)$`)

// isASGI reports whether a kind of app is called asynchronously.
func isASGI(kind string) bool {
	return slices.Contains([]string{FastAPI, Starlette, Quart, ASGI, djangoASGI}, kind)
}

var (
	assignment  = lazy.Regexp(`^([A-Za-z_]\w*)[ \t]*(?::[^=]+)?=[ \t]*([\w.]+)[ \t]*\(`)
	imported    = lazy.Regexp(`^from[ \t]+[\w.]+[ \t]+import[ \t]+(.*)`)
	importedApp = lazy.Regexp(`(?:^|[ \t,(])(?:\w+[ \t]+as[ \t]+)?(application|app)[ \t]*(?:,|\)|#|$)`)
)

// candidates finds the apps in the sources, the likeliest first.
func candidates(sources []source) []candidate {
	var found []candidate
	for _, s := range sources {
		most := len(found) + maxCandidates
		for _, at := range statements(s.text) {
			if len(found) == most {
				break
			}
			if c, ok := candidateIn(s, at); ok {
				c.source, c.line, c.offset = s, at.line, at.offset
				found = append(found, c)
			}
		}
	}
	found = dashServers(found)
	nameKinds(found)
	slices.SortStableFunc(found, func(a, b candidate) int { return slices.Compare(a.order(), b.order()) })
	return found
}

func candidateIn(s source, at statement) (candidate, bool) {
	if name, callee, ok := assigned(at.text); ok {
		if kind := constructors[callee]; kind != "" {
			return candidate{kind: kind, callable: name}, true
		}
		return candidate{callable: name}, name == "app" || name == "application"
	}
	first, _, _ := strings.Cut(at.text, " ")
	switch first {
	case "def", "async":
		return functionIn(s, at)
	case "from":
		m := imported().FindStringSubmatch(at.text)
		if m == nil || !s.isEntry() {
			break
		}
		if app := importedApp().FindStringSubmatch(m[1]); app != nil {
			return candidate{callable: app[1]}, true
		}
	}
	return candidate{}, false
}

// assigned takes apart NAME = MODULE.CALLEE(…. The cheap look comes before the
// exact one: nearly all lines are something else.
func assigned(text string) (name, callee string, ok bool) {
	before, _, isCall := strings.Cut(text, "(")
	callee = strings.TrimSpace(before[strings.LastIndexAny(before, ".= \t")+1:])
	if !isCall || constructors[callee] == "" && !factory().MatchString(callee) {
		return "", "", false
	}
	m := assignment().FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1], callee, strings.HasSuffix(m[2], callee)
}

// nameKinds gives those that only pass on an app the kind of the app that is
// there.
func nameKinds(found []candidate) {
	known := WSGI
	for _, c := range found {
		if c.kind != "" {
			known = c.kind
			break
		}
	}
	for i := range found {
		found[i].kind = cmp.Or(found[i].kind, known)
	}
}

// isEntry reports whether the file is there for a server to import.
func (s source) isEntry() bool {
	return strings.HasSuffix(s.path, "wsgi.py") || strings.HasSuffix(s.path, "asgi.py")
}

var fileOrder = []string{"wsgi.py", "asgi.py", "app.py", "main.py", "application.py", "server.py", "api.py", "run.py", "__init__.py"}

// order sorts the likelier candidates to the front.
func (c candidate) order() []int {
	rank := func(list []string, item string) int {
		if i := slices.Index(list, item); i >= 0 {
			return i
		}
		return len(list)
	}
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	base := c.source.path[strings.LastIndexByte(c.source.path, '/')+1:]
	return []int{
		flag(c.demands), flag(c.kind == djangoASGI), flag(!c.source.isEntry()),
		c.source.depth, rank(fileOrder, base), flag(c.factory), rank([]string{"application", "app"}, c.callable),
	}
}
