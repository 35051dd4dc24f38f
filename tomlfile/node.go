package tomlfile

import (
	"fmt"
	"strconv"
	"strings"

	"ecounit/report"
)

// node is a value of the file: what was written, and where.
type node struct {
	kind  Kind
	value any // string, int64 or bool; nil for everything else

	key   report.Range // its key; a zero range in lists
	place report.Range // its value; of a [table] the key

	fields map[string]*node // of a table
	names  []string         // the keys of a table in the order of the file
	items  []*node          // of a list

	headed   bool   // the table has a [header] of its own
	reported bool   // there is an entry about it, and it must not be read
	raw      string // a number as it was written
}

func newTable(key report.Range) *node { return &node{kind: Table, key: key, place: key} }

// set adds a field to a table.
func (n *node) set(name string, field *node) {
	if n.fields == nil {
		n.fields = map[string]*node{}
	}
	n.fields[name] = field
	n.names = append(n.names, name)
}

// find returns the node with that path, and whether it stands in the file:
// otherwise it is the nearest one above it.
func (n *node) find(path string) (*node, bool) {
	for path != "" && n != nil {
		var next *node
		var name string
		name, path = cutPath(path)
		if n.kind != List {
			next = n.fields[name]
		} else if index, err := strconv.Atoi(strings.Trim(name, "[]")); err == nil && index >= 0 && index < len(n.items) {
			next = n.items[index]
		}
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, n != nil
}

// where is the place of the value, or of the key where the value is a table:
// what is missing in a table belongs to its name.
func (n *node) where() report.Range {
	if n == nil {
		return report.Range{}
	}
	if n.kind == Table && n.key.Line > 0 {
		return n.key
	}
	return n.place
}

// String names the value as a person would.
func (n *node) String() string {
	switch n.kind {
	case Table:
		return "a table"
	case List:
		if len(n.items) > 0 && n.items[0].headed {
			return "a list of tables"
		}
		return "a list"
	case String:
		return "the string " + n.written()
	case Boolean:
		return fmt.Sprint(n.value)
	case Moment:
		return "a date or time"
	}
	return "the number " + n.written()
}

// written is a string or a number as in the file.
func (n *node) written() string {
	if n.kind == String {
		return strconv.Quote(Shortened(n.value.(string)))
	}
	return Shortened(n.raw)
}

// Join adds a key to a path as Entry and Has take it: web.command. A key that
// has other characters than letters, digits, - and _ is quoted, as in the file.
func Join(path, key string) string {
	if !isBare(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// cutPath takes the first part from a path that Join and indexed have made.
func cutPath(path string) (first, rest string) {
	if path[0] == '"' { // an error of strconv holds a copy of the path
		if quoted, err := strconv.QuotedPrefix(path); err == nil {
			first, _ = strconv.Unquote(quoted)
			return first, strings.TrimPrefix(path[len(quoted):], ".")
		}
	}
	if i := strings.IndexAny(path[1:], ".["); i >= 0 {
		return path[:i+1], strings.TrimPrefix(path[i+1:], ".")
	}
	return path, ""
}

func isBare(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

func display(path string) string { return "`" + path + "`" }

// Shortened cuts what a message quotes.
func Shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
