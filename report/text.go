package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSnippet is how much of a source line is shown, in characters. Of a longer
// one the part around the mistake is shown: minified or binary input would
// fill the screen.
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
	fmt.Fprintf(&b, ": %s: %s\n", e.Severity, printable(e.Message))
	if line, ok := sourceLine(source, e.Line); ok {
		writeSnippet(&b, line, e.Range)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "hint: %s\n", printable(e.Hint))
	}
	return b.String()
}

// sourceLine returns a line without its end. A byte order mark is no part of
// the first line: columns do not count it.
func sourceLine(source []byte, number int) (string, bool) {
	if number < 1 || source == nil {
		return "", false
	}
	rest := bytes.TrimPrefix(source, []byte("\ufeff"))
	for ; number > 1; number-- {
		_, after, found := bytes.Cut(rest, []byte("\n"))
		if !found {
			return "", false
		}
		rest = after
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r"))), true
}

// writeSnippet keeps tabs as they are in the line and copies them below it, so
// that the caret stands right whatever the terminal's tab width is.
func writeSnippet(b *strings.Builder, line string, r Range) {
	characters := []rune(printable(line))
	column := r.Column
	if column < 1 || column > len(characters)+1 {
		column = 0
	}
	characters, column = window(characters, column)
	gutter := fmt.Sprintf("%5d", r.Line)
	fmt.Fprintf(b, "%s | %s\n", gutter, string(characters))
	if column == 0 {
		return
	}
	var below strings.Builder
	for _, c := range characters[:column-1] {
		if c == '\t' {
			below.WriteRune(c)
		} else {
			below.WriteString(strings.Repeat(" ", width(c)))
		}
	}
	carets := 0
	for _, c := range characters[column-1 : min(column-1+max(0, r.Length), len(characters))] {
		carets += width(c)
	}
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(gutter)), below.String(), strings.Repeat("^", max(1, carets)))
}

// window cuts a long line down to what surrounds the column, and returns where
// the column is in it.
func window(line []rune, column int) ([]rune, int) {
	start := 0
	if column > maxSnippet*3/4 {
		start = min(column-1-maxSnippet/2, max(0, len(line)-maxSnippet))
	}
	end := min(start+maxSnippet, len(line))
	cut := []rune{}
	if start > 0 {
		cut = append(cut, '…')
		column -= start - 1
	}
	cut = append(cut, line[start:end]...)
	if end < len(line) {
		cut = append(cut, '…')
	}
	return cut, column
}

// printable replaces what could move the cursor, recolour the terminal or
// reorder the line, and what cannot be seen: the file that is wrong may have
// been written by somebody else.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' || c != utf8.RuneError && unicode.IsGraphic(c) {
			return c
		}
		return '�'
	}, s)
}

// width is how many columns of a terminal a character takes. The ranges are
// the wide ones of Unicode's EastAsianWidth.txt, joined where only unassigned
// or rare characters lie between.
func width(c rune) int {
	switch {
	case unicode.In(c, unicode.Mn, unicode.Me):
		return 0
	case c < 0x1100:
		return 1
	case c <= 0x115f, // Hangul Jamo
		c >= 0x2e80 && c <= 0x303e, c >= 0x3041 && c <= 0xa4cf, // CJK
		c >= 0xac00 && c <= 0xd7a3, // Hangul
		c >= 0xf900 && c <= 0xfaff, c >= 0xfe30 && c <= 0xfe6f,
		c >= 0xff01 && c <= 0xff60, c >= 0xffe0 && c <= 0xffe6, // full width
		c >= 0x1f300 && c <= 0x1f64f, c >= 0x1f680 && c <= 0x1f6ff, c >= 0x1f900 && c <= 0x1faff, // emoji
		c >= 0x20000 && c <= 0x3fffd:
		return 2
	}
	return 1
}
