package cron

import (
	"fmt"
	"slices"
	"strings"
)

// longest are the most days that each month can have.
var longest = []int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// Calendars says the schedule in expressions of systemd.time(7), of which any
// may come true: cron's "either day" takes two. The zone is a time zone as in
// CRON_TZ, or "" for that of the machine. A schedule that is none of the clock,
// or that never comes true, has no expression.
//
// Times that the clock passes over or shows twice are systemd's: it leaves out
// the former, and takes the first of the latter.
func (s Schedule) Calendars(zone string) []string {
	if s.minute == 0 || s.hour == 0 || s.month == 0 {
		return nil
	}
	every := span(0, 6)
	datesExist := slices.ContainsFunc(s.month.values(), func(m int) bool { return s.dayOfMonth&span(1, longest[m]) != 0 })
	var lines []string
	add := func(daysOfWeek, days set) { lines = append(lines, s.expression(daysOfWeek, days, zone)) }
	switch allDays := daysOfM.all(); {
	case s.starred && (!datesExist || s.dayOfWeek == 0):
	case s.starred:
		add(s.dayOfWeek, s.dayOfMonth)
	case s.dayOfMonth == allDays || s.dayOfWeek == every:
		add(every, allDays)
	default:
		if datesExist {
			add(every, s.dayOfMonth)
		}
		if s.dayOfWeek != 0 {
			add(s.dayOfWeek, allDays)
		}
	}
	return lines
}

func (s Schedule) expression(daysOfWeek, days set, zone string) string {
	text := fmt.Sprintf("*-%s-%s %s:%s:00", numbers(s.month, months), numbers(days, daysOfM), numbers(s.hour, hours), numbers(s.minute, minutes))
	if names := weekdays(daysOfWeek); names != "" {
		text = names + " " + text
	}
	if zone != "" {
		text += " " + zone
	}
	return text
}

// numbers writes each number by itself: a step of systemd does not stop at the
// end of a range.
func numbers(s set, f field) string {
	if s == f.all() {
		return "*"
	}
	var words []string
	for _, n := range s.values() {
		words = append(words, fmt.Sprintf("%02d", n))
	}
	return strings.Join(words, ",")
}

// weekdays begins the week on Monday, as systemd does: its ranges cannot reach
// over the end of a week.
func weekdays(s set) string {
	names := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	if s == span(0, 6) {
		return ""
	}
	var words []string
	for i := 0; i < len(names); i++ {
		first := i
		for i < len(names) && s.has((i+1)%len(names)) {
			i++
		}
		switch {
		case i-first > 2:
			words = append(words, names[first]+".."+names[i-1])
		default:
			words = append(words, names[first:i]...)
		}
	}
	return strings.Join(words, ",")
}
