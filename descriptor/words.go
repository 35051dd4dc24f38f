package descriptor

import (
	"errors"
	"fmt"
	"strings"

	"ecounit/tomlfile"
)

// errShell is in every error about syntax that only a shell carries out.
var errShell = errors.New("shell syntax, and no shell is run")

// errVariable is errShell for $NAME, which may be meant for ${NAME}.
var errVariable = fmt.Errorf("%w", errShell)

// Words splits a command line as a POSIX shell does (XCU 2.2, quoting), and
// refuses what only a shell could carry out: no shell is run.
//
// ${NAME} stays as it is, in any quotes and behind a backslash too: package
// plan replaces it in the words, and words do not know how they were quoted.
//
// The libraries for this either drop backslashes within double quotes or run
// on after an operator, so that `a | b` would silently become three arguments.
func Words(line string) ([]string, error) {
	s := splitter{rest: line}
	for {
		s.continued()
		if s.rest == "" {
			break
		}
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	s.end()
	return s.words, nil
}

// splitter works on bytes: all that means something is ASCII, and what is not
// UTF-8 passes through.
type splitter struct {
	rest   string
	words  []string
	word   strings.Builder
	inWord bool
}

func (s *splitter) end() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
		s.word.Reset()
		s.inWord = false
	}
}

// continued drops line continuations; to a shell they are not there at all.
func (s *splitter) continued() {
	for strings.HasPrefix(s.rest, "\\\n") {
		s.rest = s.rest[2:]
	}
}

func (s *splitter) take() byte {
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c
}

func (s *splitter) add(c byte) {
	s.word.WriteByte(c)
	s.inWord = true
}

// step reads one character outside of quotes, or all of a quoted part.
func (s *splitter) step() error {
	switch c := s.take(); c {
	case ' ', '\t', '\n':
		s.end()
	case '\'':
		return s.single()
	case '"':
		return s.double()
	case '\\':
		if s.rest == "" {
			return errors.New("it ends in a backslash")
		}
		s.add(s.take())
	case '$':
		return s.dollar("'\"")
	case '|', '&', ';', '<', '>', '(', ')', '`', '*', '?', '[':
		return fmt.Errorf("%q is %w", string(c), errShell)
	case '#', '~':
		if !s.inWord {
			return fmt.Errorf("%q at the beginning of a word is %w", string(c), errShell)
		}
		s.add(c)
	default:
		s.add(c)
	}
	return nil
}

func (s *splitter) single() error {
	quoted, after, closed := strings.Cut(s.rest, "'")
	if !closed {
		return errors.New("a ' is not closed")
	}
	s.word.WriteString(quoted)
	s.inWord, s.rest = true, after
	return nil
}

func (s *splitter) double() error {
	s.inWord = true
	for {
		s.continued()
		if s.rest == "" {
			return errors.New(`a " is not closed`)
		}
		switch c := s.take(); c {
		case '"':
			return nil
		case '`':
			return fmt.Errorf("%q is %w", string(c), errShell)
		case '$':
			if err := s.dollar(""); err != nil {
				return err
			}
		case '\\':
			if s.rest == "" {
				return errors.New(`a " is not closed`)
			}
			if !strings.ContainsRune("$`\"\\", rune(s.rest[0])) {
				s.add(c)
			}
			s.add(s.take())
		default:
			s.add(c)
		}
	}
}

var (
	placeholder = tomlfile.NewPattern(`^\{[A-Za-z_][A-Za-z0-9_]*\}`)
	// parameter is what a shell replaces, and $[ which some still do.
	parameter = tomlfile.NewPattern(`^([A-Za-z_][A-Za-z0-9_]*|[0-9{(@*#?$!\[-])`)
)

// dollar reads what follows a $: ${NAME}, or anything that a shell takes as it
// is. quotes are those that would make a quoted string with it.
func (s *splitter) dollar(quotes string) error {
	s.continued()
	if name := placeholder.Regexp().FindString(s.rest); name != "" {
		s.word.WriteString("$" + name)
		s.inWord, s.rest = true, s.rest[len(name):]
		return nil
	}
	if s.rest != "" {
		if name := parameter.Regexp().FindString(s.rest); name != "" {
			if variablePattern.MatchString(name) {
				return fmt.Errorf("%q is %w", "$"+name, errVariable)
			}
			return fmt.Errorf("%q is %w", "$"+name, errShell)
		}
		if strings.Contains(quotes, s.rest[:1]) {
			return fmt.Errorf("%q is %w", "$"+s.rest[:1], errShell)
		}
	}
	s.add('$')
	return nil
}
