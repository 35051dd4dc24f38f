package cron

import (
	"slices"
	"strings"
)

// Schedule is when cron runs something.
type Schedule struct {
	minute, hour, dayOfMonth, month, dayOfWeek set // of the week: 0 to 6

	// Whether either of them begins with a star, as */2 does too. Then a day
	// has to be in both, otherwise in one of them.
	starred bool

	// Fixed: neither the minute nor the hour begins with a star. Where clocks
	// change, cron makes up for such jobs (cron(8)); systemd does not.
	fixed, reboot bool
}

// shortcuts stand for five fields. Cron knows them in small letters only.
var shortcuts = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

const atReboot = "@reboot"

// Parse reads a schedule: five fields, or one of the words with an @. It is
// stricter than cron: what cron accepts and then passes over or never runs is
// a mistake. Errors are *Mistake.
func Parse(spec string) (Schedule, error) {
	r := &reader{line: spec}
	r.skipBlanks()
	s, bad := r.schedule()
	if bad == nil && r.at < len(spec) {
		bad = r.mistake(r.at, len(spec), quoted(spec[r.at:])+" is too much: a schedule has five fields, or a word with @", "")
	}
	if bad == nil && len(r.odd) > 0 {
		bad = &r.odd[0]
	}
	if bad != nil {
		return Schedule{}, bad
	}
	return s, nil
}

// schedule reads the fields and the blanks behind them.
func (r *reader) schedule() (Schedule, *Mistake) {
	if r.peek() == '@' {
		return r.shortcut()
	}
	start := r.at
	var s Schedule
	stars := map[string]bool{}
	for _, f := range []struct {
		field
		set *set
	}{{minutes, &s.minute}, {hours, &s.hour}, {daysOfM, &s.dayOfMonth}, {months, &s.month}, {daysOfW, &s.dayOfWeek}} {
		stars[f.name] = r.peek() == '*'
		values, bad := r.list(f.field)
		if bad != nil {
			return Schedule{}, bad
		}
		*f.set = values
	}
	const sunday, otherSunday = 1 << 0, 1 << 7
	if s.dayOfWeek&otherSunday != 0 {
		s.dayOfWeek = s.dayOfWeek&^otherSunday | sunday
	}
	s.starred = stars[daysOfM.name] || stars[daysOfW.name]
	s.fixed = !stars[minutes.name] && !stars[hours.name]
	if len(s.Calendars("")) == 0 {
		r.odd = append(r.odd, *r.mistake(start, len(strings.TrimRight(r.line[start:r.at], " \t")), "there is no such time, so that it never runs", ""))
	}
	return s, nil
}

func (r *reader) shortcut() (Schedule, *Mistake) {
	start, word := r.at, r.rest()
	r.at += len(word)
	if word == atReboot {
		r.skipBlanks()
		return Schedule{reboot: true}, nil
	}
	fields, known := shortcuts[word]
	if !known {
		hint := "write @reboot, @hourly, @daily, @weekly, @monthly or @yearly"
		if lower := strings.ToLower(word); shortcuts[lower] != "" || lower == atReboot {
			hint = "write " + lower
		}
		return Schedule{}, r.mistake(start, len(word), quoted(word)+" is not a time that cron knows", hint)
	}
	r.skipBlanks()
	s, _ := (&reader{line: fields}).schedule()
	return s, nil
}

// Reboot reports whether it is not a time but the start of the machine.
func (s Schedule) Reboot() bool { return s.reboot }

// InSkippedHour reports whether cron would make up for a run in the night when
// the clocks go forward, which systemd does not: the hour that is skipped is
// one of 1 to 3 in Europe and in North America.
func (s Schedule) InSkippedHour() bool {
	return s.fixed && slices.ContainsFunc([]int{1, 2, 3}, s.hour.has)
}
