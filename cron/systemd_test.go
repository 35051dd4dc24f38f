package cron

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// asked is a schedule, from when on it is looked at, and what comes.
type asked struct {
	spec  string
	from  time.Time
	lines []string
	want  []time.Time
}

// TestCalendarsMeanWhatCronMeans asks systemd when thousands of schedules come
// next, and crontab(5) word by word: across leap years, and across the nights
// in which the clocks of London change.
func TestCalendarsMeanWhatCronMeans(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	const (
		zone     = "Europe/London"
		batch    = 100
		upcoming = 12
	)
	london, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC)
	until := time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	inLondon := clockOf(london, from, until)
	for _, test := range []struct {
		name, environment, suffix string
		clock                     *clock
		count                     int
	}{
		{"UTC", "UTC", "", clockOf(time.UTC, from, until), 2000},
		{"the machine's zone", zone, "", inLondon, 3000},
		{"CRON_TZ", "UTC", zone, inLondon, 300}, // systemd forks for each answer
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, g := test.clock, newGenerator(uint64(len(test.name)))
			for range test.count / batch {
				start := g.start(c)
				var batched []asked
				for range batch {
					a := asked{spec: g.spec(), from: c.at[start]}
					m := matcherOf(a.spec)
					s, _ := (&reader{line: a.spec}).schedule()
					a.lines, a.want = s.Calendars(test.suffix), c.next(m, start+1, upcoming)
					if a.lines == nil && len(a.want) > 0 {
						t.Errorf("%s: said to be never", a.spec)
					}
					batched = append(batched, a)
				}
				compare(t, test.environment, until, upcoming, batched)
			}
		})
	}
}

// start is an index to begin at: more often than not shortly before the clocks
// change.
func (g generator) start(c *clock) int {
	if len(c.jumps) == 0 || g.chance(30) {
		return g.IntN(len(c.at) / 2)
	}
	before := []int{30, 300, 3000}[g.IntN(3)]
	return max(0, c.jumps[g.IntN(len(c.jumps)-1)]-g.IntN(before))
}

// compare asks systemd about many schedules at once. It is asked for the same
// number of times for each expression, so what two expressions of a schedule
// give together is complete up to the earlier end.
func compare(t *testing.T, zone string, until time.Time, upcoming int, batched []asked) {
	t.Helper()
	args := []string{"calendar", fmt.Sprintf("--iterations=%d", upcoming), "--base-time", batched[0].from.UTC().Format("2006-01-02 15:04:05 UTC")}
	for _, a := range batched {
		args = append(args, a.lines...)
	}
	cmd := exec.Command("systemd-analyze", args...)
	cmd.Env = append(os.Environ(), "TZ="+zone, "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := elapses(t, out)
	for _, a := range batched {
		var got []time.Time
		for range a.lines {
			got = append(got, answers[0]...)
			answers = answers[1:]
		}
		slices.SortFunc(got, time.Time.Compare)
		got = slices.CompactFunc(got, time.Time.Equal)
		got = slices.DeleteFunc(got, func(at time.Time) bool { return !at.Before(until) })
		if got = got[:min(len(got), upcoming)]; !slices.EqualFunc(got, a.want, time.Time.Equal) {
			t.Errorf("%s, from %s: %q gives\n%v, cron\n%v", a.spec, a.from, a.lines, got, a.want)
		}
	}
	if len(answers) > 0 {
		t.Error("more answers than questions")
	}
}

// elapses reads the times out of what systemd-analyze prints, expression by
// expression. Elsewhere than in UTC it prints each time twice.
func elapses(t *testing.T, out []byte) (all [][]time.Time) {
	t.Helper()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		label, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), ": ")
		switch {
		case label == "Normalized form":
			all = append(all, nil)
		case strings.HasSuffix(value, " UTC") && label != "Original form":
			at, err := time.Parse("Mon 2006-01-02 15:04:05 MST", value)
			if err != nil {
				t.Fatal(err)
			}
			last := len(all) - 1
			all[last] = append(all[last], at)
		}
	}
	return all
}
