package tomlfile

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Form is one way to write a value. A reader and a JSON Schema take it from the
// same place, so that they cannot disagree. Patterns mean the same in Go's
// syntax and in JavaScript's.
type Form struct {
	Type      string            // as JSON Schema names it: string, integer, boolean, array, object
	Pattern   *Pattern          // of a string; of the keys of an object
	Words     []string          // where not empty, the only strings
	Taken     map[string]string // keys that an object cannot have, and what to write instead
	MaxLength int               // of a string, in characters; 0 means any
	Min, Max  int64             // of an integer; of the number of items in an array
	Items     []Form            // of an array or an object: each value has one of them

	Says string // what is wrong with another value, as in: "x" … is not a name
	Hint string // what to write
}

// OneOf is the form of a string out of a fixed list.
func OneOf(words ...string) []Form {
	return []Form{{
		Type: "string", Words: words, Says: "is not known",
		Hint: "write one of: " + strings.Join(words, ", "),
	}}
}

// former is a type whose values all have the same forms.
type former interface{ Forms() []Form }

// FormsOfType returns the ways to write a value of a type that has a method
// Forms. Other types have none.
func FormsOfType(t reflect.Type) []Form {
	if f, ok := reflect.New(t).Elem().Interface().(former); ok {
		return f.Forms()
	}
	return nil
}

// TakenKeys lists the keys that cannot be written, sorted.
func (f Form) TakenKeys() []string { return slices.Sorted(maps.Keys(f.Taken)) }

// allowsText reports whether a string may be written.
func (f Form) allowsText(s string) bool {
	return (len(f.Words) == 0 || slices.Contains(f.Words, s)) &&
		(f.Pattern == nil || f.Pattern.MatchString(s)) &&
		(f.MaxLength == 0 || len([]rune(s)) <= f.MaxLength)
}

// allowsNumber reports whether an integer may be written.
func (f Form) allowsNumber(n int64) bool { return n >= f.Min && n <= f.max() }

func (f Form) max() int64 {
	if f.Max == 0 {
		return math.MaxInt64
	}
	return f.Max
}
