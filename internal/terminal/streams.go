package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecounit/internal/hint"
)

// Streams are where words go to: data to Out, messages to Err. In is only read
// where a password is needed.
type Streams struct {
	In       *os.File
	Out, Err io.Writer
	// OutStyle and ErrStyle say what the two may show.
	OutStyle, ErrStyle Style
}

// System are those of the process.
func System() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutStyle: styleOf(os.Stdout), ErrStyle: styleOf(os.Stderr),
	}
}

// Line prints one line of progress: what, and how it went.
func (s Streams) Line(m Mark, what, text string) {
	fmt.Fprintf(s.Err, "%s %-12s %s\n", s.ErrStyle.Mark(m), Printable(what), Printable(text))
}

// Warn prints what does not stop the work.
func (s Streams) Warn(format string, args ...any) {
	fmt.Fprintf(s.Err, "%s %s\n", s.ErrStyle.Paint(Yellow, "warning:"), Printable(fmt.Sprintf(format, args...)))
}

// Fail prints an error, or each of several on a line of its own, and the hint.
func (s Streams) Fail(err error) {
	for _, e := range hint.Each(err) {
		fmt.Fprintf(s.Err, "%s %s\n", s.ErrStyle.Paint(Red, "error:"), Printable(e.Error()))
	}
	s.Hint(hint.Of(err))
}

// Hint prints what to type, on a line of its own.
func (s Streams) Hint(hint string) {
	if hint != "" {
		fmt.Fprintf(s.Err, "hint: %s\n", Printable(hint))
	}
}

// Data prints a text that may be of any kind, such as a unit file.
func (s Streams) Data(text []byte) {
	if s.OutStyle.Terminal {
		text = []byte(Harmless(string(text), "\n\t"))
	}
	_, _ = s.Out.Write(text)
}

// Printable makes one line of a text that may be of any kind: names of files
// and what programs say can be written by somebody who wishes the reader ill.
func Printable(text string) string {
	return Harmless(strings.NewReplacer("\n", " ", "\t", " ").Replace(text), "")
}

// Harmless replaces what could move the cursor, recolour the terminal or turn
// a line around.
func Harmless(text, allowed string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) && !strings.ContainsRune(allowed, r) {
			return '?'
		}
		return r
	}, text)
}

// JSONVersion is the version of every --json document. It grows when a field
// changes its meaning or goes away; new fields do not count.
const JSONVersion = 1

// JSON prints a document for programs.
func (s Streams) JSON(document any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// JSONLine prints one document on one line, for streams of them.
func (s Streams) JSONLine(document any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
