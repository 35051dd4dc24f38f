package descriptor

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ecounit/report"
)

// decoder fills the Go types from the tree and goes on after a mistake.
type decoder struct {
	file     string
	report   report.Report
	reported map[string]bool // keys that have an entry
	meant    map[string]bool // keys that a misspelt or misplaced one was meant to be
}

func newDecoder(file string) *decoder {
	return &decoder{file: file, reported: map[string]bool{}, meant: map[string]bool{}}
}

func (d *decoder) complain(e report.Entry) {
	e.Severity, e.File = report.Error, d.file
	d.reported[e.Key] = true
	d.report.Add(e)
}

// wrong complains about a value.
func (d *decoder) wrong(path string, n *node, hint, format string, args ...any) {
	d.complain(report.Entry{
		Range: n.place, Key: path, Hint: hint,
		Message: display(path) + ": " + fmt.Sprintf(format, args...),
	})
}

func (d *decoder) mismatch(path string, n *node, wanted, hint string) {
	d.wrong(path, n, hint, "expected %s, got %s", wanted, n)
}

// custom is a type that reads its value itself.
type custom interface {
	decode(d *decoder, path string, n *node)
}

// decode reads a value. rule is the path with * for names and numbers.
func (d *decoder) decode(path, rule string, n *node, into reflect.Value) {
	if n.reported {
		return
	}
	form, hasForm := forms[rule]
	if hasForm && form.Type == "object" && n.kind == table {
		d.names(path, form, n)
	}
	if s, ok := into.Addr().Interface().(custom); ok {
		s.decode(d, path, n)
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(path, rule, n, into.Elem())
	case reflect.Struct:
		d.table(path, rule, n, into)
	case reflect.Map:
		d.mapping(path, rule, n, into)
	case reflect.Slice:
		d.list(path, rule, n, into)
	case reflect.String:
		if own := FormsOfType(into.Type()); len(own) > 0 {
			form = own[0]
		}
		d.text(path, form, n, into)
	case reflect.Int:
		d.number(path, form, n, into)
	case reflect.Bool:
		d.boolean(path, n, into)
	default:
		panic("descriptor: no rule for " + into.Type().String())
	}
}

// names checks the keys of a table that the user names.
func (d *decoder) names(path string, form Form, n *node) {
	for _, name := range n.names {
		at, hint := joined(path, name), form.hint
		message := fmt.Sprintf("%q %s", shortened(name), form.says)
		if taken, ok := form.Taken[name]; ok {
			message, hint = display(name)+" is used by ecounit itself", taken
			n.fields[name].reported = true
		} else if form.allowsText(name) {
			continue
		}
		d.complain(report.Entry{Range: n.fields[name].key, Key: at, Message: message, Hint: hint})
	}
}

func (d *decoder) table(path, rule string, n *node, into reflect.Value) {
	if n.kind != table {
		d.mismatch(path, n, "a table", tableHint(path, n))
		return
	}
	fields := keysOf(into.Type())
	for _, name := range n.names {
		if field, known := fields[name]; known {
			d.decode(joined(path, name), joined(rule, name), n.fields[name], into.Field(field))
		} else {
			d.unknown(path, name, n.fields[name], slices.Sorted(maps.Keys(fields)))
		}
	}
}

func (d *decoder) mapping(path, rule string, n *node, into reflect.Value) {
	if n.kind != table {
		d.mismatch(path, n, "a table", tableHint(path, n))
		return
	}
	nameless := into.Type().Elem().Kind() == reflect.Struct && d.nameless(path, n, keysOf(into.Type().Elem()))
	into.Set(reflect.MakeMapWithSize(into.Type(), len(n.names)))
	for _, name := range n.names {
		if nameless && n.fields[name].kind != table {
			continue
		}
		item := reflect.New(into.Type().Elem()).Elem()
		d.decode(joined(path, name), rule+".*", n.fields[name], item)
		into.SetMapIndex(reflect.ValueOf(name), item)
	}
}

// nameless complains about a [process] that has the keys of a process itself.
func (d *decoder) nameless(path string, n *node, keys map[string]int) bool {
	for _, name := range n.names {
		if _, ok := keys[name]; ok && n.fields[name].kind != table {
			d.complain(report.Entry{
				Range: n.where(), Key: path, Hint: tableHint(path, n),
				Message: "[" + path + "] needs a name",
			})
			return true
		}
	}
	return false
}

func tableHint(path string, n *node) string {
	switch {
	case path == "process" || strings.HasPrefix(path, "process."):
		return "write [process.NAME] and its keys below it"
	case n.kind == list:
		return "write [" + path + "], with single brackets"
	}
	return "write [" + path + "] and its keys below it"
}

func (d *decoder) list(path, rule string, n *node, into reflect.Value) {
	if n.kind != list {
		hint := ""
		if n.kind == str {
			hint = "write it in brackets: [" + strconv.Quote(shortened(n.value.(string))) + "]"
		}
		d.mismatch(path, n, "a list", hint)
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.decode(indexed(path, i), rule+".*", item, into.Index(i))
	}
}

func (d *decoder) text(path string, form Form, n *node, into reflect.Value) {
	if n.kind != str {
		d.mismatch(path, n, "a string", quoteHint(n))
		return
	}
	s := n.value.(string)
	if !form.allowsText(s) {
		d.wrong(path, n, form.hint, "%s %s", n.written(), form.says)
		return
	}
	into.SetString(s)
}

// quoteHint is for a value that was meant as a string.
func quoteHint(n *node) string {
	switch n.kind {
	case integer, float:
		return `put it in quotes: "` + shortened(n.raw) + `"`
	case boolean:
		return fmt.Sprintf(`put it in quotes: "%v"`, n.value)
	case moment:
		return "put it in quotes"
	}
	return ""
}

func (d *decoder) number(path string, form Form, n *node, into reflect.Value) {
	if n.kind != integer {
		hint := ""
		if n.kind == str && isNumber(n.value.(string)) {
			hint = "write it without quotes"
		}
		d.mismatch(path, n, "a whole number", hint)
		return
	}
	number := n.value.(int64)
	if !form.allowsNumber(number) {
		d.wrong(path, n, "", "%d is not between %d and %d", number, form.Min, form.Max)
		return
	}
	into.SetInt(number)
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func (d *decoder) boolean(path string, n *node, into reflect.Value) {
	if n.kind != boolean {
		d.mismatch(path, n, "true or false", "")
		return
	}
	into.SetBool(n.value.(bool))
}
