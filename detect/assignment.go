package detect

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecounit/lazy"
	"ecounit/plan"
)

var (
	variable = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)
	exported = lazy.Regexp(`^export\s+[A-Za-z_]`)
)

type assignmentError struct {
	line          int
	message, hint string
}

// The states of systemd's own parser (parse_env_file_internal in
// src/basic/env-file.c); a quote counts only where a value begins or another
// quote has just ended.
type envState int

const (
	beforeKey envState = iota
	inKey
	beforeValue
	inValue
	inSingle
	inDouble
	inComment
)

// parseAssignments reads a file of variables as systemd does (systemd.exec(5),
// EnvironmentFile=). It stops at the first line that systemd would pass over
// with no more than a line in the journal.
func parseAssignments(text string) ([]plan.Variable, *assignmentError) {
	if !utf8.ValidString(text) {
		line := 1 + strings.Count(text[:firstInvalid(text)], "\n")
		return nil, &assignmentError{line, "systemd passes the line over: it is not UTF-8", "save the file as UTF-8"}
	}
	var (
		variables   []plan.Variable
		state, line = beforeKey, 1
		opened      int
		key, value  strings.Builder
		kept        int // how much of value stays when white space at its end is cut
	)
	add := func(c rune, keep bool) {
		value.WriteRune(c)
		if keep {
			kept = value.Len()
		}
	}
	end := func() {
		variables = append(variables, plan.Variable{Name: strings.TrimRight(key.String(), " \t"), Value: value.String()[:kept]})
		state = beforeKey
	}
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		return nil, &assignmentError{1 + strings.Count(text[:nul], "\n"), "there is a NUL character", "remove it"}
	}
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		c := runes[i]
		ends := c == '\n' || c == '\r'
		switch state {
		case beforeKey:
			if c == '#' || c == ';' {
				state = inComment
			} else if !strings.ContainsRune(" \t\r\n", c) {
				state, kept = inKey, 0
				key.Reset()
				value.Reset()
				key.WriteRune(c)
			}
		case inKey:
			if !ends && c != '=' {
				key.WriteRune(c)
				break
			}
			if bad := badKey(line, key.String(), c == '='); bad != nil {
				return variables, bad
			}
			state = beforeValue
		case beforeValue, inValue:
			switch {
			case ends:
				end()
			case c == '\\':
				state, kept = inValue, value.Len()
				if i++; i == len(runes) {
					break
				}
				switch runes[i] {
				case '\n': // the value goes on
					line++
				case '\r':
				default:
					add(runes[i], true)
				}
			case state == beforeValue && c == '\'':
				state, opened = inSingle, line
			case state == beforeValue && c == '"':
				state, opened = inDouble, line
			case c == ' ' || c == '\t':
				if state == inValue {
					add(c, false)
				}
			default:
				state = inValue
				add(c, true)
			}
		case inSingle:
			if c == '\'' {
				state = beforeValue
			} else {
				add(c, true)
			}
		case inDouble:
			switch {
			case c == '"':
				state = beforeValue
			case c == '\\' && i+1 < len(runes):
				i++
				switch {
				case runes[i] == '\n':
					line++
				case strings.ContainsRune("\"\\`$", runes[i]):
					add(runes[i], true)
				default:
					add('\\', true)
					add(runes[i], true)
				}
			default:
				add(c, true)
			}
		case inComment:
			if ends {
				state = beforeKey
				if backslashes(runes[:i])%2 == 1 {
					return variables, &assignmentError{line, "the comment ends in a backslash, so that some versions of systemd take the next line for a part of it", "remove the backslash"}
				}
			}
		}
		if c == '\n' {
			line++
		}
	}
	switch state {
	case inKey:
		return variables, badKey(line, key.String(), false)
	case inSingle, inDouble:
		return variables, &assignmentError{opened, "a quote is opened and never closed", ""}
	case beforeValue, inValue:
		end()
	}
	return variables, nil
}

// backslashes counts those at the end.
func backslashes(text []rune) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}

func badKey(line int, key string, assigned bool) *assignmentError {
	key = strings.TrimRight(key, " \t")
	switch {
	case exported().MatchString(key):
		return &assignmentError{line, "systemd passes the line over: `export` belongs to shells", "remove the word export"}
	case !assigned:
		return &assignmentError{line, "systemd passes the line over: it has no =", "write NAME=value, or # in front of a comment"}
	case !variable().MatchString(key):
		return &assignmentError{line, fmt.Sprintf("systemd passes the line over: %q is not the name of a variable", shortened(key)), "write NAME=value"}
	}
	return nil
}

func firstInvalid(text string) int {
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
			return i
		}
	}
	return len(text)
}

// shortened makes a word out of somebody else's file fit for a message: not
// long, and without what could move the cursor.
func shortened(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return printable(s)
}

func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsGraphic(c) || c == '\t' {
			return c
		}
		return utf8.RuneError
	}, s)
}
