package detect

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// candidate is a callable that could be the app.
type candidate struct {
	kind     string
	source   source
	callable string // a variable, or a function to be called
	factory  bool
	demands  bool // a factory that cannot be called without arguments
	line     int
}

const (
	maxCandidates = 8       // of one file; more is no program of a person
	maxFunction   = 4 << 10 // how far into a function is read for what it makes
)

// constructors are the names that apps are made with.
var constructors = map[string]string{
	"Flask": Flask, "APIFlask": Flask,
	"FastAPI": FastAPI, "Starlette": Starlette, "Quart": Quart, "Litestar": ASGI, "Sanic": ASGI,
	"Bottle": WSGI, "default_app": WSGI, "make_wsgi_app": WSGI,
	"get_wsgi_application": Django, "get_asgi_application": djangoASGI,
}

// djangoASGI marks the second of the two apps that Django's template makes.
const djangoASGI = "Django with ASGI"

var factories = []string{"create_app", "make_app", "create_application", "build_app", "get_app"}

// isASGI reports whether a kind of app is called asynchronously.
func isASGI(kind string) bool {
	return slices.Contains([]string{FastAPI, Starlette, Quart, ASGI, djangoASGI}, kind)
}

var (
	assignment    = regexp.MustCompile(`^([A-Za-z_]\w*)[ \t]*(?::[^=]+)?=[ \t]*([\w.]+)[ \t]*\(`)
	function      = regexp.MustCompile(`^(async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(`)
	imported      = regexp.MustCompile(`^from[ \t]+[\w.]+[ \t]+import[ \t]+(.*)`)
	importedApp   = regexp.MustCompile(`(?:^|[ \t,(])(?:\w+[ \t]+as[ \t]+)?(application|app)[ \t]*(?:,|\)|#|$)`)
	asyncProtocol = regexp.MustCompile(`\(\s*scope\b[^)]*\breceive\b[^)]*\bsend\b`)
	syncProtocol  = regexp.MustCompile(`\(\s*(environ|env)\b[^)]*\bstart_response\b`)
	constructed   = regexp.MustCompile(`\b([A-Za-z_]\w*)\(`)
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
				c.source, c.line = s, at.line
				found = append(found, c)
			}
		}
	}
	nameKinds(found)
	slices.SortStableFunc(found, func(a, b candidate) int { return slices.Compare(a.order(), b.order()) })
	return found
}

func candidateIn(s source, at statement) (candidate, bool) {
	if m := assignment.FindStringSubmatch(at.text); m != nil {
		name, callee := m[1], m[2][strings.LastIndexByte(m[2], '.')+1:]
		if kind := constructors[callee]; kind != "" {
			return candidate{kind: kind, callable: name}, true
		}
		isApp := name == "app" || name == "application"
		return candidate{callable: name}, isApp && slices.Contains(factories, callee)
	}
	if m := function.FindStringSubmatch(at.text); m != nil {
		switch {
		case m[1] == "" && slices.Contains(factories, m[2]):
			body := s.text[at.offset:min(len(s.text), at.offset+maxFunction)]
			return candidate{kind: madeIn(body), callable: m[2], factory: true, demands: needsArguments(body)}, true
		case m[1] == "" && syncProtocol.MatchString(at.text):
			return candidate{kind: WSGI, callable: m[2]}, true
		case asyncProtocol.MatchString(at.text):
			return candidate{kind: ASGI, callable: m[2]}, true
		}
	}
	if m := imported.FindStringSubmatch(at.text); m != nil && s.isEntry() {
		if app := importedApp.FindStringSubmatch(m[1]); app != nil {
			return candidate{callable: app[1]}, true
		}
	}
	return candidate{}, false
}

// madeIn is the kind of app that a function makes, or "".
func madeIn(text string) string {
	for _, m := range constructed.FindAllStringSubmatch(text, -1) {
		if kind := constructors[m[1]]; kind != "" {
			return kind
		}
	}
	return ""
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

// needsArguments reports whether a function cannot be called just so.
func needsArguments(text string) bool {
	_, text, _ = strings.Cut(text, "(")
	depth := 0
	var parameter strings.Builder
	for _, r := range text {
		switch {
		case depth == 0 && (r == ',' || r == ')'):
			p := strings.TrimSpace(parameter.String())
			parameter.Reset()
			if p != "" && p != "/" && !strings.HasPrefix(p, "*") && !strings.Contains(p, "=") {
				return true
			}
			if r == ')' {
				return false
			}
			continue
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		}
		parameter.WriteRune(r)
	}
	return true
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
