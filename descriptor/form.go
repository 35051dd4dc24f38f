package descriptor

import (
	"reflect"

	"ecounit/tomlfile"
)

// Form is one way to write a value. Parse and the JSON Schema (package
// descriptor/schema) read the same forms, so that they cannot disagree.
type Form = tomlfile.Form

// FormsOf returns the ways to write the value of a key that has no type of its
// own: "name", "env.*", "process.*.instances". With * any key is meant.
func FormsOf(rule string) []Form {
	if f, ok := forms[rule]; ok {
		return []Form{f}
	}
	return nil
}

// FormsOfType returns the ways to write a value of the type: of Duration, of
// Listen and the like. Other types have none.
func FormsOfType(t reflect.Type) []Form { return tomlfile.FormsOfType(t) }

const (
	maxCount       = 64  // workers and instances; more is a typing mistake
	maxConnections = 200 // of one process of Apache, which has 25 threads by default
	nameHint       = "use a to z, 0 to 9 and -, at most 32 characters, not starting with -"
)

var (
	namePattern     = tomlfile.NewPattern(`^[a-z0-9][a-z0-9-]{0,31}$`)
	variablePattern = tomlfile.NewPattern(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`) // as long as a key can be
	settingPattern  = tomlfile.NewPattern(`^[A-Z][A-Za-z0-9]{0,127}$`)
	authPattern     = tomlfile.NewPattern(`^[a-z][a-z0-9-]{0,31}$`)
	callablePattern = tomlfile.NewPattern(`^` + dotted + `(:` + dotted + `(\(\))?)?$`)
	pathPattern     = tomlfile.NewPattern(`^/[a-z0-9][a-z0-9_-]{0,63}$`)
	healthPattern   = tomlfile.NewPattern(`^(/(\.?[A-Za-z0-9_~!&'()*+,;=:@-]` + character + `*)?)+(\?(` + character + `|[/?])*)?$`)
	// oneLinePattern also refuses what reorders or breaks a line on a terminal.
	oneLinePattern = tomlfile.NewPattern("^[^\\x00-\\x1f\\x7f-\\x9f\u2028-\u202e\u2066-\u2069]*$")
	zonePattern    = tomlfile.NewPattern(`^[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}$`)
	mailPattern    = tomlfile.NewPattern(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]{0,252})?$`)
	filePattern    = tomlfile.NewPattern(`^[^\x00-\x1f\x7f-\x9f]+$`)
	textPattern    = tomlfile.NewPattern(`^[^\x00]*$`)
)

const (
	dotted    = `[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`
	character = `([A-Za-z0-9._~!&'()*+,;=:@-]|%[0-9A-Fa-f][0-9A-Fa-f])`
)

var (
	anyText   = Form{Type: "string", Pattern: textPattern, Says: "holds a NUL character"}
	file      = Form{Type: "string", Pattern: filePattern, Says: "is not a path", Hint: "write a path, without control characters"}
	variables = Form{
		Type: "object", Pattern: variablePattern,
		Says: "is not the name of an environment variable", Hint: "use letters, digits and _, not starting with a digit",
	}
	counted  = Form{Type: "integer", Min: 1, Max: maxCount}
	callable = Form{Type: "string", Pattern: callablePattern, Says: "is not a module and a callable", Hint: `write "module:callable", as in "app:app"`}
)

// forms are the rules for values of Go's own types. A table's rule is about
// its keys.
var forms = map[string]Form{
	"name": {Type: "string", Pattern: namePattern, Says: "is not a name", Hint: nameHint},
	"description": {
		Type: "string", Pattern: oneLinePattern, MaxLength: 200,
		Says: "is not one line of at most 200 characters", Hint: "leave out line breaks and control characters",
	},
	"directory":   file,
	"env_files.*": file,
	"env":         variables,
	"env.*":       anyText,

	"python.conda":       file,
	"python.venv":        file,
	"python.interpreter": file,

	"web.wsgi":    callable,
	"web.asgi":    callable,
	"web.workers": counted,
	"web.path": {
		Type: "string", Pattern: pathPattern,
		Says: "is not a path that can be published", Hint: `write one segment of a-z, 0-9, _ and -, as in "/alice_tasks"`,
	},
	"web.health": {
		Type: "string", Pattern: healthPattern,
		Says: "is not a path", Hint: `write a path below the app, as in "/" or "/healthz"`,
	},
	"web.auth": {
		Type: "string", Pattern: authPattern,
		Says: "is not a name of a way to sign in", Hint: `write "basic" for passwords, or a name that your administrator gives you`,
	},
	"web.connections": {Type: "integer", Min: 1, Max: maxConnections},

	"database.url_file": file,

	"process": {
		Type: "object", Pattern: namePattern, Says: "is not a name of a process", Hint: nameHint,
		Taken: map[string]string{"web": "the process that answers requests goes into [web]", "watch": "choose another name", "watch-apply": "choose another name", "notice": "choose another name"},
	},
	"process.*.instances": counted,

	"job": {
		Type: "object", Pattern: namePattern, Says: "is not a name of a job", Hint: nameHint,
		Taken: map[string]string{"web": "choose another name", "watch": "choose another name", "watch-apply": "choose another name", "notice": "choose another name"},
	},
	"job.*.time_zone": {
		Type: "string", Pattern: zonePattern, Says: "is not a time zone", Hint: `write it as in "Europe/London", or "UTC"`,
	},
	"job.*.stdin": anyText,
	"job.*.env":   variables,
	"job.*.env.*": anyText,

	"watch.paths.*":   file,
	"on_failure.mail": {Type: "string", Pattern: mailPattern, Says: "is not a mail address", Hint: `write it as in "alice@example.org", or the name of an account on this machine`},

	"limits.tasks": {Type: "integer", Min: 1, Max: 1 << 22},

	"systemd.unit":    settingsOf("unit"),
	"systemd.service": settingsOf("service"),
	"systemd.socket":  settingsOf("socket"),
	"systemd.slice":   settingsOf("slice"),
}
