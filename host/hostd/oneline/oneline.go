// Package oneline makes text fit for a log, a terminal and a record, whoever
// wrote it. It must not know what the text is about.
package oneline

import (
	"strings"
	"unicode"
)

// Of is the printable part of a text in one line, with single spaces. Of one
// that has more than most characters the rest is left out.
func Of(text string, most int) string {
	words := strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " ")))
	letters := []rune(strings.Join(words, " "))
	if len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return string(letters)
}
