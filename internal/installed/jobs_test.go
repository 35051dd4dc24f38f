package installed

import (
	"slices"
	"strings"
	"testing"

	"ecounit/plan"
	"ecounit/units"
)

// withJobs is an app with a process and a job of each kind.
func withJobs() *App {
	oneshot := []byte("[Service]\nType=oneshot\n")
	return New("a", []units.File{
		{Name: "a-boot.service", Content: []byte("[Service]\nType=oneshot\n[Install]\nWantedBy=default.target\n")},
		{Name: "a-dense.service", Content: oneshot},
		{Name: "a-dense.timer", Content: []byte("[Timer]\nOnCalendar=*:*:0/2\n")},
		{Name: "a-dense@.service", Content: oneshot},
		{Name: "a-n.service", Content: oneshot},
		{Name: "a-n.timer", Content: []byte("[Timer]\nOnCalendar=*-*-13 00:00:00\nOnCalendar=Fri *-*-* 00:00:00\n")},
		{Name: "a-watch.service", Content: oneshot},
		{Name: "a-w.service", Content: []byte("[Service]\nType=exec\n")},
		{Name: "a.target", Content: []byte("[Unit]\nWants=a-w.service a-dense.timer a-n.timer\n")},
	})
}

func TestInstalledJobs(t *testing.T) {
	a := withJobs()
	AsWritten(a.Jobs, &plan.Plan{Jobs: []plan.Job{{Name: "n", Schedule: "0 0 13 * 5"}}})
	want := []Job{
		{"a", "boot", "a-boot.service", "", "", "@reboot"},
		{"a", "dense", "a-dense.service", "a-dense@*.service", "a-dense.timer", "*:*:0/2"},
		{"a", "n", "a-n.service", "", "a-n.timer", "0 0 13 * 5"},
	}
	if !slices.Equal(a.Jobs, want) {
		t.Errorf("%+v", a.Jobs)
	}
	if got := a.Stoppable(); !slices.Equal(got, []string{"a.target", "a-w.service", "a-dense.timer", "a-n.timer", "a-boot.service", "a-dense.service", "a-n.service"}) {
		t.Errorf("to stop: %q", got)
	}
	for process, want := range map[string]string{"n": "a-n.service", "dense": "a-dense.service a-dense@*.service", "w": "a-w.service"} {
		if got := a.Of(process); strings.Join(got, " ") != want {
			t.Errorf("%s: %q", process, got)
		}
	}
	if got := a.Of("x"); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if got := a.Processes(); !slices.Equal(got, []string{"boot", "dense", "n", "w"}) {
		t.Errorf("%q", got)
	}
	if got := ProcessName("a", "a-dense@0123456789abcdef0123456789abcdef.service"); got != "dense" {
		t.Error(got)
	}
}

func TestStateOfAnAppWithJobs(t *testing.T) {
	up := map[string]string{"a.target": "active", "a-w.service": "active", "a-n.timer": "active", "a-dense.timer": "active"}
	state := func(a *App, changes ...string) string {
		states := map[string]string{}
		for name, state := range up {
			states[name] = state
		}
		for i := 0; i < len(changes); i += 2 {
			states[changes[i]] = changes[i+1]
		}
		return a.State(func(unit string) string { return states[unit] })
	}
	alone, boot := withJobs(), withJobs()
	alone.Services = nil
	boot.Services, boot.Timers, boot.Jobs = nil, nil, boot.Jobs[:1]
	for _, test := range []struct{ got, want string }{
		{state(withJobs()), "active"},
		{state(withJobs(), "a-n.service", "activating"), "active"},
		{state(withJobs(), "a-n.service", "failed"), "degraded"},
		{state(withJobs(), "a-n.timer", "inactive"), "degraded"},
		{state(withJobs(), "a-w.service", "failed", "a-n.service", "failed"), "failed"},
		{state(alone), "active"},
		{state(alone, "a-n.service", "failed"), "degraded"},
		{state(alone, "a-n.timer", "inactive", "a-dense.timer", "inactive"), "inactive"},
		{state(boot), "active"},
		{state(boot, "a.target", "inactive"), "inactive"},
	} {
		if test.got != test.want {
			t.Errorf("%s, want %s", test.got, test.want)
		}
	}
}

func TestProcessesThatAreDoneDoNotCount(t *testing.T) {
	never := []byte("[Service]\nRestart=no\n")
	a := New("a", []units.File{
		{Name: "a.service", Content: never},
		{Name: "a-once@.service", Content: never},
		{Name: "a.target", Content: []byte("[Unit]\nWants=a.service a-once@1.service\n")},
	})
	once := *a
	once.Services = []string{"a-once@1.service"}
	for _, test := range []struct {
		app               *App
		target, web, once string
		want              string
	}{
		{a, "active", "active", "inactive", "active"},
		{a, "active", "active", "failed", "degraded"},
		{a, "active", "inactive", "active", "degraded"},
		{a, "inactive", "inactive", "inactive", "inactive"},
		{a, "inactive", "active", "inactive", "degraded"},
		{&once, "active", "", "inactive", "inactive"},
		{&once, "inactive", "", "inactive", "inactive"},
	} {
		states := map[string]string{"a.target": test.target, "a.service": test.web, "a-once@1.service": test.once}
		if got := test.app.State(func(unit string) string { return states[unit] }); got != test.want {
			t.Errorf("target %s, web %s, once %s: %s, want %s", test.target, test.web, test.once, got, test.want)
		}
	}
}
