package cron

import (
	"slices"
	"strings"
	"testing"
)

func TestCalendars(t *testing.T) {
	for spec, want := range map[string]string{
		"30 4 * * *":            "*-*-* 04:30:00",
		"*/15 9-17 * * mon-fri": "Mon..Fri *-*-* 09,10,11,12,13,14,15,16,17:00,15,30,45:00",
		"* * * * *":             "*-*-* *:*:00",
		"0 0 * * 0":             "Sun *-*-* 00:00:00",
		"0 0 * * 7":             "Sun *-*-* 00:00:00",
		"0 0 * * 6-7":           "Sat,Sun *-*-* 00:00:00",
		"0 0 * * 5-7":           "Fri..Sun *-*-* 00:00:00",
		"0 0 * * 0-1,3":         "Mon,Wed,Sun *-*-* 00:00:00",
		"0 0 * * 0-6":           "*-*-* 00:00:00",
		"@weekly":               "Sun *-*-* 00:00:00", // systemd's weekly is Monday
		"@daily":                "*-*-* 00:00:00",
		"@midnight":             "*-*-* 00:00:00",
		"@hourly":               "*-*-* *:00:00",
		"@monthly":              "*-*-01 00:00:00",
		"@yearly":               "*-01-01 00:00:00",
		"@annually":             "*-01-01 00:00:00",
		"@reboot":               "",

		// Days: either of the two, and both where one begins with a star.
		"0 0 13 * 5":         "*-*-13 00:00:00; Fri *-*-* 00:00:00",
		"0 0 */2 * 1":        "Mon *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00",
		"0 0 1 * */3":        "Wed,Sat,Sun *-*-01 00:00:00",
		"0 0 1-31 * 5":       "*-*-* 00:00:00",
		"0 0 1 * 0-6":        "*-*-* 00:00:00",
		"0 0 29 2 *":         "*-02-29 00:00:00",
		"0 0 30,31 2,4 *":    "*-02,04-30,31 00:00:00",
		"0 0 31 2,4,6 mon":   "Mon *-02,04,06-* 00:00:00",
		"5 4 1 jan,jul sun":  "*-01,07-01 04:05:00; Sun *-01,07-* 04:05:00",
		"0 0 *,1 * 1":        "Mon *-*-* 00:00:00",
		"0 0 1,* * 1":        "*-*-* 00:00:00",
		"  \t0   0\t1 * *  ": "*-*-01 00:00:00",
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if got := strings.Join(s.Calendars(""), "; "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", spec, got, want)
		}
		for _, line := range s.Calendars("Europe/London") {
			if !strings.HasSuffix(line, ":00 Europe/London") {
				t.Errorf("%s: no zone in %q", spec, line)
			}
		}
	}
}

func TestReboot(t *testing.T) {
	if s, err := Parse("@reboot"); err != nil || !s.Reboot() || s.InSkippedHour() {
		t.Error(s, err)
	}
	if s, err := Parse("@daily"); err != nil || s.Reboot() {
		t.Error(s, err)
	}
}

func TestInSkippedHour(t *testing.T) {
	for spec, want := range map[string]bool{
		"30 1 * * *": true, "0 0,3 * * *": true, "0 0-5 * * *": true,
		"*/5 1 * * *": false, "0 * * * *": false, "0 */2 * * *": false, // cron runs these by the new time
		"30 4 * * *": false, "@daily": false,
	} {
		if s, err := Parse(spec); err != nil || s.InSkippedHour() != want {
			t.Errorf("%s: %v, %v", spec, !want, err)
		}
	}
}

// TestParseIsStricterThanCron: what cron takes and hardly anybody means.
func TestParseIsStricterThanCron(t *testing.T) {
	for _, spec := range []string{"*5 * * * *", "1;2 * * * *", "0 22-6 * * *", "0 0 * * fri-mon", "0 0 31 2 *", "0 0 */31,31 4 5-1", "1-5-7 * * * *"} {
		if _, err := Parse(spec); err == nil {
			t.Errorf("%s: no error", spec)
		}
		lines, problems := ParseTable(spec+" true\n", Debian)
		if len(problems) > 0 || len(lines) != 1 || len(lines[0].Odd) == 0 {
			t.Errorf("%s: %v %v", spec, lines, problems)
		}
	}
	empty, _ := (&reader{line: "0 0 5-1 * 3-1"}).schedule()
	if got := empty.Calendars(""); !slices.Equal(got, nil) {
		t.Error(got)
	}
}

// TestString: what is written is read back as it was.
func TestString(t *testing.T) {
	g := newGenerator(3)
	for range 5000 {
		spec := g.spec()
		s, err := Parse(spec)
		if err != nil { // never
			continue
		}
		again, err := Parse(s.String())
		if again.fixed = s.fixed; err != nil {
			t.Fatalf("%s became %s: %v", spec, s, err)
		} else if !slices.Equal(again.Calendars(""), s.Calendars("")) {
			t.Fatalf("%s became %s: %q, not %q", spec, s, again.Calendars(""), s.Calendars(""))
		}
	}
	for spec, want := range map[string]string{
		"@reboot": "@reboot", "@weekly": "0 0 * * 0", "*/15 9-17 * * mon-fri": "0,15,30,45 9-17 * * 1-5",
		"0 0 */2 * 1": "0 0 */31,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1", "0 0 2 * */2": "0 0 2 * */8,2,4,6", "0 0 13 * 5": "0 0 13 * 5",
	} {
		if s, err := Parse(spec); err != nil || s.String() != want {
			t.Errorf("%s: got %s, want %s, %v", spec, s, want, err)
		}
	}
}
