package detect

import (
	"strings"

	"ecounit/lazy"
)

// maxFunction is how far into a function is read for what it makes.
const maxFunction = 4 << 10

var (
	function      = lazy.Regexp(`^(async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(`)
	asyncProtocol = lazy.Regexp(`\(\s*scope\b[^)]*\breceive\b[^)]*\bsend\b`)
	syncProtocol  = lazy.Regexp(`\(\s*(environ|env)\b[^)]*\bstart_response\b`)
)

// functionIn finds a function that makes an app, or that is one itself.
func functionIn(s source, at statement) (candidate, bool) {
	m := function().FindStringSubmatch(at.text)
	switch {
	case m == nil:
	case m[1] == "" && factory().MatchString(m[2]):
		body := s.text[at.offset:min(len(s.text), at.offset+maxFunction)]
		return candidate{kind: madeIn(body), callable: m[2], factory: true, demands: needsArguments(body)}, true
	case m[1] == "" && syncProtocol().MatchString(at.text):
		return candidate{kind: WSGI, callable: m[2]}, true
	case asyncProtocol().MatchString(at.text):
		return candidate{kind: ASGI, callable: m[2]}, true
	}
	return candidate{}, false
}

// madeIn is the kind of app that a function makes first, or "".
func madeIn(text string) string {
	first, kind := len(text), ""
	for name, makes := range constructors {
		if i := indexCall(text, name); i >= 0 && i < first {
			first, kind = i, makes
		}
	}
	return kind
}

// indexCall is where a function of that name is called, or -1.
func indexCall(text, name string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], name+"(")
		if i < 0 {
			return -1
		}
		if i += from; i == 0 || !isNameByte(text[i-1]) {
			return i
		}
		from = i + 1
	}
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
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
