package detect

import (
	"slices"
	"strings"
)

// statement is a line of a program that runs when its file is imported: it
// stands at the left edge, or in a block of if or try there, and is no part of a
// text in triple quotes.
type statement struct {
	line   int
	offset int  // in the file
	within bool // a block
	text   string
}

// blocks are the words that begin what may run at an import. What only runs
// when the file is a program by itself does not count.
var blocks = []string{"if", "elif", "else", "try", "except", "finally", "with"}

// statements are the beginnings of a Python file's statements.
func statements(text string) []statement {
	var found []statement
	number, offset, quote := 0, 0, ""
	levels, opened := []int{0}, false // of the blocks around, and whether the line before begins one
	for full := range strings.Lines(text) {
		number++
		line := strings.TrimRight(full, " \t\r\n")
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if code := strings.TrimLeft(line, " \t"); quote == "" && code != "" && code[0] != '#' {
			indent := len(line) - len(code)
			if opened && indent > levels[len(levels)-1] {
				levels = append(levels, indent)
			}
			for indent < levels[len(levels)-1] {
				levels = levels[:len(levels)-1]
			}
			if opened = false; indent == levels[len(levels)-1] && !strings.Contains(")]}\"'", code[:1]) {
				found = append(found, statement{number, offset + strings.Index(full, code), indent > 0, code})
				opened = beginsBlock(code)
			}
		}
		offset += len(full)
		quote = openTriple(line, quote)
	}
	return found
}

func beginsBlock(code string) bool {
	code, _, _ = strings.Cut(code, " #")
	word := code[:len(code)-len(strings.TrimLeft(code, "abcdefghijklmnopqrstuvwxyz"))]
	return slices.Contains(blocks, word) && strings.HasSuffix(strings.TrimSpace(code), ":") && !strings.Contains(code, "__name__")
}

// openTriple follows triple quotes through a line.
func openTriple(line, within string) string {
	for line != "" {
		if within != "" {
			_, rest, closed := strings.Cut(line, within)
			if !closed {
				return within
			}
			line, within = rest, ""
			continue
		}
		i := strings.IndexAny(line, "\"'#")
		if i < 0 || line[i] == '#' {
			return ""
		}
		if quote := line[i : i+1]; strings.HasPrefix(line[i:], strings.Repeat(quote, 3)) {
			within, line = strings.Repeat(quote, 3), line[i+3:]
		} else if end := strings.IndexByte(line[i+1:], line[i]); end >= 0 {
			line = line[i+end+2:]
		} else {
			return ""
		}
	}
	return within
}
