package descriptor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecounit/report"
)

// checker finds what no value shows by itself: keys that are missing or that
// exclude each other.
type checker struct {
	d       *Descriptor
	decoder *decoder
}

func (c checker) check() {
	c.missing("", "name", `write name = "…" at the top; `+nameHint, "`name` is missing")
	c.somethingToRun()
	c.onlyOne("python.conda", "python.venv", "python.interpreter")
	if c.d.Web != nil {
		c.web(c.d.Web)
	}
	for _, name := range slices.Sorted(maps.Keys(c.d.Process)) {
		at := joined(processTable, name)
		c.missing(at, "command", `write command = "…" below it`, "[%s] needs `command`", at)
	}
	if r := c.d.Restart; r.MaxDelay > 0 && r.Delay > r.MaxDelay {
		c.fail("restart.max_delay", "", "`restart.max_delay` is shorter than `restart.delay`")
	}
}

// fail adds an entry about a key, unless it has one: a value that could not be
// read says nothing more.
func (c checker) fail(key, hint, format string, args ...any) {
	if !c.decoder.reported[key] {
		c.decoder.complain(c.d.Entry(report.Error, key, fmt.Sprintf(format, args...), hint))
	}
}

// missing complains about a key that has to be in the table, unless it was
// found in the wrong place or under a wrong name.
func (c checker) missing(path, key, hint, format string, args ...any) {
	rule := path
	if strings.HasPrefix(path, processTable+".") {
		rule = processTable
	}
	at := joined(path, key)
	if c.d.Has(at) || c.decoder.reported[path] || c.decoder.meant[at] || c.decoder.meant[joined(rule, key)] {
		return
	}
	c.fail(at, hint, format, args...)
}

func (c checker) somethingToRun() {
	if c.d.Web != nil || len(c.d.Process) > 0 || c.decoder.reported["process"] {
		return
	}
	for key := range c.decoder.meant {
		if table, _ := cutPath(key); table == "web" || table == processTable {
			return
		}
	}
	c.fail("web", "write [web] with wsgi, asgi or command, or [process.NAME] with command",
		"there is nothing to run: neither [web] nor [process.NAME] is there")
}

// onlyOne complains about every key of the file after the first.
func (c checker) onlyOne(keys ...string) (given []string) {
	for _, key := range keys {
		if c.d.Has(key) {
			given = append(given, key)
		}
	}
	slices.SortFunc(given, c.order)
	for _, key := range given[min(1, len(given)):] {
		c.fail(key, "remove one of them", "%s and %s exclude each other", display(given[0]), display(key))
	}
	return given
}

// order compares the places of two keys of the file.
func (c checker) order(a, b string) int {
	first, _ := c.d.root.find(a)
	second, _ := c.d.root.find(b)
	return cmp.Or(cmp.Compare(first.key.Line, second.key.Line), cmp.Compare(first.key.Column, second.key.Column))
}

func (c checker) web(w *Web) {
	kinds := []string{"web.wsgi", "web.asgi", "web.command"}
	meant := slices.ContainsFunc(kinds, func(key string) bool { return c.decoder.meant[key] })
	if given := c.onlyOne(kinds...); len(given) == 0 && !meant {
		c.fail("web", `for Flask or Django write wsgi = "module:callable", for FastAPI asgi = "module:callable", for anything else command = […]`,
			"[web] needs one of `wsgi`, `asgi` and `command`")
	}
	if c.d.Has("web.workers") && c.d.Has("web.command") {
		c.fail("web.workers", "give the number to the command itself", "`web.workers` is for wsgi and asgi, not for command")
	}
	for _, k := range []struct{ key, value string }{{"web.wsgi", w.WSGI}, {"web.asgi", w.ASGI}} {
		if module, _, _ := strings.Cut(k.value, ":"); strings.HasSuffix(module, ".py") {
			c.fail(k.key, "write the module, as Python's import does: "+strings.TrimSuffix(module, ".py"),
				"%s: %q is a file, not a module", display(k.key), shortened(module))
		}
	}
}
