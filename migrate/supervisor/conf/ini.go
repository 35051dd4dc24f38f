package conf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// document is what Python's RawConfigParser makes of files, with the settings
// that supervisor gives it: sections and options may come twice, the later
// value counts, and comments may stand behind a value.
type document struct {
	names    []string // of the sections, in order
	sections map[string]*section
	defaults *section
	lines    []Line
	mistakes []Mistake
}

type section struct {
	name   string
	file   string
	line   int
	values map[string]*value
	order  []string // of the keys
}

// value is what an option has in the end, and where it was written.
type value struct {
	text string
	file string
	line int
}

// Kind is what a line of a file is.
type Kind int

// The kinds of lines that mean something.
const (
	Header       Kind = iota // of a section
	Assignment               // an option
	Continuation             // more of the value above
)

// Line is a line that is neither empty nor a comment.
type Line struct {
	File    string
	Number  int
	Of      int // the number of the line that a continuation goes on from; otherwise its own
	Kind    Kind
	Section string
	Key     string
	Value   string // what the line itself adds, before anything is expanded
	Comment string // what was cut off
}

// newDocument has one section, [DEFAULT], whose options every other one has.
func newDocument() *document {
	return &document{sections: map[string]*section{}, defaults: &section{name: "DEFAULT", values: map[string]*value{}}}
}

// get finds the value of an option, also among the defaults.
func (d *document) get(section, key string) (*value, bool) {
	s := d.sections[section]
	if s == nil {
		return nil, false
	}
	if v, ok := s.values[key]; ok {
		return v, true
	}
	v, ok := d.defaults.values[key]
	return v, ok
}

// read adds a file. It stops at what makes no sense any more.
func (d *document) read(file, text string) bool {
	if !utf8.ValidString(text) {
		d.mistake(file, 0, "it is not UTF-8")
		return false
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	r := &iniReader{document: d, file: file}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if !r.line(number, line) {
			return false
		}
	}
	for _, v := range r.read {
		v.text = strings.TrimRightFunc(v.text, isSpace)
	}
	return true
}

func (d *document) mistake(file string, line int, format string, args ...any) {
	d.mistakes = append(d.mistakes, Mistake{file, line, fmt.Sprintf(format, args...)})
}

// iniReader reads one file.
type iniReader struct {
	*document
	file    string
	section *section
	key     string
	value   *value // that a line further in goes on with
	indent  int
	read    []*value
}

func (r *iniReader) line(number int, line string) bool {
	cut := commentStart(line)
	text, comment := line, ""
	if cut >= 0 {
		text, comment = line[:cut], strings.TrimSpace(line[cut:])
	}
	text = strings.TrimFunc(text, isSpace)
	if text == "" {
		if cut < 0 && r.value != nil {
			r.value.text += "\n"
		}
		return true
	}
	indent := utf8.RuneCountInString(line[:strings.IndexFunc(line, isNoSpace)])
	l := Line{File: r.file, Number: number, Of: number, Kind: Continuation, Key: r.key, Value: text, Comment: comment}
	if r.value != nil && indent > r.indent {
		l.Of = r.value.line
		r.value.text += "\n" + text
	} else {
		r.indent = indent
		if !r.element(&l, text) {
			return false
		}
	}
	if r.section != nil {
		l.Section = r.section.name
	}
	r.lines = append(r.lines, l)
	return true
}

// element is the header of a section or an option.
func (r *iniReader) element(l *Line, text string) bool {
	if end := strings.LastIndexByte(text, ']'); text[0] == '[' && end > 1 {
		r.open(text[1:end], l.Number)
		l.Kind, l.Key, l.Value = Header, "", ""
		r.key, r.value = "", nil
		return true
	}
	if r.section == nil {
		r.mistake(r.file, l.Number, "there is no [section] above this line")
		return false
	}
	delimiter := strings.IndexAny(text, "=:")
	if delimiter < 0 {
		r.mistake(r.file, l.Number, "the line is neither [section] nor option=value")
		return true
	}
	key := strings.ToLower(strings.TrimRightFunc(text[:delimiter], isSpace))
	if key == "" {
		r.mistake(r.file, l.Number, "there is no option in front of the %c", text[delimiter])
	}
	v := &value{text: strings.TrimFunc(text[delimiter+1:], isSpace), file: r.file, line: l.Number}
	if r.section.values[key] == nil {
		r.section.order = append(r.section.order, key)
	}
	r.section.values[key] = v
	r.read = append(r.read, v)
	l.Kind, l.Key, l.Value = Assignment, key, v.text
	r.key, r.value = key, v
	return true
}

// open goes on with a section or begins one.
func (r *iniReader) open(name string, line int) {
	s := r.sections[name]
	switch {
	case s != nil:
	case name == r.defaults.name:
		s = r.defaults
	default:
		s = &section{name: name, file: r.file, line: line, values: map[string]*value{}}
		r.sections[name] = s
		r.names = append(r.names, name)
	}
	r.section = s
}

// commentStart is where a comment begins, or -1: at a ; or # with nothing but
// a blank in front of it. Python looks at the first ; and the first #, then at
// the second ones, and stops as soon as either begins a comment; so a ; that
// comes later may be left when a # ends the line.
func commentStart(line string) int {
	if start := strings.TrimFunc(line, isSpace); start != "" && (start[0] == '#' || start[0] == ';') {
		return 0
	}
	start := -1
	from := map[byte]int{';': 0, '#': 0}
	for start < 0 && len(from) > 0 {
		for prefix := range from {
			at := strings.IndexByte(line[from[prefix]:], prefix)
			if at < 0 {
				delete(from, prefix)
				continue
			}
			at += from[prefix]
			from[prefix] = at + 1
			before, _ := utf8.DecodeLastRuneInString(line[:at])
			if (at == 0 || isSpace(before)) && (start < 0 || at < start) {
				start = at
			}
		}
	}
	return start
}

// isSpace is Python's: it takes the four separators of ASCII for blanks, too.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func isNoSpace(r rune) bool { return !isSpace(r) }
