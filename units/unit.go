package units

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Unit is a unit file in the making: ordered sections with ordered settings.
// Every setting goes through a typed setter of [Section] that quotes its
// value, so that no value can reach another line, another setting or another
// section. A value that the file cannot hold is never written; [Unit.Bytes]
// reports all of them.
type Unit struct {
	name     string
	systemd  int // version; 0 is a recent one
	sections []*Section
	errs     []error
}

// Section is one section of a Unit. Its setters append a setting and return
// the section, to be chained. Keys that systemd reads as lists (Environment=,
// After=) may be set again and again.
type Section struct {
	unit  *Unit
	name  string
	lines []string
}

var alphanumerics = newCharset(alphanumeric)

// isName says whether s looks like the keys and sections of unit files in
// systemd.directives(7).
func isName(s string) bool {
	return alphanumerics.spans(s) && 'A' <= s[0] && s[0] <= 'Z'
}

// maxLine is the longest line that systemd reads. With a longer one it loads
// nothing of the file.
const maxLine = 1<<20 - 1

// usualLines is room for the settings of most sections, taken at once.
const usualLines = 16

// New starts the unit file of that name. The name may be that of a template.
func New(name string) *Unit {
	u := &Unit{name: name}
	if err := ValidName(name); err != nil {
		u.errs = append(u.errs, err)
	}
	return u
}

// For says which version of systemd is to read the file. The setters then
// refuse what that version cannot hold; without For they take it for recent.
func (u *Unit) For(systemd int) *Unit {
	u.systemd = systemd
	return u
}

// Name returns the name of the unit.
func (u *Unit) Name() string { return u.name }

// Section returns the section of that name, and begins it when there is none
// yet. A section without settings is not written.
func (u *Unit) Section(name string) *Section {
	for _, s := range u.sections {
		if s.name == name {
			return s
		}
	}
	if !isName(name) {
		u.errs = append(u.errs, fmt.Errorf("cannot write a section %s to %s: not a section's name", show(name), u.label()))
	}
	s := &Section{unit: u, name: name, lines: make([]string, 0, usualLines)}
	u.sections = append(u.sections, s)
	return s
}

// Err returns everything that was refused so far, or nil.
func (u *Unit) Err() error { return errors.Join(u.errs...) }

// Bytes returns the file without a header (see [Stamp]). When any value was
// refused there is no file, only the error.
func (u *Unit) Bytes() ([]byte, error) {
	if err := u.Err(); err != nil {
		return nil, err
	}
	size := 0
	for _, s := range u.sections {
		size += len(s.name) + len("\n[]\n")
		for _, line := range s.lines {
			size += len(line) + len("\n")
		}
	}
	out := bytes.NewBuffer(make([]byte, 0, size))
	for _, s := range u.sections {
		if len(s.lines) == 0 {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("[" + s.name + "]\n")
		for _, line := range s.lines {
			out.WriteString(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes(), nil
}

// add is the one way into the file. What it checks holds for every line,
// whatever a setter believes to have quoted.
func (s *Section) add(key, value string) *Section {
	line := key + "=" + value
	switch {
	case !isName(key):
		return s.refuse(key, value, "not the name of a setting")
	case !isLine(line):
		return s.refuse(key, value, "it does not fit on a line")
	case len(line) > maxLine:
		return s.refuse(key, value, "longer than the 1 MiB that systemd reads")
	}
	s.lines = append(s.lines, line)
	return s
}

// refuse records that the value cannot be written, and why.
func (s *Section) refuse(key, value, why string) *Section {
	return s.fail(key, show(value)+": "+why)
}

func (s *Section) fail(key, what string) *Section {
	err := fmt.Errorf("cannot write %s= in [%s] of %s: %s", label(key), label(s.name), s.unit.label(), what)
	s.unit.errs = append(s.unit.errs, err)
	return s
}

// label is the name of a setting or a section for an error message.
func label(name string) string {
	if isName(name) {
		return name
	}
	return show(name)
}

func (u *Unit) label() string {
	if ValidName(u.name) == nil {
		return u.name
	}
	return show(u.name)
}

// show quotes a value for an error message, shortened.
func show(value string) string {
	const enough = 80
	if len(value) > enough {
		return strconv.Quote(strings.ToValidUTF8(value[:enough], "")) + "…"
	}
	return strconv.Quote(value)
}
