package apache

import (
	"iter"
	"strings"
)

// directives gives the lines of a configuration as httpd takes them: joined
// where one ends in a backslash, without comments and blank lines, and sections
// without their >.
func directives(text string) iter.Seq[string] {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\\\n", "")
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.Trim(line, blanks)
			if strings.HasPrefix(line, "<") {
				line = strings.TrimRight(strings.TrimSuffix(line, ">"), blanks)
			}
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}

const blanks = " \t\v\f\r"

// splitWords splits a line that is not blank as httpd does: single or double
// quotes hold a word together, and within them a backslash escapes the quote.
func splitWords(line string) (words []string) {
	for line != "" {
		var word string
		word, line = firstWord(line)
		words = append(words, word)
	}
	return words
}

func firstWord(line string) (word, rest string) {
	quote := line[0]
	if quote != '"' && quote != '\'' {
		end := strings.IndexAny(line, blanks)
		if end < 0 {
			return line, ""
		}
		return line[:end], strings.TrimLeft(line[end:], blanks)
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == quote:
			return b.String(), strings.TrimLeft(line[i+1:], blanks)
		case line[i] == '\\' && i+1 < len(line) && (line[i+1] == quote || line[i+1] == '\\'):
			i++
		}
		b.WriteByte(line[i])
	}
	return b.String(), ""
}
