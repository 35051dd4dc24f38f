package apply

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/units"
)

// job is the service of a job, which ends by itself.
const job = "[Service]\nType=oneshot\n"

func TestDiffLeavesJobsAlone(t *testing.T) {
	nightly := map[string]string{"a.target": "t", "a.service": "w", "a-n.service": job, "a-n.timer": "n"}
	with := func(name, content string) map[string]string {
		changed := maps.Clone(nightly)
		if changed[name] = content; content == "" {
			delete(changed, name)
		}
		return changed
	}
	all := []string{"a.target", "a.service", "a-n.timer"}
	runs := func(s State) State {
		s.Passing = []string{"a-n.service"}
		return s
	}
	failed := func(s State) State {
		s.Failed = []string{"a-n.service"}
		return s
	}
	toNothing := with("a-n.service", "")
	delete(toNothing, "a-n.timer")
	for _, test := range []struct {
		name     string
		from, to State
		want     []string
	}{
		{"it runs, and nothing changes", runs(app(nightly, all...)), app(nightly, all...), nil},
		{"it failed, and nothing changes", failed(app(nightly, all...)), app(nightly, all...), nil},
		{"it runs, and is another one from the next time on", runs(app(nightly, all...)), app(with("a-n.service", job+"#2"), all...), []string{"write a-n.service", "reload"}},
		{"it runs, and everything else changes", runs(app(nightly, all...)), app(with("a.service", "w2"), all...), []string{"write a.service", "reload", "restart a.service", "health a.service"}},
		{"another schedule", runs(app(nightly, all...)), app(with("a-n.timer", "m"), all...), []string{"write a-n.timer", "reload", "restart a-n.timer"}},
		{"an app of jobs alone", State{Linger: true}, app(with("a.service", ""), "a.target", "a-n.timer"), []string{"write a-n.service a-n.timer a.target", "enable a.target", "reload", "start a-n.timer a.target"}},
		{
			"it is taken out while it runs", runs(app(nightly, all...)), app(toNothing, "a.target", "a.service"),
			[]string{"stop a-n.service a-n.timer", "write a-n.service a-n.timer", "reload", "reset-state a-n.service a-n.timer"},
		},
		{
			"it failed, and is taken out", failed(app(nightly, all...)), app(toNothing, "a.target", "a.service"),
			[]string{"stop a-n.timer", "write a-n.service a-n.timer", "reload", "reset-state a-n.service a-n.timer"},
		},
		{"going back starts none", app(nightly), runs(app(nightly, all...)), []string{"start a-n.timer a.service a.target", "health a.service"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := words(Diff(Change{App: "a", UnitDir: unitDir, From: test.from, To: test.to}))
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

// withJobs is a version with a job at boot and one at its time.
func (h *testHost) withJobs(text string) State {
	s := h.version(text, "a.service")
	add := func(name, body string) {
		s.Units = append(s.Units, units.File{Name: name, Content: units.Stamp("a", "/d", name, []byte(body))})
	}
	add("a-boot.service", job+"ExecStart=/bin/"+text+"\n\n[Install]\nWantedBy=default.target\n")
	add("a-n.service", job)
	add("a-n.timer", "[Timer]\nOnCalendar="+text+"\n")
	sortUnits(s.Units)
	s.Running = union(s.Running, []string{"a-n.timer"})
	s.Records = append(s.Records, Record{Path: h.BootLink("a-boot.service"), Link: filepath.Join(h.UnitDir(), "a-boot.service")})
	slices.SortFunc(s.Records, func(a, b Record) int { return strings.Compare(a.Path, b.Path) })
	return s
}

func TestJobsComeAndGo(t *testing.T) {
	h := newHost(t)
	first := h.withJobs("first")
	if err := h.bring(first); err != nil {
		t.Fatal(err)
	}
	h.mustBe(first)
	if to, err := os.Readlink(h.BootLink("a-boot.service")); err != nil || to != filepath.Join(h.UnitDir(), "a-boot.service") {
		t.Errorf("at boot: %q, %v", to, err)
	}
	h.manager.running["a-n.service"] = true
	if now := h.observe(); !slices.Equal(now.Passing, []string{"a-n.service"}) || slices.Contains(now.Running, "a-n.service") {
		t.Errorf("a job that runs: %+v %+v", now.Passing, now.Running)
	}
	without := h.version("first", "a.service")
	if err := h.bring(without); err != nil {
		t.Fatal(err)
	}
	h.mustBe(without)
	if h.manager.running["a-n.service"] {
		t.Error("a job that was taken out still runs")
	}
}

// TestAChangedTimerForgetsItsRuns: systemd would take the new times for missed.
func TestAChangedTimerForgetsItsRuns(t *testing.T) {
	h := newHost(t)
	stamp := h.timerStamp("a-n.timer")
	after := func(what string, to State, stays bool) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(stamp), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(stamp, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.bring(to); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(stamp); (err == nil) != stays {
			t.Errorf("after %s: %v", what, err)
		}
	}
	after("the first time", h.withJobs("first"), false)
	after("no change", h.withJobs("first"), true)
	after("another schedule", h.withJobs("second"), false)
	after("disable", State{Linger: true}, false)
}

// TestAPersistentTimerHasNotComeYet: by a stamp of systemd's own, its first
// start would look like a run after a boot.
func TestAPersistentTimerHasNotComeYet(t *testing.T) {
	h := newHost(t)
	persistent := h.withJobs("first")
	for i, f := range persistent.Units {
		if f.Name == "a-n.timer" {
			persistent.Units[i].Content = units.Stamp("a", "/d", f.Name, []byte("[Timer]\nOnCalendar=daily\nPersistent=yes\n"))
		}
	}
	stamp := h.timerStamp("a-n.timer")
	when := func() time.Time {
		t.Helper()
		info, err := os.Stat(stamp)
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime()
	}
	if err := h.bring(persistent); err != nil {
		t.Fatal(err)
	}
	if at := when(); !Unused(at) || time.Since(at) > time.Minute || time.Since(at) < 0 {
		t.Errorf("stamped at %s", at)
	}
	run := time.Now().Truncate(time.Second).Add(-time.Hour + time.Microsecond)
	if err := os.Chtimes(stamp, run, run); err != nil {
		t.Fatal(err)
	}
	if err := h.bring(persistent); err != nil {
		t.Fatal(err)
	}
	if at := when(); !at.Equal(run) || Unused(at) {
		t.Errorf("no change made %s of %s", at, run)
	}
	if err := h.bring(h.withJobs("first")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stamp); err == nil {
		t.Error("a timer that is not persistent has a stamp")
	}
}

func TestEveryFailureLeavesThePreviousJobs(t *testing.T) {
	for call := 1; ; call++ {
		h := newHost(t)
		from, to := h.withJobs("first"), h.version("second", "a.service")
		if err := h.bring(from); err != nil {
			t.Fatal(err)
		}
		h.manager.changes, h.manager.failAt = 0, call
		err := h.bring(to)
		h.manager.failAt = 0
		if err == nil {
			h.mustBe(to)
			if call < 4 {
				t.Error("hardly anything could fail")
			}
			return
		}
		h.mustBe(from)
	}
}
