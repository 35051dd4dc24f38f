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

// decoder fills the Go types from what the TOML library read, and goes on
// after a mistake: the library's own strict mode stops at the first value of a
// wrong type.
type decoder struct {
	file   string
	source *source
	report report.Report
}

func (d *decoder) complain(place report.Range, path, message, hint string) {
	d.report.Add(report.Entry{
		Severity: report.Error, File: d.file, Range: place,
		Key: path, Message: message, Hint: hint,
	})
}

func (d *decoder) decode(path string, v any, into reflect.Value) {
	if s, ok := into.Addr().Interface().(scalar); ok {
		if p := s.decode(v); p != nil {
			d.complain(d.source.value(path), path, display(path)+": "+p.message, p.hint)
		}
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(path, v, into.Elem())
	case reflect.Struct:
		if table, ok := v.(map[string]any); ok {
			d.table(path, table, into)
			return
		}
		d.mismatch(path, "a table", v)
	case reflect.Map:
		table, ok := v.(map[string]any)
		if !ok {
			d.mismatch(path, "a table", v)
			return
		}
		into.Set(reflect.MakeMap(into.Type()))
		for _, key := range slices.Sorted(maps.Keys(table)) {
			item := reflect.New(into.Type().Elem()).Elem()
			d.decode(joined(path, key), table[key], item)
			into.SetMapIndex(reflect.ValueOf(key), item)
		}
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			d.mismatch(path, "a list", v)
			return
		}
		into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
		for i, item := range list {
			d.decode(indexed(path, i), item, into.Index(i))
		}
	case reflect.String:
		d.text(path, v, into)
	case reflect.Int:
		if n, ok := v.(int64); ok && int64(int(n)) == n {
			into.SetInt(n)
			return
		}
		d.mismatch(path, "a number", v)
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			into.SetBool(b)
			return
		}
		d.mismatch(path, "true or false", v)
	default:
		panic("descriptor: no rule for " + into.Type().String())
	}
}

func (d *decoder) text(path string, v any, into reflect.Value) {
	s, ok := v.(string)
	if !ok {
		d.mismatch(path, "a string", v)
		return
	}
	if strings.ContainsRune(s, 0) {
		d.complain(d.source.value(path), path, display(path)+": a NUL character cannot be part of a value", "")
		return
	}
	into.SetString(s)
	e, ok := into.Interface().(enumerated)
	if ok && !slices.Contains(e.Values(), s) {
		d.complain(d.source.value(path), path,
			fmt.Sprintf("%s: %q is not known", display(path), s), "write one of: "+strings.Join(e.Values(), ", "))
	}
}

func (d *decoder) table(path string, table map[string]any, into reflect.Value) {
	fields := keysOf(into.Type())
	for _, key := range slices.Sorted(maps.Keys(table)) {
		at := joined(path, key)
		field, known := fields[key]
		if !known {
			d.unknown(path, key, slices.Sorted(maps.Keys(fields)))
			continue
		}
		d.decode(at, table[key], into.Field(field))
	}
}

func (d *decoder) unknown(path, key string, known []string) {
	at := joined(path, key)
	where := "at the top"
	if path != "" {
		where = "in [" + path + "]"
	}
	hint := "known keys: " + strings.Join(known, ", ")
	if near := Nearest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if table := tableOf(key); table != "" && table != path {
		hint = fmt.Sprintf("`%s` belongs in [%s]", key, table)
	}
	d.complain(d.source.key(at), at, fmt.Sprintf("unknown key `%s` %s", shortened(key), where), hint)
}

func (d *decoder) mismatch(path, wanted string, v any) {
	d.complain(d.source.value(path), path, fmt.Sprintf("%s: expected %s, got %s", display(path), wanted, kindOf(v)), "")
}

// keysOf maps the TOML keys of a struct to its fields.
func keysOf(t reflect.Type) map[string]int {
	keys := map[string]int{}
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("toml"); key != "" {
			keys[key] = i
		}
	}
	return keys
}

// tableOf finds the table that a misplaced key belongs in.
func tableOf(key string) string {
	top := reflect.TypeFor[Descriptor]()
	for i := range top.NumField() {
		t := top.Field(i).Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			continue
		}
		if _, ok := keysOf(t)[key]; ok {
			return top.Field(i).Tag.Get("toml")
		}
	}
	return ""
}

func joined(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func display(path string) string { return "`" + path + "`" }

// kindOf names a TOML value as a person would.
func kindOf(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("the string %q", shortened(v))
	case int64:
		return fmt.Sprintf("the number %d", v)
	case float64:
		return fmt.Sprintf("the number %v", v)
	case bool:
		return fmt.Sprintf("%v", v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date"
}

func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
