package descriptor

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ecounit/report"
)

var (
	namePattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	callablePattern = regexp.MustCompile(`^[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*(\(\))?)?$`)
	pathPattern     = regexp.MustCompile(`^/[a-z0-9][a-z0-9_-]{0,63}$`)
	healthPattern   = regexp.MustCompile(`^/[A-Za-z0-9._~!&'()*+,;=:@%/?-]*$`)
)

const (
	maxCount       = 64 // workers and instances; more is a typing mistake
	maxDescription = 200
	nameHint       = "use a to z, 0 to 9 and -, at most 32 characters, not starting with -"
)

// checker adds what is wrong with values of the right type.
type checker struct {
	d      *Descriptor
	report *report.Report
}

func check(d *Descriptor, r *report.Report) {
	c := checker{d, r}
	c.top()
	c.python()
	if d.Web != nil {
		c.web(d.Web)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Process)) {
		c.process(name, d.Process[name])
	}
	c.restart()
	c.count("limits.tasks", d.Limits.Tasks, 1<<22)
	c.systemd()
}

// fail adds an error about a value. A value that could not be decoded has an
// entry already, and its zero value says nothing.
func (c checker) fail(key, hint, format string, args ...any) {
	for _, e := range c.report.Entries() {
		if e.Key == key {
			return
		}
	}
	c.report.Add(c.d.Entry(report.Error, key, fmt.Sprintf(format, args...), hint))
}

func (c checker) top() {
	d := c.d
	switch {
	case !d.Has("name"):
		c.fail("name", `write name = "…" at the top; `+nameHint, "`name` is missing")
	case !namePattern.MatchString(d.Name):
		c.fail("name", nameHint, "`name`: %q is not a name", shortened(d.Name))
	}
	if strings.ContainsFunc(d.Description, isControl) {
		c.fail("description", "", "`description` must be one line without control characters")
	} else if len([]rune(d.Description)) > maxDescription {
		c.fail("description", "", "`description` is longer than %d characters", maxDescription)
	}
	c.path("directory", d.Directory)
	for i, file := range d.EnvFiles {
		key := indexed("env_files", i)
		if file == "" {
			c.fail(key, "", "`env_files` names an empty path")
		}
		c.path(key, file)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Env)) {
		if !variablePattern.MatchString(name) {
			c.fail(joined("env", name), "use letters, digits and _, not starting with a digit", "%q is not the name of an environment variable", shortened(name))
		}
	}
	if d.Web == nil && len(d.Process) == 0 {
		c.fail("web", `write [web] with wsgi, asgi or command, or [process.NAME] with command`, "there is nothing to run: neither `[web]` nor `[process.NAME]` is there")
	}
}

func (c checker) path(key, value string) {
	if strings.ContainsFunc(value, isControl) {
		c.fail(key, "", "`%s` must not contain line breaks or other control characters", key)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (c checker) python() {
	p := c.d.Python
	keys := []string{}
	for _, k := range []struct{ key, value string }{{"conda", p.Conda}, {"venv", p.Venv}, {"interpreter", p.Interpreter}} {
		at := joined("python", k.key)
		if !c.d.Has(at) {
			continue
		}
		keys = append(keys, at)
		if k.value == "" {
			c.fail(at, "", "`%s` is empty", at)
		}
		c.path(at, k.value)
	}
	c.only(keys)
}

// only complains about every key after the first.
func (c checker) only(keys []string) {
	for _, key := range keys[min(1, len(keys)):] {
		c.fail(key, "remove one of them", "`%s` and `%s` exclude each other", keys[0], key)
	}
}

func (c checker) web(w *Web) {
	kinds := []string{}
	for _, key := range []string{"web.wsgi", "web.asgi", "web.command"} {
		if c.d.Has(key) {
			kinds = append(kinds, key)
		}
	}
	c.only(kinds)
	if len(kinds) == 0 {
		c.fail("web", `for Flask or Django write wsgi = "module:callable", for FastAPI asgi = "module:callable", for anything else command = […]`,
			"`[web]` needs one of `wsgi`, `asgi` and `command`")
	}
	for _, k := range []struct{ key, value string }{{"web.wsgi", w.WSGI}, {"web.asgi", w.ASGI}} {
		if c.d.Has(k.key) && !callablePattern.MatchString(k.value) {
			c.fail(k.key, `write "module:callable", as in "app:app"`, "`%s`: %q is not a module and a callable", k.key, shortened(k.value))
		}
	}
	if w.Workers != nil && c.d.Has("web.command") {
		c.fail("web.workers", "give the number to the command itself", "`web.workers` is for wsgi and asgi, not for command")
	}
	c.count("web.workers", w.Workers, maxCount)
	if c.d.Has("web.path") && !pathPattern.MatchString(w.Path) {
		c.fail("web.path", `write one segment of a-z, 0-9, _ and -, as in "/alice_tasks"`, "`web.path`: %q is not a path that can be published", shortened(w.Path))
	}
	if c.d.Has("web.health") && !healthPattern.MatchString(w.Health) {
		c.fail("web.health", `write a path below the app, as in "/" or "/healthz"`, "`web.health`: %q is not a path", shortened(w.Health))
	}
}

func (c checker) process(name string, p Process) {
	key := joined("process", name)
	if !namePattern.MatchString(name) {
		c.fail(key, nameHint, "%q is not a name of a process", shortened(name))
	}
	if !c.d.Has(joined(key, "command")) {
		c.fail(key, `write command = "…" below it`, "`[%s]` needs `command`", key)
	}
	c.count(joined(key, "instances"), p.Instances, maxCount)
}

func (c checker) count(key string, n *int, most int) {
	if n != nil && (*n < 1 || *n > most) {
		c.fail(key, "", "`%s`: %d is not between 1 and %d", key, *n, most)
	}
}

func (c checker) restart() {
	r := c.d.Restart
	if r.MaxDelay > 0 && r.Delay > r.MaxDelay {
		c.fail("restart.max_delay", "", "`restart.max_delay` is shorter than `restart.delay`")
	}
}

// ours are settings that ecounit decides: a second value would contradict the
// rest of the unit.
var ours = map[string]string{
	"ExecStart": "use command, wsgi or asgi", "Type": "", "User": "services of a user run as that user", "Group": "services of a user run as that user",
	"Slice": "", "Sockets": "", "WorkingDirectory": "use directory", "EnvironmentFile": "use env_files", "Restart": "use [restart]",
	"ListenStream": "use web.listen", "Accept": "", "MemoryMax": "use [limits]", "CPUQuota": "use [limits]", "TasksMax": "use [limits]", "PartOf": "", "Environment": "use [env]",
}

func (c checker) systemd() {
	sections := []struct {
		name     string
		settings Settings
	}{
		{"unit", c.d.Systemd.Unit}, {"service", c.d.Systemd.Service},
		{"socket", c.d.Systemd.Socket}, {"slice", c.d.Systemd.Slice},
	}
	for _, s := range sections {
		for _, setting := range s.settings {
			if hint, taken := ours[setting.Key]; taken {
				c.fail(joined(joined("systemd", s.name), setting.Key), hint, "`%s` is set by ecounit itself", setting.Key)
			}
		}
	}
}
