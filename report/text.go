package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxSnippet is the longest source line shown, in characters. A longer one is
// shown from its beginning; minified or binary input would fill the screen.
const maxSnippet = 160

// Text renders an entry for people: place, message, the source line with a
// caret below it, and the hint. source is the content of the entry's file, or
// nil when it is not to be shown.
func (e Entry) Text(source []byte) string {
	var b strings.Builder
	b.WriteString(printable(e.File))
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	fmt.Fprintf(&b, ": %s: %s\n", e.Severity, e.Message)
	if line, ok := sourceLine(source, e.Line); ok {
		writeSnippet(&b, line, e.Range)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", e.Hint)
	}
	return b.String()
}

func sourceLine(source []byte, number int) (string, bool) {
	if number < 1 || source == nil {
		return "", false
	}
	rest := string(source)
	for ; number > 1; number-- {
		_, after, found := strings.Cut(rest, "\n")
		if !found {
			return "", false
		}
		rest = after
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(line, "\r"), true
}

// writeSnippet keeps tabs as they are in the line and copies them below it, so
// that the caret stands right whatever the terminal's tab width is.
func writeSnippet(b *strings.Builder, line string, r Range) {
	characters := []rune(printable(line))
	if len(characters) > maxSnippet {
		characters = append(characters[:maxSnippet], '…')
	}
	gutter := fmt.Sprintf("%5d", r.Line)
	fmt.Fprintf(b, "%s | %s\n", gutter, string(characters))
	if r.Column < 1 || r.Column > len(characters)+1 {
		return
	}
	var pad strings.Builder
	for _, c := range characters[:r.Column-1] {
		if c != '\t' {
			c = ' '
		}
		pad.WriteRune(c)
	}
	carets := max(1, min(r.Length, len(characters)-r.Column+1))
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(gutter)), pad.String(), strings.Repeat("^", carets))
}

// printable replaces what could move the cursor or recolour the terminal: the
// file that is wrong may have been written by somebody else.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\t':
			return c
		case c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == utf8.RuneError:
			return '�'
		}
		return c
	}, s)
}
