package cron

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err, "(go test -update writes it)")
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// caret shows a mistake below the line that it is in.
func caret(line string, m *Mistake) string {
	text := fmt.Sprintf("%s\n%s%s %s\n", line, strings.Repeat(" ", m.Column-1), strings.Repeat("^", max(1, m.Length)), m.Message)
	if m.Hint != "" {
		text += "hint: " + m.Hint + "\n"
	}
	return text
}

// TestMistakes: each line of mistakes.txt is a schedule; what is wrong with it
// is in mistakes.report.
func TestMistakes(t *testing.T) {
	var b strings.Builder
	for spec := range strings.Lines(read(t, "testdata/mistakes.txt")) {
		spec = strings.TrimSuffix(spec, "\n")
		_, err := Parse(spec)
		var m *Mistake
		if !errors.As(err, &m) {
			t.Errorf("%q: %v", spec, err)
			continue
		}
		b.WriteString(caret(spec, m) + "\n")
	}
	golden(t, "testdata/mistakes.report", b.String())
}

// TestTables: what each cron reads in a NAME.crontab is in NAME.DIALECT.
func TestTables(t *testing.T) {
	for _, name := range []string{"guide", "traps"} {
		for extension, d := range map[string]Dialect{"debian": Debian, "redhat": RedHat} {
			lines, problems := ParseTable(read(t, "testdata/"+name+".crontab"), d)
			golden(t, "testdata/"+name+"."+extension, described(lines, problems))
		}
	}
}

func described(lines []Line, problems []Problem) string {
	var b strings.Builder
	for _, l := range lines {
		if l.Setting != nil {
			fmt.Fprintf(&b, "%d: %s is %q\n", l.Number, l.Setting.Name, l.Setting.Value)
			continue
		}
		fmt.Fprintf(&b, "%d: %s: %s\n", l.Number, l.Job.Spec, strings.Join(l.Job.Schedule.Calendars(l.Job.Env["CRON_TZ"]), " or "))
		fmt.Fprintf(&b, "   runs %q\n", l.Job.Command)
		if l.Job.Stdin != "" {
			fmt.Fprintf(&b, "   on %q\n", l.Job.Stdin)
		}
		fmt.Fprintf(&b, "   with %q\n", slices.Sorted(maps.Keys(l.Job.Env)))
		for _, m := range l.Odd {
			b.WriteString(caret(l.Text, &m))
		}
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "%d: refused\n%s", p.Number, caret(p.Text, &p.Mistake))
	}
	return b.String()
}
