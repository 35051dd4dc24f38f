package tomlfile

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
	*Document
	forms map[string]Form
	top   reflect.Type
}

// decode reads a value. rule is the path with * for names and numbers.
func (d *decoder) decode(path, rule string, n *node, into reflect.Value) {
	if n.reported {
		return
	}
	form, hasForm := d.forms[rule]
	if hasForm && form.Type == "object" && n.kind == Table {
		d.names(path, form, n)
	}
	v := Value{d, path, rule, n}
	if typed, ok := into.Addr().Interface().(Typed); ok {
		typed.ReadValue(v)
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(path, rule, n, into.Elem())
	case reflect.Struct:
		d.table(v, into)
	case reflect.Map:
		d.mapping(v, into)
	case reflect.Slice:
		d.list(v, into)
	case reflect.String:
		if own := FormsOfType(into.Type()); len(own) > 0 {
			form = own[0]
		}
		text(v, form, into)
	case reflect.Int:
		number(v, form, into)
	case reflect.Bool:
		boolean(v, into)
	default:
		panic("tomlfile: no rule for " + into.Type().String())
	}
}

// names checks the keys of a table that the user names.
func (d *decoder) names(path string, form Form, n *node) {
	for _, name := range n.names {
		at, hint := Join(path, name), form.Hint
		message := fmt.Sprintf("%q %s", Shortened(name), form.Says)
		if taken, ok := form.Taken[name]; ok {
			message, hint = display(name)+" is used by ecounit itself", taken
			n.fields[name].reported = true
		} else if form.allowsText(name) {
			continue
		}
		d.complain(report.Entry{Range: n.fields[name].key, Key: at, Message: message, Hint: hint})
	}
}

func (d *decoder) table(v Value, into reflect.Value) {
	if v.Kind() != Table {
		v.NoTable()
		return
	}
	fields := keysOf(into.Type())
	for _, name := range v.node.names {
		field := v.node.fields[name]
		if i, known := fields[name]; known {
			d.decode(Join(v.path, name), Join(v.rule, name), field, into.Field(i))
		} else {
			d.unknown(v.path, name, field, slices.Sorted(maps.Keys(fields)))
		}
	}
}

// mapping reads a table whose keys the user names.
func (d *decoder) mapping(v Value, into reflect.Value) {
	item := into.Type().Elem()
	ofTables := item.Kind() == reflect.Struct
	switch {
	case v.Kind() != Table && ofTables:
		v.Mismatch("a table", namedHint(v.path))
		return
	case v.Kind() != Table:
		v.NoTable()
		return
	}
	nameless := ofTables && d.nameless(v.path, v.node, keysOf(item))
	into.Set(reflect.MakeMapWithSize(into.Type(), len(v.node.names)))
	for _, name := range v.node.names {
		field := v.node.fields[name]
		if nameless && field.kind != Table {
			continue
		}
		value := reflect.New(item).Elem()
		d.decode(Join(v.path, name), v.rule+".*", field, value)
		into.SetMapIndex(reflect.ValueOf(name), value)
	}
}

// nameless complains about a [process] that has the keys of a process itself.
func (d *decoder) nameless(path string, n *node, keys map[string]int) bool {
	for _, name := range n.names {
		if _, ok := keys[name]; ok && n.fields[name].kind != Table {
			d.complain(report.Entry{
				Range: n.where(), Key: path, Hint: namedHint(path),
				Message: "[" + path + "] needs a name",
			})
			return true
		}
	}
	return false
}

func tableHint(path, rule string, n *node) string {
	table, named := strings.CutSuffix(rule, ".*")
	switch {
	case named:
		return namedHint(table)
	case n.kind == List:
		return "write [" + path + "], with single brackets"
	}
	return "write [" + path + "] and its keys below it"
}

// namedHint is for a table of tables that the user names.
func namedHint(path string) string { return "write [" + path + ".NAME] and its keys below it" }

func (d *decoder) list(v Value, into reflect.Value) {
	if v.Kind() != List {
		v.Mismatch("a list", listHint(v.node))
		return
	}
	items := v.node.items
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for i, item := range items {
		d.decode(indexed(v.path, i), v.rule+".*", item, into.Index(i))
	}
}

func text(v Value, form Form, into reflect.Value) {
	switch {
	case v.Kind() != String:
		v.NoString("a string")
	case !form.allowsText(v.Text()):
		v.Wrong(form.Hint, "%s %s", v.Written(), form.Says)
	default:
		into.SetString(v.Text())
	}
}

func number(v Value, form Form, into reflect.Value) {
	switch {
	case v.Kind() == String && isNumber(v.Text()):
		v.Mismatch("a whole number", "write it without quotes")
	case v.Kind() != Integer:
		v.Mismatch("a whole number", "")
	case !form.allowsNumber(v.Int()):
		v.Wrong("", "%d is not between %d and %d", v.Int(), form.Min, form.Max)
	default:
		into.SetInt(v.Int())
	}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func boolean(v Value, into reflect.Value) {
	if v.Kind() != Boolean {
		v.Mismatch("true or false", "")
		return
	}
	into.SetBool(v.Bool())
}
