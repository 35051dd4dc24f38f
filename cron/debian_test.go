package cron

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestAsDebiansCron: testdata/debian.txt says what cron's own code made of a
// thousand lines, right and wrong ones. It differs from what is read here in
// two things only, which are not in the file: a job without a command, which
// Debian's cron accepts and Red Hat's refuses, and a value that is a single
// quotation mark, where it reads past the end of the line.
func TestAsDebiansCron(t *testing.T) {
	text, err := os.ReadFile("testdata/debian.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for recorded := range strings.Lines(string(text)) {
		if recorded[0] == '#' {
			continue
		}
		count++
		quoted, want, _ := strings.Cut(strings.TrimSuffix(recorded, "\n"), "\t")
		line, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer(line); got != want {
			t.Errorf("%s:\n got %s\nwant %s", quoted, got, want)
		}
	}
	if count < 900 {
		t.Error("only", count)
	}
}

// debiansWords are what it calls the fields in its messages.
var debiansWords = map[string]string{
	"minute": "minute", "hour": "hour", "day of the month": "day-of-month", "month": "month", "day of the week": "day-of-week",
}

// answer says what a line is in the form of the file.
func answer(line string) string {
	lines, problems := ParseTable(line, Debian)
	switch {
	case len(problems) > 0:
		return "err bad " + culprit(line)
	case len(lines) == 0:
		return "none"
	case lines[0].Setting != nil:
		return "env " + lines[0].Setting.Name + "=" + lines[0].Setting.Value
	}
	job := lines[0].Job
	s, flag := job.Schedule, map[bool]int{true: 1}
	return fmt.Sprintf("job %x %x %x %x %x %d %d %d %x %x", s.minute, s.hour, s.dayOfMonth, s.month, s.dayOfWeek,
		flag[s.starred], flag[s.fixed], flag[s.reboot], job.Command, job.Stdin)
}

// culprit is the field that is wrong, as Debian's cron names it.
func culprit(line string) string {
	r := &reader{line: strings.TrimLeft(line, " \t")}
	if r.peek() == '@' {
		return "time specifier"
	}
	for _, f := range fieldsInOrder {
		if _, bad := r.list(f); bad != nil {
			return debiansWords[f.name]
		}
	}
	return "command"
}
