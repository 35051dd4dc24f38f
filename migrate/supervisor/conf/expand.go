package conf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// names are what %(NAME)s can stand for: strings, and a few whole numbers.
type names map[string]any

// expand is Python's text % names.
func expand(text string, known names) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		s, rest, err := specifierOf(after)
		if err != nil {
			return "", err
		}
		formatted, err := s.format(known)
		if err != nil {
			return "", err
		}
		b.WriteString(formatted)
		text = rest
	}
}

// specifier is what stands between a % and its letter.
type specifier struct {
	name             string
	isNamed          bool
	flags            string
	width, precision int // -1: none
	letter           rune
}

func specifierOf(text string) (s specifier, rest string, err error) {
	s.width, s.precision = -1, -1
	if strings.HasPrefix(text, "(") {
		end := closing(text)
		if end < 0 {
			return s, "", fmt.Errorf("a %%( is not closed")
		}
		s.name, s.isNamed, text = text[1:end], true, text[end+1:]
	}
	flags := len(text) - len(strings.TrimLeft(text, "#0- +"))
	s.flags, text = text[:flags], text[flags:]
	s.width, text = number(text)
	if after, found := strings.CutPrefix(text, "."); found {
		if s.precision, text = number(after); s.precision < 0 {
			s.precision = 0
		}
	}
	if text != "" && strings.ContainsRune("hlL", rune(text[0])) {
		text = text[1:]
	}
	if text == "" {
		return s, "", fmt.Errorf("it ends in the middle of a %%(name)s")
	}
	letter, size := utf8.DecodeRuneInString(text)
	s.letter = letter
	return s, text[size:], nil
}

// closing is where the parenthesis at the beginning is closed, or -1.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func number(text string) (n int, rest string) {
	rest = strings.TrimLeft(text, "0123456789")
	n, err := strconv.Atoi(text[:len(text)-len(rest)])
	if err != nil {
		n = -1
	}
	return n, rest
}

// maxWidth bounds what a file can make of a single number.
const maxWidth = 1000

func (s specifier) format(known names) (string, error) {
	value, isKnown := known[s.name]
	switch {
	case s.isNamed && !isKnown:
		return "", fmt.Errorf("%%(%s)s is not known", s.name)
	case s == specifier{width: -1, precision: -1, letter: '%'}:
		return "%", nil
	case !s.isNamed:
		return "", fmt.Errorf("%%%c has no name; write %%%% for a %%", s.letter)
	case s.width > maxWidth || s.precision > maxWidth:
		return "", fmt.Errorf("%%(%s)%c is too wide", s.name, s.letter)
	}
	if s.letter == 's' {
		text := fmt.Sprint(value)
		if runes := []rune(text); s.precision >= 0 && s.precision < len(runes) {
			text = string(runes[:s.precision])
		}
		return s.pad(text), nil
	}
	n, isNumber := value.(int)
	verb := map[rune]string{'d': "d", 'i': "d", 'u': "d", 'x': "x", 'X': "X", 'o': "o"}[s.letter]
	if !isNumber || verb == "" {
		return "", fmt.Errorf("%%(%s)%c does not fit; write %%(%s)s", s.name, s.letter, s.name)
	}
	return s.integer(n, verb), nil
}

func (s specifier) has(flag string) bool { return strings.Contains(s.flags, flag) }

// pad fills with blanks up to the width.
func (s specifier) pad(text string) string {
	blanks := strings.Repeat(" ", max(0, s.width-utf8.RuneCountInString(text)))
	if s.has("-") {
		return text + blanks
	}
	return blanks + text
}

func (s specifier) integer(n int, verb string) string {
	sign := ""
	switch {
	case n < 0:
		sign, n = "-", -n
	case s.has("+"):
		sign = "+"
	case s.has(" "):
		sign = " "
	}
	digits := fmt.Sprintf("%"+verb, n)
	digits = strings.Repeat("0", max(0, s.precision-len(digits))) + digits
	if s.has("#") && verb != "d" {
		sign += "0" + verb
	}
	if s.has("0") && !s.has("-") {
		digits = strings.Repeat("0", max(0, s.width-len(sign)-len(digits))) + digits
	}
	return s.pad(sign + digits)
}
