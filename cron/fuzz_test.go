package cron

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for spec := range strings.Lines(read(f, "testdata/mistakes.txt")) {
		f.Add(strings.TrimSuffix(spec, "\n"))
	}
	for g := range 50 {
		f.Add(newGenerator(uint64(g)).spec())
	}
	noon := time.Date(2028, 1, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := Parse(spec)
		var m *Mistake
		if errors.As(err, &m) {
			checkPlace(t, spec, m)
			return
		}
		if got := s.Calendars(""); len(got) == 0 != s.Reboot() || len(got) > 2 {
			t.Errorf("%q: %q", spec, got)
		}
		if trimmed := strings.Trim(spec, " \t"); trimmed[0] == '@' || strings.Contains(trimmed, "/00") {
			return
		}
		reference := matcherOf(spec)
		for day := range 40 { // what can be seen without systemd
			at := wall(noon.AddDate(0, 0, day))
			either := s.dayOfMonth.has(at.day) || s.dayOfWeek.has(at.weekday)
			both := s.dayOfMonth.has(at.day) && s.dayOfWeek.has(at.weekday)
			got := s.minute.has(at.minute) && s.hour.has(at.hour) && s.month.has(at.month) && either && (both || !s.starred)
			if got != reference.matches(at) {
				t.Errorf("%q: %v on %v", spec, got, at)
			}
		}
	})
}

func checkPlace(t *testing.T, line string, m *Mistake) {
	t.Helper()
	if n := utf8.RuneCountInString(line); m.Message == "" || m.Column < 1 || m.Length < 0 || m.Column+m.Length > n+1 {
		t.Errorf("%q: %+v", line, m)
	}
}

func FuzzParseTable(f *testing.F) {
	f.Add(read(f, "testdata/guide.crontab"))
	f.Add(read(f, "testdata/traps.crontab"))
	for g := range 50 {
		f.Add(newGenerator(uint64(g)).line())
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []Dialect{Debian, RedHat} {
			lines, problems := ParseTable(text, d)
			numbers := map[int]bool{}
			for _, l := range lines {
				numbers[l.Number] = true
				if (l.Job == nil) == (l.Setting == nil) {
					t.Errorf("%+v is not one of the two", l)
				}
				for _, m := range l.Odd {
					checkPlace(t, l.Text, &m)
				}
			}
			for _, p := range problems {
				numbers[p.Number] = true
				checkPlace(t, p.Text, &p.Mistake)
			}
			number := 0
			for line := range strings.Lines(text) {
				number++
				start := strings.Trim(strings.TrimSuffix(line, "\n"), " \t")
				if means := start != "" && start[0] != '#'; means != numbers[number] {
					t.Errorf("line %d, %q: %v", number, line, !means)
				}
			}
		}
	})
}
