package conf

import (
	"errors"
	"strings"
)

// lexer is Python's shlex in its two modes: as a shell splits a command, and
// the older one, which keeps quotes and knows no backslash.
type lexer struct {
	rest      []rune
	posix     bool
	wordChars string // what a word consists of in the older mode; the rest is a word each
	comments  string
}

// splitCommand is shlex.split.
func splitCommand(command string) ([]string, error) {
	return (&lexer{rest: []rune(command), posix: true}).all()
}

// splitPairs takes KEY="value",KEY="value" apart, punctuation and all.
func splitPairs(text string) ([]string, error) {
	const wordChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.+-():"
	return (&lexer{rest: []rune(text), wordChars: wordChars, comments: "#"}).all()
}

func (l *lexer) all() ([]string, error) {
	var words []string
	for {
		word, ok, err := l.next()
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return words, nil
		}
		words = append(words, word)
	}
}

const (
	lexBlanks = " \t\r\n"
	lexQuotes = `'"`
)

// next reads a word; false at the end.
func (l *lexer) next() (word string, ok bool, err error) {
	var b strings.Builder
	inWord, quoted := false, false
	for len(l.rest) > 0 {
		c := l.rest[0]
		l.rest = l.rest[1:]
		switch {
		case strings.ContainsRune(lexBlanks, c):
			if inWord {
				return b.String(), true, nil
			}
		case strings.ContainsRune(l.comments, c):
			l.skipLine()
		case l.posix && c == '\\':
			if len(l.rest) == 0 {
				return "", false, errors.New("a backslash is at the end")
			}
			b.WriteRune(l.rest[0])
			l.rest, inWord = l.rest[1:], true
		case strings.ContainsRune(lexQuotes, c) && (l.posix || !inWord):
			if err := l.quoted(&b, c); err != nil {
				return "", false, err
			}
			inWord, quoted = true, true
			if !l.posix {
				return b.String(), true, nil
			}
		case l.posix || strings.ContainsRune(l.wordChars, c) || inWord && strings.ContainsRune(lexQuotes, c):
			b.WriteRune(c)
			inWord = true
		case inWord:
			l.rest = append([]rune{c}, l.rest...)
			return b.String(), true, nil
		default:
			return string(c), true, nil
		}
	}
	return b.String(), b.Len() > 0 || quoted, nil
}

func (l *lexer) skipLine() {
	for len(l.rest) > 0 {
		c := l.rest[0]
		if l.rest = l.rest[1:]; c == '\n' {
			return
		}
	}
}

// quoted reads up to the other quote, which the older mode keeps.
func (l *lexer) quoted(b *strings.Builder, quote rune) error {
	if !l.posix {
		b.WriteRune(quote)
	}
	for len(l.rest) > 0 {
		c := l.rest[0]
		l.rest = l.rest[1:]
		switch {
		case c == quote:
			if !l.posix {
				b.WriteRune(quote)
			}
			return nil
		case c == '\\' && l.posix && quote == '"':
			if len(l.rest) == 0 {
				return errors.New("a quote is not closed")
			}
			if next := l.rest[0]; next != '"' && next != '\\' {
				b.WriteRune(c)
			}
			b.WriteRune(l.rest[0])
			l.rest = l.rest[1:]
		default:
			b.WriteRune(c)
		}
	}
	return errors.New("a quote is not closed")
}

// pairs reads the value of environment=. Between two pairs any one word may
// stand, not only a comma: supervisor does not look.
func pairs(text string) (map[string]string, error) {
	words, err := splitPairs(text)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for ; len(words) > 0; words = words[min(4, len(words)):] {
		if len(words) < 3 || words[1] != "=" {
			return nil, errors.New(`it is not of the form KEY="value",KEY="value"`)
		}
		found[words[0]] = strings.Trim(words[2], `'"`)
	}
	return found, nil
}
