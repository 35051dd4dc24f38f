package cli

import (
	"context"
	"errors"
	"testing"

	"ecounit/apply"
	"ecounit/internal/hint"
	"ecounit/units"
)

// edited is the file of an app that somebody changed since it was written.
func edited(name string) units.File {
	return units.File{Name: name, Content: append(units.Stamp("tasks", "/d", name, []byte("[Unit]\n")), "Nice=3\n"...)}
}

func TestUntouched(t *testing.T) {
	written := units.File{Name: "tasks.service", Content: units.Stamp("tasks", "/d", "tasks.service", []byte("[Unit]\n"))}
	for _, test := range []struct {
		name       string
		from, to   []units.File
		links      []apply.Record
		force      bool
		want, hint string
	}{
		{name: "nobody edited it", from: []units.File{written}},
		{name: "it stays as it is", from: []units.File{edited("tasks.service")}, to: []units.File{edited("tasks.service")}},
		{name: "forced", from: []units.File{edited("tasks.service")}, force: true},
		{
			name: "another text", from: []units.File{edited("tasks.service")}, to: []units.File{written},
			want: "cannot overwrite tasks.service: edited by hand since ecounit wrote it",
			hint: "move the edit to a drop-in with systemctl --user edit tasks.service, or overwrite it with --force",
		},
		{
			name: "to be removed", from: []units.File{edited(`app-a\x2db.slice`)},
			want: `cannot remove app-a\x2db.slice: edited by hand since ecounit wrote it`,
			hint: `move the edit to a drop-in with systemctl --user edit 'app-a\x2db.slice', or remove it with --force`,
		},
		{
			name: "another file has its name", from: []units.File{edited("tasks.service")}, to: []units.File{edited("tasks.service")},
			links: []apply.Record{{Path: "/u/default.target.wants/tasks.service", Link: "/u/tasks.service"}},
		},
	} {
		change := apply.Change{App: "tasks", UnitDir: "/u", From: apply.State{Units: test.from}, To: apply.State{Units: test.to, Records: test.links}}
		err := untouched(change, test.force)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want || err != nil && hint.Of(err) != test.hint {
			t.Errorf("%s: %q, hint %q", test.name, got, hint.Of(err))
		}
	}
}

func TestExplain(t *testing.T) {
	crashed := errors.New("tasks.service exited with status 3")
	there := apply.State{Units: []units.File{{Name: "tasks.service"}}}
	for _, test := range []struct {
		name       string
		change     apply.Change
		failure    apply.Failure
		want, hint string
	}{
		{
			"a new app",
			apply.Change{},
			apply.Failure{Err: crashed},
			"tasks.service exited with status 3", "nothing of tasks was left behind; ecounit run shows what it prints",
		},
		{
			"a new version",
			apply.Change{From: there},
			apply.Failure{Err: crashed, Previous: true},
			"tasks.service exited with status 3", "the previous version of tasks runs again, and its units are as they were",
		},
		{
			"an app that was stopped",
			apply.Change{From: there},
			apply.Failure{Err: crashed},
			"tasks.service exited with status 3", "tasks is as it was before: enabled, and not running",
		},
		{
			"after an interrupted change",
			apply.Change{Previous: &there},
			apply.Failure{Err: crashed},
			"tasks.service exited with status 3", "tasks is as it was before: enabled, and not running",
		},
		{
			"Ctrl-C",
			apply.Change{From: there},
			apply.Failure{Err: context.Canceled, Previous: true},
			"interrupted", "the previous version of tasks runs again, and its units are as they were",
		},
		{
			"no way back",
			apply.Change{From: there},
			apply.Failure{Err: context.Canceled, Back: errors.New("the disk is full")},
			"interrupted; and cannot go back to what was there before: the disk is full",
			"ecounit status tasks shows what is there; ecounit enable repairs it",
		},
	} {
		test.change.App = "tasks"
		err := explain(test.change, &test.failure)
		if err.Error() != test.want || hint.Of(err) != test.hint {
			t.Errorf("%s: %q, hint %q", test.name, err, hint.Of(err))
		}
	}
}
