package descriptor

import (
	"ecounit/report"
	"ecounit/tomlfile"
)

// FileName is what a descriptor is called.
const FileName = "ecounit.toml"

// MaxSize is the largest descriptor read, in bytes. A real one has a hundred lines.
const MaxSize = tomlfile.MaxSize

var format = tomlfile.Format{
	What: "a descriptor", Writer: "ecounit init", Forms: forms,
	Empty: `write at least name = "…" and [web] with wsgi, asgi or command; ecounit init does it for you`,
}

// Parse reads a descriptor. file is used in messages only. When the report has
// errors, the descriptor holds what could be read and must not be planned.
func Parse(file string, text []byte) (*Descriptor, report.Report) {
	d := &Descriptor{}
	doc, ok := format.Read(file, text, d)
	d.doc = doc
	if ok {
		checker{d, doc}.check()
	}
	return d, doc.Report()
}

// Nearest returns the candidate that word was probably meant to be, or "".
func Nearest(word string, candidates []string) string { return tomlfile.Nearest(word, candidates) }
