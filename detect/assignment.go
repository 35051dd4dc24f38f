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

// parseAssignments reads a file of variables as systemd does (systemd.exec(5),
// EnvironmentFile=). It stops at the first line that systemd would pass over
// with no more than a line in the journal.
func parseAssignments(text string) ([]plan.Variable, *assignmentError) {
	if !utf8.ValidString(text) {
		line := 1 + strings.Count(text[:firstInvalid(text)], "\n")
		return nil, &assignmentError{line, "systemd passes the line over: it is not UTF-8", "save the file as UTF-8"}
	}
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		return nil, &assignmentError{1 + strings.Count(text[:nul], "\n"), "there is a NUL character", "remove it"}
	}
	s := &envScanner{text: []rune(text)}
	for state := (*envScanner).beforeKey; state != nil; {
		state = state(s)
	}
	return s.variables, s.bad
}

// badKey says what is wrong with what stands before an =, or where one is
// missing.
func badKey(key string, assigned bool) (message, hint string) {
	key = strings.TrimRight(key, " \t")
	switch {
	case exported().MatchString(key):
		return "systemd passes the line over: `export` belongs to shells", "remove the word export"
	case !assigned:
		return "systemd passes the line over: it has no =", "write NAME=value, or # in front of a comment"
	case !variable().MatchString(key):
		return fmt.Sprintf("systemd passes the line over: %q is not the name of a variable", shortened(key)), "write NAME=value"
	}
	return "", ""
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
