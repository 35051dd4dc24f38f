package descriptor

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
	if tables := tablesOf(key); len(tables) > 0 {
		hint = display(key) + " belongs " + strings.Join(d.belongs(key, tables), " or ")
	} else if near := Nearest(key, known); near != "" {
		hint = "did you mean " + display(near) + "?"
		d.meant[joined(path, near)] = true
	}
	at := joined(path, key)
	d.complain(report.Entry{
		Range: n.key, Key: at, Hint: hint,
		Message: "unknown key " + display(joined("", shortened(key))) + " " + where,
	})
}

// belongs says in words where a misplaced key goes.
func (d *decoder) belongs(key string, tables []string) []string {
	var words []string
	for _, t := range tables {
		d.meant[joined(t, key)] = true
		switch t {
		case "":
			words = append(words, "at the top, before the first [table]")
		case processTable:
			words = append(words, "in [process.NAME]")
		default:
			words = append(words, "in ["+t+"]")
		}
	}
	return words
}

// processTable stands for each [process.NAME].
const processTable = "process"

// tablesOf finds the tables that have a key; "" is the top.
func tablesOf(key string) []string {
	var tables []string
	top := reflect.TypeFor[Descriptor]()
	if _, ok := keysOf(top)[key]; ok {
		tables = append(tables, "")
	}
	for i := range top.NumField() {
		t := top.Field(i).Type
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || top.Field(i).Tag.Get("toml") == "" {
			continue
		}
		if _, ok := keysOf(t)[key]; ok {
			tables = append(tables, top.Field(i).Tag.Get("toml"))
		}
	}
	return tables
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
