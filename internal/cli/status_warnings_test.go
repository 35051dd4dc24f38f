package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/plan"
)

func TestStatusWarns(t *testing.T) {
	const sound = "name = \"tasks\"\n[process.a]\ncommand = [\"sh\", \"-c\", \"sleep 1\"]\n"
	for _, test := range []struct {
		name       string
		descriptor string
		change     func(t *testing.T, h *home, s *appStatus, last **plan.Plan)
		want       []string
	}{
		{"all is well", sound, nil, nil},
		{
			"lingering is off", sound, func(_ *testing.T, _ *home, s *appStatus, _ **plan.Plan) { s.Linger = false },
			[]string{"lingering is off: the app ends when you log out; ecounit enable tasks turns it on"},
		},
		{
			"the state is lost", sound, func(_ *testing.T, _ *home, _ *appStatus, last **plan.Plan) { *last = nil },
			[]string{"what was applied last is not known any more, its address neither: ecounit enable tasks writes it again"},
		},
		{
			"the link is gone", sound, func(_ *testing.T, _ *home, s *appStatus, _ **plan.Plan) { s.Descriptor = "" },
			[]string{"the link to the descriptor is gone: ecounit enable in its folder makes it again"},
		},
		{
			"the descriptor is gone", "", nil,
			[]string{"the descriptor cannot be used any more: cannot read HOME/tasks/ecounit.toml: it does not exist"},
		},
		{
			"the descriptor has mistakes", "nam = 1\n", nil,
			[]string{"the descriptor cannot be applied any more: there is nothing to run: none of [web], [process.NAME] and [job.NAME] is there; ecounit check tasks says more"},
		},
		{
			"the descriptor changed", sound + "instances = 2\n", nil,
			[]string{"the descriptor, or what it depends on, changed since: ecounit diff tasks shows it, ecounit enable tasks applies it"},
		},
		{"a unit was edited", sound, func(t *testing.T, h *home, _ *appStatus, _ **plan.Plan) {
			write(t, filepath.Join(h.places.UnitDir(), "tasks.target"), string(edited("tasks.target").Content))
		}, []string{
			"tasks.target was edited by hand since ecounit wrote it",
			"the descriptor, or what it depends on, changed since: ecounit diff tasks shows it, ecounit enable tasks applies it",
		}},
		{"the units are gone", sound, func(t *testing.T, h *home, _ *appStatus, _ **plan.Plan) {
			if err := os.RemoveAll(h.places.UnitDir()); err != nil {
				t.Fatal(err)
			}
		}, []string{
			"its units are gone: ecounit enable tasks writes them again",
			"the descriptor, or what it depends on, changed since: ecounit diff tasks shows it, ecounit enable tasks applies it",
		}},
		{"a change was interrupted", sound, func(t *testing.T, h *home, _ *appStatus, _ **plan.Plan) {
			write(t, filepath.Join(h.places.StateDir("tasks"), "unfinished.json"), "{}")
		}, []string{"a change was interrupted: ecounit enable tasks repairs it"}},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			h, c := testHome(t)
			path := enabled(t, h, "tasks", sound)
			l, err := c.load(t.Context(), h, path)
			if err != nil || l.report.HasErrors() {
				t.Fatal(err, l.report)
			}
			for _, f := range l.units {
				write(t, filepath.Join(h.places.UnitDir(), f.Name), string(f.Content))
			}
			_ = os.Remove(path)
			if test.descriptor != "" {
				write(t, path, test.descriptor)
			}
			s, last := &appStatus{Name: "tasks", Linger: true, Descriptor: path}, l.plan
			if test.change != nil {
				test.change(t, h, s, &last)
			}
			a, err := h.installedApp("tasks")
			if err != nil {
				t.Fatal(err)
			}
			c.compare(t.Context(), h, a, s, last)
			got := strings.ReplaceAll(strings.Join(s.Warnings, "\n"), h.places.Home, "HOME")
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
