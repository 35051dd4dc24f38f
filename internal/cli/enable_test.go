package cli

import (
	"bytes"
	"testing"
	"time"

	"ecounit/apply"
	"ecounit/plan"
)

func TestEnableTellsStepByStep(t *testing.T) {
	h, c := testHome(t)
	var messages bytes.Buffer
	c.Err = &messages
	r := &enableReport{
		command: c,
		loaded:  &loaded{shown: "ecounit.toml", plan: &plan.Plan{Name: "tasks", Web: &plan.Web{Site: plan.Site{Path: "/alice_tasks"}}}},
		change:  apply.Change{App: "tasks", UnitDir: "/h/.config/systemd/user", To: apply.State{Linger: true}},
	}
	r.loaded.include.Name = "nobody_has_this.conf"
	r.begin()
	r.step(apply.Step{Action: apply.Linger}, apply.Outcome{Took: time.Second})
	r.step(apply.Step{Action: apply.Write, Files: []apply.FileChange{
		{Path: "/h/.config/systemd/user/tasks.service"}, {Path: "/h/.config/systemd/user/tasks.target"}, {Path: "/h/.local/state/systemd/user/other.service"}, {Path: "/h/.local/state/ecounit/tasks/plan.json"},
	}}, apply.Outcome{})
	r.step(apply.Step{Action: apply.Reload}, apply.Outcome{})
	r.step(apply.Step{Action: apply.Restart}, apply.Outcome{Took: 200 * time.Millisecond})
	r.step(apply.Step{Action: apply.Start}, apply.Outcome{Took: 100 * time.Millisecond})
	r.step(apply.Step{Action: apply.Health}, apply.Outcome{Took: 100 * time.Millisecond, Status: 200})
	r.end(h, siteChange{})
	want := `ok     descriptor   ecounit.toml
ok     units        tasks.service tasks.target
ok     lingering    on: starts at boot, survives logout
ok     started      in 0.4 s, answers 200
note   published    not yet: send your administrator ` + h.places.RequestFile("tasks") + "\n"
	if messages.String() != want {
		t.Errorf("got\n%s\nwant\n%s", messages.String(), want)
	}
}

func TestEnableTellsThatNothingIsToDo(t *testing.T) {
	h, c := testHome(t)
	var messages bytes.Buffer
	c.Err = &messages
	r := &enableReport{command: c, loaded: &loaded{plan: &plan.Plan{Name: "tasks"}}}
	r.begin()
	r.end(h, siteChange{})
	if want := "ok     tasks        is as it should be, nothing to do\n"; messages.String() != want {
		t.Errorf("got %q, want %q", messages.String(), want)
	}
}

// TestEnableTellsOfASmallChange: nothing was written, one process was started.
func TestEnableTellsOfASmallChange(t *testing.T) {
	h, c := testHome(t)
	var messages bytes.Buffer
	c.Err = &messages
	r := &enableReport{command: c, loaded: &loaded{plan: &plan.Plan{Name: "tasks"}}}
	r.step(apply.Step{Action: apply.Start}, apply.Outcome{Took: 100 * time.Millisecond})
	r.step(apply.Step{Action: apply.Health}, apply.Outcome{Took: time.Second})
	r.end(h, siteChange{})
	const want = "ok     started      in 1.1 s\nok     lingering    on: starts at boot, survives logout\n"
	if messages.String() != want {
		t.Errorf("got %q, want %q", messages.String(), want)
	}
}
