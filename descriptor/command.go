package descriptor

import (
	"fmt"
	"strings"
)

// Command is a program and its arguments.
type Command []string

func (c *Command) decode(v any) *problem {
	const hint = `write it as "program argument" or as ["program", "argument"]`
	switch v := v.(type) {
	case string:
		words, err := Words(v)
		if err != nil {
			return wrong(`for a shell write command = ["sh", "-c", "…"]`, "%v", err)
		}
		*c = words
	case []any:
		for i, item := range v {
			word, ok := item.(string)
			if !ok {
				return wrong(hint, "expected only strings in the list, got %s as number %d", kindOf(item), i+1)
			}
			*c = append(*c, word)
		}
	default:
		return wrong(hint, "expected a command, got %s", kindOf(v))
	}
	if len(*c) == 0 || (*c)[0] == "" {
		return wrong(hint, "the command is empty")
	}
	for _, word := range *c {
		if strings.ContainsRune(word, 0) {
			return wrong(hint, "a command cannot contain a NUL character")
		}
	}
	return nil
}

// Words splits a command line as a POSIX shell does (XCU 2.2, quoting), and
// refuses what only a shell could carry out: no shell is run.
//
// The libraries for this either drop backslashes within double quotes or run
// on after an operator, so that `a | b` would silently become three arguments.
func Words(line string) ([]string, error) {
	var (
		words  []string
		word   strings.Builder
		inWord bool
		quote  rune
		escape bool
	)
	runes := []rune(line)
	for i, c := range runes {
		switch {
		case escape:
			if quote == '"' && !strings.ContainsRune("$`\"\\\n", c) {
				word.WriteRune('\\')
			}
			if c != '\n' {
				word.WriteRune(c)
			}
			escape = false
		case quote == '\'' && c != '\'', quote == '"' && c != '"' && c != '\\':
			if quote == '"' && (c == '`' || startsSubstitution(runes[i:])) {
				return nil, fmt.Errorf("%q is shell syntax, and no shell is run", string(c))
			}
			word.WriteRune(c)
		case c == '\\':
			escape, inWord = true, true
		case quote != 0: // the closing quote
			quote = 0
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		case strings.ContainsRune("|&;<>()`*?", c), startsSubstitution(runes[i:]):
			return nil, fmt.Errorf("%q is shell syntax, and no shell is run", string(c))
		case !inWord && (c == '#' || c == '~'):
			return nil, fmt.Errorf("%q at the beginning of a word is shell syntax, and no shell is run", string(c))
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	switch {
	case quote != 0:
		return nil, fmt.Errorf("a %c is not closed", quote)
	case escape:
		return nil, fmt.Errorf("it ends in a backslash")
	case inWord:
		words = append(words, word.String())
	}
	return words, nil
}

// startsSubstitution reports whether a shell would replace what begins here,
// other than ${NAME}: those belong to ecounit and are checked by the plan.
func startsSubstitution(rest []rune) bool {
	if len(rest) < 2 || rest[0] != '$' {
		return false
	}
	next := rest[1]
	return next == '(' || next == '_' || next == '@' || next == '*' || next == '#' || next == '?' ||
		next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z' || next >= '0' && next <= '9'
}
