package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// story prints what happens as it would be seen on a terminal, and judges it.
type story struct {
	out   io.Writer
	color bool // out is a terminal
}

// actor is somebody with a terminal.
type actor struct {
	user   string // account on the host
	dir    string // where they are, absolute
	prompt string
}

// shell runs what an actor types, and writes what appears to out.
type shell func(ctx context.Context, who actor, command string, out io.Writer) (code int, err error)

// say begins a step.
func (s *story) say(format string, args ...any) {
	fmt.Fprintf(s.out, "\n%s\n", s.paint("1", fill(fmt.Sprintf(format, args...), 96)))
}

// remark tells what is not seen on a terminal.
func (s *story) remark(format string, args ...any) {
	fmt.Fprintf(s.out, "%s\n", s.paint("2", "  ("+fmt.Sprintf(format, args...)+")"))
}

func (s *story) paint(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// expectation judges what a command wrote and its exit status.
type expectation func(said string, code int) error

// says expects each of the texts.
func says(texts ...string) expectation {
	return func(said string, _ int) error {
		for _, text := range texts {
			if !strings.Contains(said, text) {
				return fmt.Errorf("it does not say %q", text)
			}
		}
		return nil
	}
}

// lacks expects none of the texts.
func lacks(texts ...string) expectation {
	return func(said string, _ int) error {
		for _, text := range texts {
			if strings.Contains(said, text) {
				return fmt.Errorf("it says %q", text)
			}
		}
		return nil
	}
}

// types lets an actor type a command that has to succeed and to meet all
// expectations. It returns what was written, without colours.
func (s *story) types(ctx context.Context, run shell, who actor, command string, expectations ...expectation) (string, error) {
	fmt.Fprintf(s.out, "%s%s\n", s.paint("36", who.prompt), shorten(command))
	screen := &screen{out: s.out, color: s.color}
	code, err := run(ctx, who, command, screen)
	err = errors.Join(err, screen.end())
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("cannot run %q: %w", firstLine(command), err)
	}
	succeeds := func(_ string, code int) error {
		if code != 0 {
			return fmt.Errorf("it ended with status %d", code)
		}
		return nil
	}
	said := screen.seen.String()
	for _, meets := range append([]expectation{succeeds}, expectations...) {
		if err := meets(said, code); err != nil {
			return said, fmt.Errorf("%q by %s is not as it should be: %w", firstLine(command), who.user, err)
		}
	}
	return strings.TrimSpace(said), nil
}

// screen passes on what a terminal shows, line by line, and keeps it.
type screen struct {
	out   io.Writer
	color bool
	line  []byte       // the last one, as long as it has no end
	seen  bytes.Buffer // without colours
}

func (s *screen) Write(p []byte) (int, error) {
	s.line = append(s.line, p...)
	for {
		line, rest, ended := bytes.Cut(s.line, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		if err := s.show(line); err != nil {
			return 0, err
		}
		s.line = rest
	}
}

// end shows a last line that has no end of its own.
func (s *screen) end() error {
	if len(s.line) == 0 {
		return nil
	}
	return s.show(s.line)
}

// show leaves out what was overwritten after a carriage return, as a program's
// counter is.
func (s *screen) show(line []byte) error {
	line = bytes.TrimRight(line, "\r")
	line = append(line[bytes.LastIndexByte(line, '\r')+1:], '\n')
	plain := escapes.ReplaceAll(line, nil)
	s.seen.Write(plain)
	if !s.color {
		line = plain
	}
	_, err := s.out.Write(line)
	return err
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// shorten leaves out the middle of a long command, and shows further lines as
// a shell does.
func shorten(command string) string {
	const head, tail = 4, 2
	lines := strings.Split(strings.TrimRight(command, "\n"), "\n")
	if n := len(lines) - head - tail; n > 1 {
		lines = append(append(lines[:head:head], fmt.Sprintf("[… %d more lines …]", n)), lines[head+n:]...)
	}
	return strings.Join(lines, "\n> ")
}

func firstLine(command string) string {
	line, rest, _ := strings.Cut(command, "\n")
	if rest != "" {
		line += " …"
	}
	return line
}

// fill breaks a text into lines of at most width characters.
func fill(text string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch n := len([]rune(word)); {
		case i == 0:
			column = n
		case column+1+n > width:
			b.WriteByte('\n')
			column = n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}
