package detect

import (
	"strings"

	"ecounit/plan"
)

// envScanner is a file of variables that is being read. Its states are those of
// systemd's own parser (parse_env_file_internal in src/basic/env-file.c).
type envScanner struct {
	text []rune
	at   int // of the next character

	key, value strings.Builder
	kept       int // how much of value stays when white space at its end is cut
	opened     int // where the quote is that is open

	variables []plan.Variable
	bad       *assignmentError
}

// envState reads on, and returns the state that follows; nil at the end.
type envState func(*envScanner) envState

func (s *envScanner) beforeKey() envState {
	c, more := s.next()
	switch {
	case !more:
		return nil
	case c == '#' || c == ';':
		return (*envScanner).inComment
	case isBlank(c) || endsLine(c):
		return (*envScanner).beforeKey
	}
	s.key.Reset()
	s.value.Reset()
	s.kept = 0
	s.key.WriteRune(c)
	return (*envScanner).inKey
}

func (s *envScanner) inKey() envState {
	c, more := s.next()
	if more && c != '=' && !endsLine(c) {
		s.key.WriteRune(c)
		return (*envScanner).inKey
	}
	if message, hint := badKey(s.key.String(), c == '='); message != "" {
		return s.fail(s.at-1, message, hint)
	}
	return (*envScanner).beforeValue
}

// beforeValue is also where a quote has just ended: only here does another one
// count.
func (s *envScanner) beforeValue() envState {
	c, _ := s.next()
	switch {
	case c == '\'':
		s.opened = s.at - 1
		return (*envScanner).inSingle
	case c == '"':
		s.opened = s.at - 1
		return (*envScanner).inDouble
	case isBlank(c):
		return (*envScanner).beforeValue
	}
	s.back(c)
	return (*envScanner).inValue
}

func (s *envScanner) inValue() envState {
	c, more := s.next()
	switch {
	case !more:
		s.assign()
		return nil
	case endsLine(c):
		s.assign()
		return (*envScanner).beforeKey
	case c == '\\':
		s.kept = s.value.Len()
		if next, more := s.next(); more && !endsLine(next) {
			s.add(next)
		} // else the value goes on in the next line
	case isBlank(c):
		s.value.WriteRune(c)
	default:
		s.add(c)
	}
	return (*envScanner).inValue
}

func (s *envScanner) inSingle() envState {
	c, more := s.next()
	switch {
	case !more:
		return s.neverClosed()
	case c == '\'':
		return (*envScanner).beforeValue
	}
	s.add(c)
	return (*envScanner).inSingle
}

func (s *envScanner) inDouble() envState {
	c, more := s.next()
	switch {
	case !more:
		return s.neverClosed()
	case c == '"':
		return (*envScanner).beforeValue
	case c == '\\':
		s.escapedInDouble()
	default:
		s.add(c)
	}
	return (*envScanner).inDouble
}

func (s *envScanner) escapedInDouble() {
	c, more := s.next()
	switch {
	case !more:
		s.add('\\')
	case c == '\n': // the value goes on in the next line
	case strings.ContainsRune("\"\\`$", c):
		s.add(c)
	default:
		s.add('\\')
		s.add(c)
	}
}

func (s *envScanner) inComment() envState {
	c, more := s.next()
	switch {
	case !more:
		return nil
	case !endsLine(c):
		return (*envScanner).inComment
	case backslashes(s.text[:s.at-1])%2 == 1:
		return s.fail(s.at-1, "the comment ends in a backslash, so that some versions of systemd take the next line for a part of it", "remove the backslash")
	}
	return (*envScanner).beforeKey
}

// next takes a character; false at the end, where it is NUL, which no text has.
func (s *envScanner) next() (c rune, more bool) {
	if s.at == len(s.text) {
		return 0, false
	}
	s.at++
	return s.text[s.at-1], true
}

// back has a character taken again.
func (s *envScanner) back(c rune) {
	if c != 0 {
		s.at--
	}
}

// add is for what stays at the end of a value, too.
func (s *envScanner) add(c rune) {
	s.value.WriteRune(c)
	s.kept = s.value.Len()
}

func (s *envScanner) assign() {
	s.variables = append(s.variables, plan.Variable{Name: strings.TrimRight(s.key.String(), " \t"), Value: s.value.String()[:s.kept]})
}

func (s *envScanner) neverClosed() envState {
	return s.fail(s.opened, "a quote is opened and never closed", "")
}

// fail ends the reading at a character.
func (s *envScanner) fail(at int, message, hint string) envState {
	line := 1
	for _, c := range s.text[:at] {
		if c == '\n' {
			line++
		}
	}
	s.bad = &assignmentError{line, message, hint}
	return nil
}

func isBlank(c rune) bool  { return c == ' ' || c == '\t' }
func endsLine(c rune) bool { return c == '\n' || c == '\r' }

// backslashes counts those at the end.
func backslashes(text []rune) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}
