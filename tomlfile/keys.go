package tomlfile

import (
	"reflect"
	"strings"
	"sync"

	"ecounit/report"
)

// unknown complains about a key that no table has, or that another one has.
func (d *decoder) unknown(path, key string, n *node, known []string) {
	where := "at the top"
	if path != "" {
		where = "in [" + path + "]"
	}
	hint := "known keys: " + strings.Join(known, ", ")
	if places := d.belongs(key); len(places) > 0 {
		hint = display(key) + " belongs " + strings.Join(places, " or ")
	} else if near := Nearest(key, known); near != "" {
		hint = "did you mean " + display(near) + "?"
		d.meant[Join(path, near)] = true
	}
	d.complain(report.Entry{
		Range: n.key, Key: Join(path, key), Hint: hint,
		Message: "unknown key " + display(Join("", Shortened(key))) + " " + where,
	})
}

// belongs says in words which tables have a misplaced key.
func (d *decoder) belongs(key string) (places []string) {
	if _, ok := keysOf(d.top)[key]; ok {
		places = append(places, "at the top, before the first [table]")
		d.meant[key] = true
	}
	for i := range d.top.NumField() {
		field := d.top.Field(i)
		name, t := field.Tag.Get("toml"), field.Type
		heading := name
		switch t.Kind() {
		case reflect.Map:
			t, heading = t.Elem(), name+".NAME"
		case reflect.Pointer:
			t = t.Elem()
		}
		if name == "" || t.Kind() != reflect.Struct {
			continue
		}
		if _, ok := keysOf(t)[key]; ok {
			places = append(places, "in ["+heading+"]")
			d.meant[Join(name, key)] = true
		}
	}
	return places
}

var knownKeys sync.Map // reflect.Type to map[string]int

// keysOf maps the TOML keys of a struct to its fields.
func keysOf(t reflect.Type) map[string]int {
	if keys, ok := knownKeys.Load(t); ok {
		return keys.(map[string]int)
	}
	keys := map[string]int{}
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("toml"); key != "" {
			keys[key] = i
		}
	}
	knownKeys.Store(t, keys)
	return keys
}
