package descriptor

import "testing"

func TestWhichLanguageAScheduleIsIn(t *testing.T) {
	for schedule, cron := range map[Schedule]bool{
		"30 4 * * *": true, " @daily ": true, "@reboot": true, "* * * *": true, "1 2 3": true, "0 0 * * mon-fri extra": true,
		"Mon *-*-* 04:30": false, "*:0/5": false, "daily": false, "*-*-* 04:30:00 Europe/London": false, "Mon,Tue 2026-01-01 10:00 UTC": false,
		"@1700000000": false, "2026-01-01": false, "*-1": false,
	} {
		if got := schedule.IsCron(); got != cron {
			t.Errorf("%q: cron %v", schedule, got)
		}
	}
}

func TestWhichScheduleEndsInAZone(t *testing.T) {
	for schedule, zone := range map[Schedule]bool{
		"Mon *-*-* 04:30 Europe/London": true, "daily UTC": true, "04:30 utc": true,
		"Mon *-*-* 04:30": false, "daily": false, "Mon..Fri": false, "04:30": false,
	} {
		if got := schedule.endsInZone(); got != zone {
			t.Errorf("%q: zone %v", schedule, got)
		}
	}
}
