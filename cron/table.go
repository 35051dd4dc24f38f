package cron

import (
	"maps"
	"strings"
)

// Dialect is whose cron reads a table.
type Dialect int

// The two differ in what a backslash does, and in the variables they obey.
const (
	Debian Dialect = iota // Vixie's cron
	RedHat                // cronie
)

// Line is a line of a crontab that means something: a setting or a job.
type Line struct {
	Number  int
	Text    string // as written
	Setting *Setting
	Job     *Job
	Odd     []Mistake // accepted by cron, and hardly meant
}

// Setting gives a variable a value for the jobs below it.
type Setting struct{ Name, Value string }

// Job is a command at its times.
type Job struct {
	Spec     string // as written, with single blanks
	Schedule Schedule
	Command  string            // for the shell; what % means was seen to
	Stdin    string            // what the command reads; "" is nothing at all
	Env      map[string]string // of the settings above it
}

// Problem is a line that cron refuses.
type Problem struct {
	Number int
	Text   string
	Mistake
}

// ParseTable reads a user's crontab. Lines that are empty or comments are in
// neither list.
func ParseTable(text string, d Dialect) (lines []Line, problems []Problem) {
	env, number := map[string]string{}, 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		start := strings.TrimLeft(line, " \t")
		if start == "" || start[0] == '#' {
			continue
		}
		if name, value, ok := setting(start, d); ok {
			env = maps.Clone(env) // the jobs above keep theirs
			env[name] = value
			lines = append(lines, Line{Number: number, Text: line, Setting: &Setting{name, value}})
			continue
		}
		job, odd, bad := parseJob(line, d)
		if bad != nil {
			problems = append(problems, Problem{number, line, *bad})
			continue
		}
		job.Env = env
		lines = append(lines, Line{Number: number, Text: line, Job: job, Odd: odd})
	}
	return lines, problems
}

func parseJob(line string, d Dialect) (*Job, []Mistake, *Mistake) {
	r := &reader{line: line}
	r.skipBlanks()
	start := r.at
	s, bad := r.schedule()
	if bad != nil {
		if name, after, found := strings.Cut(line, "="); found && strings.TrimSpace(after) == "" {
			bad.Hint = "cron takes no empty value; write " + strings.TrimSpace(name) + `=""`
		}
		return nil, nil, bad
	}
	spec := strings.Join(strings.Fields(line[start:r.at]), " ")
	switch r.peek() {
	case '*':
		return nil, nil, r.mistake(r.at, len(r.rest()), quoted(r.rest())+" is too much: a schedule has five fields", "")
	case '\n':
		return nil, nil, r.mistake(r.at, 0, "the command is missing", "")
	}
	if strings.HasSuffix(line, "\r") {
		r.odd = append(r.odd, *r.mistake(len(line)-1, 1, "the line ends in a carriage return, which cron makes part of the command", "write the file with the line ends of Unix"))
	}
	command, stdin := split(line[r.at:], d)
	return &Job{Spec: spec, Schedule: s, Command: command, Stdin: stdin}, r.odd, nil
}

// split takes a command apart at the first % that has no backslash in front of
// it. What follows is for the command to read; there each % ends a line.
func split(text string, d Dialect) (command, stdin string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '%':
			return b.String(), input(text[i+1:])
		case c == '\\' && i+1 < len(text):
			i++
			if next := text[i]; next != '%' && (next != '\\' || d != Debian) {
				b.WriteByte(c)
			}
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// input ends in a line feed where cron writes one: after any text that does not
// end in one. Backslashes do not count.
func input(text string) string {
	var b strings.Builder
	open := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '%':
			c = '\n'
		case c == '\\' && i+1 < len(text) && text[i+1] == '%':
			i++
			c = '%'
		}
		b.WriteByte(c)
		if c != '\\' {
			open = c != '\n'
		}
	}
	if open {
		b.WriteByte('\n')
	}
	return b.String()
}
