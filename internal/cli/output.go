package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Streams are where words come from and go to. Data goes to Out, messages to
// Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// OutStyle and ErrStyle say what the two may show.
	OutStyle, ErrStyle Style
}

// Style is what a terminal can show; the zero Style is plain text.
type Style struct{ Color, Symbols bool }

// SystemStreams are those of the process.
func SystemStreams() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutStyle: styleOf(os.Stdout), ErrStyle: styleOf(os.Stderr),
	}
}

// styleOf shows colour and symbols on a terminal only; NO_COLOR is honoured
// (no-color.org), and symbols need a UTF-8 locale.
func styleOf(f *os.File) Style {
	if !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return Style{}
	}
	locale := os.Getenv("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = os.Getenv(name)
		}
	}
	locale = strings.ToLower(locale)
	return Style{
		Color:   os.Getenv("NO_COLOR") == "",
		Symbols: strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8"),
	}
}

type color string

const (
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	bold   color = "1"
	dim    color = "2"
)

func (s Style) paint(c color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// mark is how one line of progress begins.
type mark int

const (
	done mark = iota
	attention
	failed
)

func (s Style) mark(m mark) string {
	symbols := [...]string{"ok", "note", "failed"}
	if s.Symbols {
		symbols = [...]string{"✓", "!", "✗"}
	}
	colors := [...]color{green, yellow, red}
	text := symbols[m]
	if !s.Symbols {
		text = fmt.Sprintf("%-6s", text)
	}
	return s.paint(colors[m], text)
}

// line prints one line of progress: what, and how it went.
func (s Streams) line(m mark, what, text string) {
	fmt.Fprintf(s.Err, "%s %-12s %s\n", s.ErrStyle.mark(m), what, text)
}

func (s Streams) warn(format string, args ...any) {
	fmt.Fprintf(s.Err, "%s %s\n", s.ErrStyle.paint(yellow, "warning:"), fmt.Sprintf(format, args...))
}

// fail prints an error and its hint.
func (s Streams) fail(err error) {
	fmt.Fprintf(s.Err, "%s %v\n", s.ErrStyle.paint(red, "error:"), err)
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(s.Err, "hint: %s\n", hint)
	}
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
