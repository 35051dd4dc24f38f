package tomlfile

import (
	"fmt"
	"iter"
	"strconv"

	"ecounit/report"
)

// Kind is what a value is written as.
type Kind int

// The kinds of values.
const (
	Table Kind = iota
	List
	String
	Integer
	Float
	Boolean
	Moment // a date or time
)

// Typed is a type that reads its values itself, and complains about those that
// are wrong. All of its Forms come to ReadValue, and anything else as well.
type Typed interface {
	ReadValue(v Value)
}

// Value is a value of the file on its way into a Go type.
type Value struct {
	decoder    *decoder
	path, rule string
	node       *node
}

// Kind is what it is written as.
func (v Value) Kind() Kind { return v.node.kind }

// Text is the value of a String.
func (v Value) Text() string {
	s, _ := v.node.value.(string)
	return s
}

// Int is the value of an Integer.
func (v Value) Int() int64 {
	n, _ := v.node.value.(int64)
	return n
}

// Bool is the value of a Boolean.
func (v Value) Bool() bool {
	b, _ := v.node.value.(bool)
	return b
}

// Items are the values of a List.
func (v Value) Items() []Value {
	items := make([]Value, len(v.node.items))
	for i, item := range v.node.items {
		items[i] = Value{v.decoder, indexed(v.path, i), v.rule + ".*", item}
	}
	return items
}

// Fields are the keys and values of a Table in the order of the file, without
// those that there is an entry about.
func (v Value) Fields() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, name := range v.node.names {
			field := v.node.fields[name]
			if !field.reported && !yield(name, Value{v.decoder, Join(v.path, name), v.rule + ".*", field}) {
				return
			}
		}
	}
}

// Written is a string or a number as in the file.
func (v Value) Written() string { return v.node.written() }

// Wrong complains about the value.
func (v Value) Wrong(hint, format string, args ...any) {
	v.decoder.complain(report.Entry{
		Range: v.node.place, Key: v.path, Hint: hint,
		Message: display(v.path) + ": " + fmt.Sprintf(format, args...),
	})
}

// Mismatch complains that it is not of the kind that is wanted.
func (v Value) Mismatch(wanted, hint string) {
	v.Wrong(hint, "expected %s, got %s", wanted, v.node)
}

// NoString complains that it is not a string, or not what else is wanted in
// place of one.
func (v Value) NoString(wanted string) { v.Mismatch(wanted, quoteHint(v.node)) }

// NoTable complains that it is not a table.
func (v Value) NoTable() { v.Mismatch("a table", tableHint(v.path, v.rule, v.node)) }

// quoteHint is for a value that was meant as a string.
func quoteHint(n *node) string {
	switch n.kind {
	case Integer, Float:
		return `put it in quotes: "` + Shortened(n.raw) + `"`
	case Boolean:
		return fmt.Sprintf(`put it in quotes: "%v"`, n.value)
	case Moment:
		return "put it in quotes"
	}
	return ""
}

// listHint is for a value that was meant as a list.
func listHint(n *node) string {
	if n.kind != String {
		return ""
	}
	return "write it in brackets: [" + strconv.Quote(Shortened(n.value.(string))) + "]"
}
