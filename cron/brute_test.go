package cron

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// This file is crontab(5) taken at its word: every minute is looked at, by
// itself. It shares nothing with the code under test.

// minuteOf is what a clock on the wall shows.
type minuteOf struct{ minute, hour, day, month, weekday int }

func wall(t time.Time) minuteOf {
	return minuteOf{t.Minute(), t.Hour(), t.Day(), int(t.Month()), int(t.Weekday())}
}

// matcher is a schedule as five tables.
type matcher struct {
	minute, hour, day, month, weekday [60]bool
	either                            bool // of the two days
}

// matcherOf reads a valid schedule.
func matcherOf(spec string) *matcher {
	fields := strings.Fields(spec)
	m := &matcher{}
	for i, f := range []struct {
		table      *[60]bool
		first, end int
		names      string
	}{
		{&m.minute, 0, 59, ""},
		{&m.hour, 0, 23, ""},
		{&m.day, 1, 31, ""},
		{&m.month, 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
		{&m.weekday, 0, 7, "sun mon tue wed thu fri sat"},
	} {
		for part := range strings.SplitSeq(fields[i], ",") {
			part, step, _ := strings.Cut(part, "/")
			from, to, isRange := strings.Cut(part, "-")
			by, err := strconv.Atoi(step)
			if err != nil {
				by = 1
			}
			number := func(s string) int {
				for n, name := range strings.Fields(f.names) {
					if strings.EqualFold(s, name) {
						return n + f.first
					}
				}
				n, _ := strconv.Atoi(s)
				return n
			}
			low, high := f.first, f.end
			if part != "*" {
				low, high = number(from), number(from)
			}
			if isRange {
				high = number(to)
			}
			for n := low; n <= high; n += by {
				f.table[n] = true
			}
		}
	}
	m.weekday[0] = m.weekday[0] || m.weekday[7]
	m.either = fields[2][0] != '*' && fields[4][0] != '*'
	return m
}

func (m *matcher) matches(at minuteOf) bool {
	if !m.minute[at.minute] || !m.hour[at.hour] || !m.month[at.month] {
		return false
	}
	if m.either {
		return m.day[at.day] || m.weekday[at.weekday]
	}
	return m.day[at.day] && m.weekday[at.weekday]
}

// clock is every minute of some years as a place's clocks show it. A minute
// that they show a second time, in the night when they are set back, is left
// out, as systemd does.
type clock struct {
	at    []time.Time
	shows []minuteOf
	jumps []int // where the clocks change
}

func clockOf(place *time.Location, from, until time.Time) *clock {
	c := &clock{}
	shown := map[time.Time]bool{} // of the last hours; a wall clock has no zone
	var previous time.Time
	for t := from; t.Before(until); t = t.Add(time.Minute) {
		w := t.In(place)
		face := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, time.UTC)
		if w.Hour() == 5 {
			clear(shown)
		}
		if shown[face] {
			continue
		}
		if w.Hour() < 5 {
			shown[face] = true
		}
		if n := len(c.at); n > 0 && (face.Sub(previous) != time.Minute || t.Sub(c.at[n-1]) != time.Minute) {
			c.jumps = append(c.jumps, n)
		}
		previous = face
		c.at, c.shows = append(c.at, t), append(c.shows, wall(w))
	}
	return c
}

// next lists the first minutes that match, from an index on.
func (c *clock) next(m *matcher, from, count int) (found []time.Time) {
	for i := from; i < len(c.at) && len(found) < count; i++ {
		if m.matches(c.shows[i]) {
			found = append(found, c.at[i])
		}
	}
	return found
}

// TestTheClockOfLondon: what the proof rests on.
func TestTheClockOfLondon(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	c := clockOf(london, day(3, 28), day(10, 27))
	every := matcherOf("30 * * * *")
	count := func(month, day int) (n int) {
		for i, face := range c.shows {
			if face.month == month && face.day == day && every.matches(c.shows[i]) {
				n++
			}
		}
		return n
	}
	for _, d := range []struct{ month, day, want int }{{3, 28, 24}, {3, 29, 23}, {3, 30, 24}, {10, 25, 24}, {10, 26, 24}} {
		if got := count(d.month, d.day); got != d.want {
			t.Errorf("%d-%d: %d runs, want %d", d.month, d.day, got, d.want)
		}
	}
}
