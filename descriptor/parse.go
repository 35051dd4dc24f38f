package descriptor

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"ecounit/report"
)

// FileName is what a descriptor is called.
const FileName = "ecounit.toml"

// MaxSize is the largest descriptor read, in bytes. A real one has a hundred lines.
const MaxSize = 256 << 10

// maxNesting keeps the TOML library's recursion shallow; no key of ours is
// deeper than four levels.
const maxNesting = 32

// Parse reads a descriptor. file is used in messages only. When the report has
// errors, the descriptor holds what could be read and must not be planned.
func Parse(file string, text []byte) (*Descriptor, report.Report) {
	d := &Descriptor{file: file, text: &source{}}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if entry, bad := unreadable(text); bad {
		return d, single(file, entry)
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		return d, single(file, syntaxEntry(text, err))
	}
	d.text = locate(text)
	decoder := decoder{file: file, source: d.text}
	decoder.decode("", tree, reflect.ValueOf(d).Elem())
	result := decoder.report
	check(d, &result)
	return d, result
}

func single(file string, e report.Entry) report.Report {
	e.File, e.Severity = file, report.Error
	var r report.Report
	r.Add(e)
	return r
}

// unreadable finds what is not a text file at all, before the TOML library
// says something less helpful about it.
func unreadable(text []byte) (report.Entry, bool) {
	place := func(offset int) report.Range {
		return newLineIndex(text).place(text, unstable.Range{Offset: uint32(offset), Length: 1})
	}
	if len(text) > MaxSize {
		return report.Entry{Message: fmt.Sprintf("the file is larger than %d KiB; this is not a descriptor", MaxSize>>10)}, true
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return report.Entry{Range: place(i), Message: "the file holds binary data; a descriptor is a text file", Hint: "ecounit init writes one"}, true
	}
	if !utf8.Valid(text) {
		return report.Entry{Range: place(firstInvalid(text)), Message: "the file is not UTF-8", Hint: "save it as UTF-8 in your editor"}, true
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return report.Entry{Message: "the file is empty", Hint: `write at least name = "…" and [web] with wsgi, asgi or command; ecounit init does it for you`}, true
	}
	if i := tooDeep(text); i >= 0 {
		return report.Entry{Range: place(i), Message: fmt.Sprintf("more than %d brackets are open", maxNesting)}, true
	}
	return report.Entry{}, false
}

// tooDeep returns the offset of a bracket that is nested too deeply, or -1. It
// counts brackets in strings and comments too: nobody writes as many.
func tooDeep(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '[', '{':
			if depth++; depth > maxNesting {
				return i
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return -1
}

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

func syntaxEntry(text []byte, err error) report.Entry {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return report.Entry{Message: "cannot read it as TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
	}
	line, column := de.Position()
	index := newLineIndex(text)
	start := index[line-1]
	end := min(start+max(0, column-1), len(text))
	return report.Entry{
		Range:   report.Range{Line: line, Column: utf8.RuneCount(text[start:end]) + 1, Length: 1},
		Key:     strings.Join(de.Key(), "."),
		Message: "cannot read it as TOML: " + strings.TrimPrefix(de.Error(), "toml: "),
		Hint:    syntaxHint(text[start:end]),
	}
}

// syntaxHint names the mistake that is made most: a text without quotes.
func syntaxHint(before []byte) string {
	if _, value, found := bytes.Cut(before, []byte("=")); found && len(bytes.TrimSpace(value)) == 0 {
		return `put texts in quotes: key = "value"`
	}
	return ""
}
