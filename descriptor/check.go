package descriptor

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ecounit/tomlfile"
)

// checker finds what no value shows by itself: keys that are missing or that
// exclude each other.
type checker struct {
	d   *Descriptor
	doc *tomlfile.Document
}

// processTable has a table of its own for each process.
const processTable = "process"

func (c checker) check() {
	c.missing("", "name", `write name = "…" at the top; `+nameHint, "`name` is missing")
	c.somethingToRun()
	c.doc.OnlyOne("python.conda", "python.venv", "python.interpreter")
	if c.d.Web != nil {
		c.web(c.d.Web)
	}
	if c.d.Database != nil {
		c.missing("database", "postgres", "write postgres = true below it", "[database] needs `postgres`")
	}
	for _, name := range slices.Sorted(maps.Keys(c.d.Process)) {
		at := tomlfile.Join(processTable, name)
		c.missing(at, "command", `write command = "…" below it`, "[%s] needs `command`", at)
	}
	c.jobs()
	c.watch()
	c.onFailure()
	if r := c.d.Restart; r.MaxDelay > 0 && r.Delay > r.MaxDelay {
		c.doc.Fail("restart.max_delay", "", "`restart.max_delay` is shorter than `restart.delay`")
	}
}

// missing complains about a key that has to be in the table, unless it was
// found in the wrong place or under a wrong name.
func (c checker) missing(path, key, hint, format string, args ...any) {
	rule := path
	for _, table := range []string{processTable, jobTable} {
		if strings.HasPrefix(path, table+".") {
			rule = table
		}
	}
	at := tomlfile.Join(path, key)
	if c.d.Has(at) || c.doc.Reported(path) || c.doc.Meant(at) || c.doc.Meant(tomlfile.Join(rule, key)) {
		return
	}
	c.doc.Fail(at, hint, format, args...)
}

func (c checker) somethingToRun() {
	if c.d.Web != nil || len(c.d.Process) > 0 || len(c.d.Job) > 0 || c.doc.Meant("web") {
		return
	}
	for _, table := range []string{processTable, jobTable} {
		if c.doc.Reported(table) || c.doc.Meant(table) {
			return
		}
	}
	c.doc.Fail("web", "write [web] with wsgi, asgi or command, or [process.NAME] with command",
		"there is nothing to run: none of [web], [process.NAME] and [job.NAME] is there")
}

func (c checker) web(w *Web) {
	kinds := []string{"web.wsgi", "web.asgi", "web.command"}
	meant := slices.ContainsFunc(kinds, c.doc.Meant)
	if given := c.doc.OnlyOne(kinds...); len(given) == 0 && !meant {
		c.doc.Fail("web", `for Flask or Django write wsgi = "module:callable", for FastAPI asgi = "module:callable", for anything else command = […]`,
			"[web] needs one of `wsgi`, `asgi` and `command`")
	}
	if c.d.Has("web.workers") && c.d.Has("web.command") {
		c.doc.Fail("web.workers", "give the number to the command itself", "`web.workers` is for wsgi and asgi, not for command")
	}
	if t := time.Duration(w.Timeout); t%time.Second != 0 || t > time.Hour {
		c.doc.Fail("web.timeout", `write as in "30s" or "10min"`, "`web.timeout` is not a number of whole seconds up to an hour")
	}
	for _, k := range []struct{ key, value string }{{"web.wsgi", w.WSGI}, {"web.asgi", w.ASGI}} {
		if module, _, _ := strings.Cut(k.value, ":"); strings.HasSuffix(module, ".py") {
			c.doc.Fail(k.key, "write the module, as Python's import does: "+strings.TrimSuffix(module, ".py"),
				"`%s`: %q is a file, not a module", k.key, tomlfile.Shortened(module))
		}
	}
}
