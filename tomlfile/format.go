package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"ecounit/report"
)

// MaxSize is the largest file read, in bytes. A real one has a hundred lines.
const MaxSize = 256 << 10

// Format is a kind of file: what messages call it, and the rules for its
// values. Which keys there are is in the type that a file is read into.
type Format struct {
	What   string // with its article, as in "a descriptor"
	Writer string // the command that writes one, as in "ecounit init"
	Empty  string // what to do about a file with nothing in it; "" when it may be so

	// Forms are the rules for values of Go's own types. The keys are paths with
	// * for names and numbers: "name", "env.*". A table's rule is about its
	// keys.
	Forms map[string]Form
}

// Read fills the struct that into points to. What the file does not have keeps
// the value it has there. file is used in messages only.
//
// ok is false when the file is no TOML at all: the one entry of the report says
// why, into is as it was, and there is nothing to check.
func (f Format) Read(file string, text []byte, into any) (doc *Document, ok bool) {
	doc = &Document{file: file, reported: map[string]bool{}, meant: map[string]bool{}}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if entry, bad := f.unreadable(text); bad {
		doc.complain(entry)
		return doc, false
	}
	// The two line ends mean the same to TOML; values must not differ by the
	// editor that the file was saved with.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	root, problems, err := read(text, f.What)
	if errors.Is(err, errLimit) {
		doc.complain(problems[len(problems)-1])
		return doc, false
	}
	if err != nil || len(problems) == 0 {
		var discarded map[string]any
		if err := toml.Unmarshal(text, &discarded); err != nil {
			doc.complain(syntaxEntry(text, err))
			return doc, false
		}
	}
	doc.root = root
	for _, problem := range problems {
		doc.complain(problem)
	}
	top := reflect.ValueOf(into).Elem()
	d := &decoder{doc, f.Forms, top.Type()}
	d.decode("", "", root, top)
	return doc, true
}

// unreadable finds what is not a text file at all, before the TOML library
// says something less helpful about it.
func (f Format) unreadable(text []byte) (report.Entry, bool) {
	place := func(offset int) report.Range { return newPlaces(text).at(offset, offset+1) }
	if len(text) > MaxSize {
		return report.Entry{Message: fmt.Sprintf("the file is larger than %d KiB; this is not %s", MaxSize>>10, f.What)}, true
	}
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return report.Entry{Message: "the file is UTF-16, not UTF-8", Hint: "save it as UTF-8 in your editor"}, true
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return report.Entry{
			Range: place(i), Message: "the file holds binary data; " + f.What + " is a text file", Hint: f.Writer + " writes one",
		}, true
	}
	if !utf8.Valid(text) {
		return report.Entry{Range: place(firstInvalid(text)), Message: "the file is not UTF-8", Hint: "save it as UTF-8 in your editor"}, true
	}
	if f.Empty != "" && len(bytes.TrimSpace(text)) == 0 {
		return report.Entry{Message: "the file is empty", Hint: f.Empty}, true
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
