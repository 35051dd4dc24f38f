package cron

import (
	"fmt"
	"strings"
)

// String writes the schedule in five fields that Parse reads without a
// complaint, or as @reboot. One that never runs has no such form.
func (s Schedule) String() string {
	if s.reboot {
		return atReboot
	}
	days, weekdays := list(s.dayOfMonth, daysOfM), list(s.dayOfWeek, field{high: 6})
	switch {
	case !s.starred && (days == "*" || weekdays == "*"):
		days, weekdays = "*", "*" // either day, and one of them is any
	case s.starred && days != "*" && weekdays != "*":
		// Whichever began with a star holds the first of its numbers: a step
		// over all of them leaves just that, and the star.
		if s.dayOfMonth.has(daysOfM.low) {
			days = "*/31" + rest(s.dayOfMonth, daysOfM)
		} else {
			weekdays = "*/8" + rest(s.dayOfWeek, field{high: 6})
		}
	}
	return strings.Join([]string{list(s.minute, minutes), list(s.hour, hours), days, list(s.month, months), weekdays}, " ")
}

// rest is all numbers but the first one of the field.
func rest(s set, f field) string {
	if s &^= 1 << f.low; s == 0 {
		return ""
	}
	return "," + list(s, f)
}

// list writes numbers as cron's lists, with ranges.
func list(s set, f field) string {
	if s == f.all() {
		return "*"
	}
	var parts []string
	for n := f.low; n <= f.high; n++ {
		first := n
		for s.has(n+1) && s.has(n) && n < f.high {
			n++
		}
		switch {
		case !s.has(first):
		case n == first:
			parts = append(parts, fmt.Sprint(n))
		case n == first+1:
			parts = append(parts, fmt.Sprintf("%d,%d", first, n))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", first, n))
		}
	}
	return strings.Join(parts, ",")
}
