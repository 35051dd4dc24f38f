package cron

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// set holds the numbers of a field: bit n stands for n.
type set uint64

func (s set) has(n int) bool { return s&(1<<n) != 0 }

// values are the numbers in order.
func (s set) values() []int {
	var values []int
	for n := range 64 {
		if s.has(n) {
			values = append(values, n)
		}
	}
	return values
}

// span is all numbers of a range.
func span(low, high int) (s set) {
	for n := low; n <= high; n++ {
		s |= 1 << n
	}
	return s
}

// field is one of the five parts of a schedule.
type field struct {
	name      string
	low, high int
	names     []string // of low, low+1 and so on
}

var (
	minutes    = field{name: "minute", high: 59}
	hours      = field{name: "hour", high: 23}
	daysOfM    = field{name: "day of the month", low: 1, high: 31}
	monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	months     = field{name: "month", low: 1, high: 12, names: monthNames}
	dayNames   = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	daysOfW    = field{name: "day of the week", high: 7, names: dayNames} // 0 and 7 are Sunday
)

func (f field) all() set { return span(f.low, f.high) }

// allowed says what can be written.
func (f field) allowed() string {
	text := fmt.Sprintf("%d to %d", f.low, f.high)
	if f.names != nil {
		text += fmt.Sprintf(", or %s to %s", f.names[0], f.names[len(f.names)-1])
	}
	return text
}

// number is the value of a word, which has only letters and digits.
func (f field) number(word string) (int, bool) {
	if i := slices.Index(f.names, strings.ToLower(word)); i >= 0 {
		return f.low + i, true
	}
	return digits(word)
}

// digits reads a number. Cron's own reading of very long ones overflows.
func digits(word string) (int, bool) {
	const longest = 9
	if word == "" || len(word) > longest || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}
