package tomlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ecounit/report"
)

// Document is what is known of a file that was read: where each key stands, and
// what is wrong. Rules about several keys are checked against it afterwards. A
// nil Document has no keys.
type Document struct {
	file     string
	root     *node
	report   report.Report
	reported map[string]bool // keys that have an entry
	meant    map[string]bool // keys that a misspelt or misplaced one was meant to be
}

// File returns the name that Read was given.
func (d *Document) File() string {
	if d == nil {
		return ""
	}
	return d.file
}

// Has reports whether the key stands in the file.
func (d *Document) Has(key string) bool {
	_, found := d.find(key)
	return found
}

// Entry returns a report entry about the key, with its place in the file. A
// key that is not in the file gets the place of the nearest table above it.
func (d *Document) Entry(severity report.Severity, key, message, hint string) report.Entry {
	n, _ := d.find(key)
	return report.Entry{
		Severity: severity, File: d.File(), Range: n.where(),
		Key: key, Message: message, Hint: hint,
	}
}

func (d *Document) find(key string) (*node, bool) {
	if d == nil {
		return nil, false
	}
	return d.root.find(key)
}

// Report returns all that is wrong so far.
func (d *Document) Report() report.Report { return d.report }

// Reported reports whether there is an entry about the key.
func (d *Document) Reported(key string) bool { return d.reported[key] }

// Meant reports whether a misspelt or misplaced key of the file was meant to be
// this one, or one within it. What it says is not missing.
func (d *Document) Meant(key string) bool {
	for meant := range d.meant {
		if meant == key || strings.HasPrefix(meant, key+".") {
			return true
		}
	}
	return false
}

// Fail adds an error about a key, unless it has one: a value that could not be
// read says nothing more.
func (d *Document) Fail(key, hint, format string, args ...any) {
	if !d.reported[key] {
		d.complain(d.Entry(report.Error, key, fmt.Sprintf(format, args...), hint))
	}
}

// OnlyOne adds an error about each of the keys that stands in the file after
// the first of them, and returns those that are there, in the file's order.
func (d *Document) OnlyOne(keys ...string) (given []string) {
	for _, key := range keys {
		if d.Has(key) {
			given = append(given, key)
		}
	}
	slices.SortFunc(given, d.order)
	for _, key := range given[min(1, len(given)):] {
		d.Fail(key, "remove one of them", "%s and %s exclude each other", display(given[0]), display(key))
	}
	return given
}

// order compares the places of two keys of the file.
func (d *Document) order(a, b string) int {
	first, _ := d.find(a)
	second, _ := d.find(b)
	return cmp.Or(cmp.Compare(first.key.Line, second.key.Line), cmp.Compare(first.key.Column, second.key.Column))
}

func (d *Document) complain(e report.Entry) {
	e.Severity, e.File = report.Error, d.file
	d.reported[e.Key] = true
	d.report.Add(e)
}
