package tomlfile

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"

	"ecounit/report"
)

// The limits of what is read at all. No file of a person comes near, and
// the TOML library compares each key with all others.
const (
	maxDepth  = 16 // no key of ours is deeper than four
	maxKey    = 128
	maxValues = 4096
)

// reader builds the tree. The library's decoder does not do: it has no places
// for values, and it stops at the first key that is given twice.
type reader struct {
	parser   unstable.Parser
	text     []byte
	what     string // what the file is, with its article
	places   *places
	values   int
	again    bool           // within a table whose header is there twice
	problems []report.Entry // of the tree; the rest of it can be read
}

// errLimit ends the reading; its entry is the last problem.
var errLimit = errors.New("over a limit")

// read returns the tree of a file; what names the kind of file. The error is
// that of the parser for what is not TOML, or errLimit.
func read(text []byte, what string) (*node, []report.Entry, error) {
	r := &reader{text: text, what: what, places: newPlaces(text)}
	r.parser.Reset(text)
	root := &node{kind: Table}
	current, path := root, ""
	for r.parser.NextExpression() {
		var err error
		switch expression := r.parser.Expression(); expression.Kind {
		case unstable.Table, unstable.ArrayTable:
			current, path, err = r.header(root, expression)
		case unstable.KeyValue:
			_, err = r.keyValue(current, path, expression, 1)
		}
		if err != nil {
			return root, r.problems, err
		}
	}
	return root, r.problems, r.parser.Error()
}

// header returns the table that the following keys belong to, and its path.
func (r *reader) header(root *node, expression *unstable.Node) (*node, string, error) {
	parent, name, path, key, err := r.descend(root, "", expression)
	if err != nil {
		return nil, "", err
	}
	r.again = false
	field := parent.fields[name]
	if expression.Kind == unstable.ArrayTable {
		if field == nil {
			field = &node{kind: List, key: key, place: key}
			parent.set(name, field)
		}
		item := newTable(key)
		item.headed = true
		field.items = append(field.items, item)
		return item, path, nil
	}
	switch {
	case field == nil:
		field = newTable(key)
		parent.set(name, field)
	case field.kind != Table: // the library refuses it
		field = newTable(key)
	case field.headed:
		r.again = true
		r.problem(key, path, fmt.Sprintf("[%s] is given twice", path), fmt.Sprintf("move its keys to the one in line %d", field.key.Line))
	}
	field.headed = true
	return field, path, nil
}

// keyValue adds a value to a table and returns the offset behind it.
func (r *reader) keyValue(current *node, path string, expression *unstable.Node, depth int) (int, error) {
	parent, name, path, key, err := r.descend(current, path, expression)
	if err != nil {
		return 0, err
	}
	first, seen := parent.fields[name]
	if seen && !r.again {
		r.problem(key, path, fmt.Sprintf("%s is given twice", display(path)), fmt.Sprintf("keep one of them; the first is in line %d", first.key.Line))
	}
	end := 0
	for keys := expression.Key(); keys.Next(); {
		end = int(keys.Node().Raw.Offset + keys.Node().Raw.Length)
	}
	value, end, err := r.value(path, expression.Value(), end, depth)
	if err != nil {
		return 0, err
	}
	value.key = key
	if !seen {
		parent.set(name, value)
	}
	return end, nil
}

// descend goes down to the last part of a dotted key, and makes the tables on
// the way. A table that cannot be entered is left out of the tree: the library
// refuses such a file, and says why.
func (r *reader) descend(parent *node, path string, expression *unstable.Node) (_ *node, name, full string, key report.Range, err error) {
	depth := 0
	for keys := expression.Key(); keys.Next(); {
		part := keys.Node()
		if depth > 0 {
			field := parent.fields[name]
			switch {
			case field == nil:
				field = newTable(key)
				parent.set(name, field)
			case field.kind == List && len(field.items) > 0 && field.items[len(field.items)-1].headed:
				field = field.items[len(field.items)-1]
			case field.kind != Table:
				field = newTable(key)
			}
			parent = field
		}
		name = string(part.Data)
		key = r.places.at(int(part.Raw.Offset), int(part.Raw.Offset+part.Raw.Length))
		if len(part.Data) > maxKey {
			return nil, "", "", key, r.limit(key, fmt.Sprintf("a key is longer than %d characters", maxKey))
		}
		if depth++; depth > maxDepth {
			return nil, "", "", key, r.limit(key, fmt.Sprintf("a key has more than %d parts", maxDepth))
		}
		path = Join(path, name)
	}
	return parent, name, path, key, r.counted(key)
}

// value reads what begins at or after from and returns the offset behind it.
func (r *reader) value(path string, v *unstable.Node, from, depth int) (*node, int, error) {
	start, end := int(v.Raw.Offset), int(v.Raw.Offset+v.Raw.Length)
	if v.Kind == unstable.Array { // has no range of its own
		start = r.skip(from)
		end = start + 1
	}
	n := &node{place: r.places.at(start, end)}
	if err := r.counted(n.place); err != nil {
		return nil, 0, err
	}
	if depth > maxDepth {
		return nil, 0, r.limit(n.place, fmt.Sprintf("more than %d brackets are open", maxDepth))
	}
	var err error
	switch v.Kind {
	case unstable.Array:
		n.kind = List
		for it := v.Children(); it.Next(); {
			var item *node
			if item, end, err = r.value(indexed(path, len(n.items)), it.Node(), end, depth+1); err != nil {
				return nil, 0, err
			}
			n.items = append(n.items, item)
		}
		return n, r.skip(end) + 1, nil
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			if end, err = r.keyValue(n, path, it.Node(), depth+1); err != nil {
				return nil, 0, err
			}
		}
		return n, r.skip(end) + 1, nil
	}
	r.scalar(n, path, v)
	return n, end, nil
}

func (r *reader) scalar(n *node, path string, v *unstable.Node) {
	switch v.Kind {
	case unstable.String:
		n.kind, n.value = String, string(v.Data)
	case unstable.Bool:
		n.kind, n.value = Boolean, string(v.Data) == "true"
	case unstable.Integer:
		n.kind, n.raw = Integer, string(v.Data)
		number, err := strconv.ParseInt(n.raw, 0, 64)
		if errors.Is(err, strconv.ErrRange) {
			n.reported = true
			r.problem(n.place, path, fmt.Sprintf("%s: the number %s is too large", display(path), Shortened(n.raw)), "")
		}
		n.value = number
	case unstable.Float:
		n.kind, n.raw = Float, string(v.Data)
	default:
		n.kind = Moment
	}
}

// skip returns the offset of the next value or bracket.
func (r *reader) skip(i int) int {
	for ; i < len(r.text); i++ {
		switch r.text[i] {
		case ' ', '\t', '\r', '\n', ',', '=':
		case '#':
			for i+1 < len(r.text) && r.text[i] != '\n' {
				i++
			}
		default:
			return i
		}
	}
	return len(r.text)
}

func (r *reader) counted(place report.Range) error {
	if r.values++; r.values > maxValues {
		return r.limit(place, fmt.Sprintf("more than %d keys and values; this is not %s", maxValues, r.what))
	}
	return nil
}

func (r *reader) limit(place report.Range, message string) error {
	r.problem(place, "", message, "")
	return errLimit
}

func (r *reader) problem(place report.Range, path, message, hint string) {
	r.problems = append(r.problems, report.Entry{
		Severity: report.Error, Range: place, Key: path, Message: message, Hint: hint,
	})
}
