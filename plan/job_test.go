package plan

import (
	"slices"
	"testing"
	"time"
)

const nightly = "name='tasks'\n[job.nightly]\ncommand='a ${NAME}'\n"

func TestWhatSystemdIsToldOfASchedule(t *testing.T) {
	for text, want := range map[string][]string{
		"schedule='30 4 * * *'":                            {"*-*-* 04:30:00"},
		"schedule='30 4 * * *'\ntime_zone='Europe/London'": {"*-*-* 04:30:00 Europe/London"},
		"schedule='0 0 13 * 5'\ntime_zone='UTC'":           {"*-*-13 00:00:00 UTC", "Fri *-*-* 00:00:00 UTC"},
		"schedule='@weekly'":                               {"Sun *-*-* 00:00:00"},
		"schedule='weekly'":                                {"weekly"},
		"schedule='Mon *-*-* 04:30'\ntime_zone='UTC'":      {"Mon *-*-* 04:30 UTC"},
		"schedule='Mon *-*-* 04:30 UTC'":                   {"Mon *-*-* 04:30 UTC"},
	} {
		job := built(t, nightly+text).Jobs[0]
		if !slices.Equal(job.Calendars, want) || job.AtBoot {
			t.Errorf("%s: %q, want %q", text, job.Calendars, want)
		}
	}
	if p := built(t, nightly+"schedule='@reboot'"); !p.Jobs[0].AtBoot || len(p.Jobs[0].Calendars)+len(p.Activators()) > 0 {
		t.Errorf("@reboot: %+v, %q", p.Jobs[0], p.Activators())
	}
}

func TestAJobsVariablesWin(t *testing.T) {
	p := built(t, nightly+"schedule='@daily'\nenv={STUDY='job', PATH='/mine'}\n[env]\nSTUDY='all'\nOTHER='all'\nPATH='/theirs'")
	got := map[string]string{}
	for _, v := range p.Jobs[0].Environment {
		got[v.Name] = v.Value
	}
	if got["STUDY"] != "job" || got["OTHER"] != "all" || got["PATH"] != "/mine" || !slices.IsSortedFunc(p.Jobs[0].Environment, func(a, b Variable) int {
		return map[bool]int{true: -1, false: 1}[a.Name < b.Name]
	}) {
		t.Errorf("%+v", p.Jobs[0].Environment)
	}
}

func TestATimeZoneThatIsNotThereIsNamed(t *testing.T) {
	text := nightly + "schedule='@daily'\ntime_zone='Mars/Base'\n[job.other]\ncommand='b'\nschedule='@daily'\ntime_zone='Europe/London'"
	_, r := build(t, text, func(f *Facts) { f.TimeZones = []File{{}, {Problem: "there is no time zone Mars/Base"}} })
	if len(r.Entries()) != 1 || r.Entries()[0].Key != "job.nightly.time_zone" || r.Entries()[0].Message != "`time_zone`: there is no time zone Mars/Base" {
		t.Errorf("%+v", r.Entries())
	}
}

func TestAnOldSystemdDelaysByAnotherTimeEach(t *testing.T) {
	text := nightly + "schedule='@daily'\nrandom_delay='10min'"
	if p, r := build(t, text, systemd(239)); !has(r, "systemd 239 is older than 247") || r.HasErrors() || p.Jobs[0].RandomDelay != 10*time.Minute {
		t.Error(messages(r))
	}
	built(t, text, systemd(247))
}
