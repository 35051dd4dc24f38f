package descriptor

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"ecounit/report"
)

// FileName is what a descriptor is called.
const FileName = "ecounit.toml"

// MaxSize is the largest descriptor read, in bytes. A real one has a hundred lines.
const MaxSize = 256 << 10

// Parse reads a descriptor. file is used in messages only. When the report has
// errors, the descriptor holds what could be read and must not be planned.
func Parse(file string, text []byte) (*Descriptor, report.Report) {
	d := &Descriptor{file: file}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if entry, bad := unreadable(text); bad {
		return d, only(file, entry)
	}
	// The two line ends mean the same to TOML; values must not differ by the
	// editor that the file was saved with.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	root, problems, err := read(text)
	if errors.Is(err, errLimit) {
		return d, only(file, problems[len(problems)-1])
	}
	if err != nil || len(problems) == 0 {
		var discarded map[string]any
		if err := toml.Unmarshal(text, &discarded); err != nil {
			return d, only(file, syntaxEntry(text, err))
		}
	}
	d.root = root
	decoder := newDecoder(file)
	for _, problem := range problems {
		decoder.complain(problem)
	}
	decoder.decode("", "", root, reflect.ValueOf(d).Elem())
	checker{d, decoder}.check()
	return d, decoder.report
}

// only is the report of a file that cannot be read any further.
func only(file string, e report.Entry) report.Report {
	e.File, e.Severity = file, report.Error
	var r report.Report
	r.Add(e)
	return r
}

// unreadable finds what is not a text file at all, before the TOML library
// says something less helpful about it.
func unreadable(text []byte) (report.Entry, bool) {
	place := func(offset int) report.Range { return newPlaces(text).at(offset, offset+1) }
	if len(text) > MaxSize {
		return report.Entry{Message: fmt.Sprintf("the file is larger than %d KiB; this is not a descriptor", MaxSize>>10)}, true
	}
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return report.Entry{Message: "the file is UTF-16, not UTF-8", Hint: "save it as UTF-8 in your editor"}, true
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
	if i := bytes.IndexByte(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n\n")), '\r'); i >= 0 {
		return report.Entry{Range: place(i), Message: "a carriage return without a line feed", Hint: "save it with Unix line ends"}, true
	}
	return report.Entry{}, false
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
