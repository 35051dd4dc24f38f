package descriptor

import (
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Form is one way to write a value. Parse and the JSON Schema (package
// descriptor/schema) read the same forms, so that they cannot disagree.
// Patterns mean the same in Go's syntax and in JavaScript's.
type Form struct {
	Type      string            // as JSON Schema names it: string, integer, boolean, array, object
	Pattern   *regexp.Regexp    // of a string; of the keys of an object
	Words     []string          // where not empty, the only strings
	Taken     map[string]string // keys that an object cannot have, and what to write instead
	MaxLength int               // of a string, in characters; 0 means any
	Min, Max  int64             // of an integer; of the number of items in an array
	Items     []Form            // of an array or an object: each value has one of them

	says string // what is wrong with another value, as in: "x" … is not a name
	hint string // what to write
}

// FormsOf returns the ways to write the value of a key that has no type of its
// own: "name", "env.*", "process.*.instances". With * any key is meant.
func FormsOf(rule string) []Form {
	if f, ok := forms[rule]; ok {
		return []Form{f}
	}
	return nil
}

// former is a type whose values all have the same forms.
type former interface{ Forms() []Form }

// FormsOfType returns the ways to write a value of the type: of Duration, of
// Listen and the like. Other types have none.
func FormsOfType(t reflect.Type) []Form {
	if f, ok := reflect.New(t).Elem().Interface().(former); ok {
		return f.Forms()
	}
	return nil
}

const (
	maxCount = 64 // workers and instances; more is a typing mistake
	nameHint = "use a to z, 0 to 9 and -, at most 32 characters, not starting with -"
)

var (
	namePattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`) // maxKey
	settingPattern  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,127}$`)
	callablePattern = regexp.MustCompile(`^` + dotted + `(:` + dotted + `(\(\))?)?$`)
	pathPattern     = regexp.MustCompile(`^/[a-z0-9][a-z0-9_-]{0,63}$`)
	healthPattern   = regexp.MustCompile(`^(/(\.?[A-Za-z0-9_~!&'()*+,;=:@-]` + character + `*)?)+(\?(` + character + `|[/?])*)?$`)
	// oneLinePattern also refuses what reorders or breaks a line on a terminal.
	oneLinePattern = regexp.MustCompile("^[^\\x00-\\x1f\\x7f-\\x9f\u2028-\u202e\u2066-\u2069]*$")
	filePattern    = regexp.MustCompile(`^[^\x00-\x1f\x7f-\x9f]+$`)
	textPattern    = regexp.MustCompile(`^[^\x00]*$`)
)

const (
	dotted    = `[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`
	character = `([A-Za-z0-9._~!&'()*+,;=:@-]|%[0-9A-Fa-f][0-9A-Fa-f])`
)

var (
	anyText  = Form{Type: "string", Pattern: textPattern, says: "holds a NUL character"}
	file     = Form{Type: "string", Pattern: filePattern, says: "is not a path", hint: "write a path, without control characters"}
	counted  = Form{Type: "integer", Min: 1, Max: maxCount}
	callable = Form{Type: "string", Pattern: callablePattern, says: "is not a module and a callable", hint: `write "module:callable", as in "app:app"`}
)

// forms are the rules for values of Go's own types. A table's rule is about
// its keys.
var forms = map[string]Form{
	"name": {Type: "string", Pattern: namePattern, says: "is not a name", hint: nameHint},
	"description": {
		Type: "string", Pattern: oneLinePattern, MaxLength: 200,
		says: "is not one line of at most 200 characters", hint: "leave out line breaks and control characters",
	},
	"directory":   file,
	"env_files.*": file,
	"env": {
		Type: "object", Pattern: variablePattern,
		says: "is not the name of an environment variable", hint: "use letters, digits and _, not starting with a digit",
	},
	"env.*": anyText,

	"python.conda":       file,
	"python.venv":        file,
	"python.interpreter": file,

	"web.wsgi":    callable,
	"web.asgi":    callable,
	"web.workers": counted,
	"web.path": {
		Type: "string", Pattern: pathPattern,
		says: "is not a path that can be published", hint: `write one segment of a-z, 0-9, _ and -, as in "/alice_tasks"`,
	},
	"web.health": {
		Type: "string", Pattern: healthPattern,
		says: "is not a path", hint: `write a path below the app, as in "/" or "/healthz"`,
	},

	"process": {
		Type: "object", Pattern: namePattern, says: "is not a name of a process", hint: nameHint,
		Taken: map[string]string{"web": "the process that answers requests goes into [web]", "watch": "choose another name"},
	},
	"process.*.instances": counted,
	"limits.tasks":        {Type: "integer", Min: 1, Max: 1 << 22},

	"systemd.unit":    settingsOf("unit"),
	"systemd.service": settingsOf("service"),
	"systemd.socket":  settingsOf("socket"),
	"systemd.slice":   settingsOf("slice"),
}

// wordsForm is the form of a string out of a fixed list.
func wordsForm(words ...string) []Form {
	return []Form{{
		Type: "string", Words: words, says: "is not known",
		hint: "write one of: " + strings.Join(words, ", "),
	}}
}

// allowsText reports whether a string may be written.
func (f Form) allowsText(s string) bool {
	return (len(f.Words) == 0 || slices.Contains(f.Words, s)) &&
		(f.Pattern == nil || f.Pattern.MatchString(s)) &&
		(f.MaxLength == 0 || len([]rune(s)) <= f.MaxLength)
}

// allowsNumber reports whether an integer may be written.
func (f Form) allowsNumber(n int64) bool { return n >= f.Min && n <= f.max() }

func (f Form) max() int64 {
	if f.Max == 0 {
		return math.MaxInt64
	}
	return f.Max
}

// TakenKeys lists the keys that cannot be written, sorted.
func (f Form) TakenKeys() []string { return slices.Sorted(maps.Keys(f.Taken)) }
