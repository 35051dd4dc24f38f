package cli

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

// SystemStreams are those of the process.
func SystemStreams() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutStyle: styleOf(os.Stdout), ErrStyle: styleOf(os.Stderr),
	}
}

// line prints one line of progress: what, and how it went.
func (s Streams) line(m mark, what, text string) {
	fmt.Fprintf(s.Err, "%s %-12s %s\n", s.ErrStyle.mark(m), printable(what), printable(text))
}

func (s Streams) warn(format string, args ...any) {
	fmt.Fprintf(s.Err, "%s %s\n", s.ErrStyle.paint(yellow, "warning:"), printable(fmt.Sprintf(format, args...)))
}

// fail prints an error and its hint.
func (s Streams) fail(err error) {
	fmt.Fprintf(s.Err, "%s %s\n", s.ErrStyle.paint(red, "error:"), printable(err.Error()))
	s.hint(hint.Of(err))
}

// hint prints what to type, on a line of its own.
func (s Streams) hint(hint string) {
	if hint != "" {
		fmt.Fprintf(s.Err, "hint: %s\n", printable(hint))
	}
}

// data prints a text that may be of any kind, such as a unit file.
func (s Streams) data(text []byte) {
	if s.OutStyle.Terminal {
		text = []byte(harmless(string(text), "\n\t"))
	}
	_, _ = s.Out.Write(text)
}

// printable makes one line of a text that may be of any kind: names of files
// and what programs say can be written by somebody who wishes the reader ill.
func printable(text string) string {
	return harmless(strings.NewReplacer("\n", " ", "\t", " ").Replace(text), "")
}

// harmless replaces what could move the cursor, recolour the terminal or turn
// a line around.
func harmless(text, allowed string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) && !strings.ContainsRune(allowed, r) {
			return '?'
		}
		return r
	}, text)
}

// jsonVersion is the version of every --json document. It grows when a field
// changes its meaning or goes away; new fields do not count.
const jsonVersion = 1

// json prints a document for programs.
func (s Streams) json(document any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// jsonLine prints one document on one line, for streams of them.
func (s Streams) jsonLine(document any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// output remembers that writing failed: a full disk must not look like
// success.
type output struct {
	to     io.Writer
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil && o.failed == nil {
		o.failed = err
	}
	return n, err
}
