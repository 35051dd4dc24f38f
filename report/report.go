// Package report holds what is wrong with a user's input: all of it at once,
// each entry with its place and a hint. It is pure, and it must not know what
// is being checked.
package report

import (
	"cmp"
	"slices"
)

// Severity says whether an entry stops the work.
type Severity string

// An Error stops the work; a Warning is shown and the work goes on.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Range is a place in a file. Line and Column count from 1, Column and Length
// in characters; the zero Range means the file as a whole.
type Range struct {
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	Length int `json:"-"`
}

// Entry is one thing that is wrong.
type Entry struct {
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Range
	Key     string `json:"key,omitempty"` // dotted, as in "web.workers"
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"` // what to do or to type
}

// Report is a list of entries. The zero value is ready for use.
type Report struct {
	entries []Entry
}

// Add appends entries.
func (r *Report) Add(entries ...Entry) { r.entries = append(r.entries, entries...) }

// Merge appends all entries of other.
func (r *Report) Merge(other Report) { r.entries = append(r.entries, other.entries...) }

// Entries returns the entries in the order of their places, file by file; what
// concerns a file as a whole comes first. Entries of the same place keep the
// order they were added in. The list is never nil: it is [] in JSON.
func (r Report) Entries() []Entry {
	sorted := append([]Entry{}, r.entries...)
	slices.SortStableFunc(sorted, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return sorted
}

// FirstError returns what the first error says, or "".
func (r Report) FirstError() string {
	for _, e := range r.Entries() {
		if e.Severity == Error {
			return e.Message
		}
	}
	return ""
}

// Count returns how many entries have the severity.
func (r Report) Count(s Severity) int {
	n := 0
	for _, e := range r.entries {
		if e.Severity == s {
			n++
		}
	}
	return n
}

// HasErrors reports whether any entry stops the work.
func (r Report) HasErrors() bool { return r.Count(Error) > 0 }
