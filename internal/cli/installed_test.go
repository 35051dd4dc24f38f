package cli

import (
	"slices"
	"strings"
	"testing"

	"ecounit/units"
)

func TestProcessName(t *testing.T) {
	for _, test := range []struct{ app, unit, want string }{
		{"tasks", "tasks.service", "web"},
		{"tasks", "tasks-worker.service", "worker"},
		{"tasks", "tasks-worker@2.service", "worker@2"},
		{"a-b", "a-b.service", "web"},
		{"a-b", "a-b-c-d.service", "c-d"},
		{"web", "web-web.service", "web"},
	} {
		if got := processName(test.app, test.unit); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.unit, test.app, got, test.want)
		}
	}
}

func TestInstalled(t *testing.T) {
	a := newInstalled("tasks", []units.File{
		{Name: "tasks.service", Content: []byte("[Service]\nExecReload=/bin/kill -HUP $MAINPID\n")},
		{Name: "tasks-worker@.service", Content: []byte("[Service]\nExecStart=/bin/true\n")},
		{Name: "tasks.target", Content: []byte("[Unit]\nWants=tasks.socket tasks.service tasks-worker@1.service tasks-worker@2.service\n")},
	})
	same := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	same("services", a.services, "tasks.service", "tasks-worker@1.service", "tasks-worker@2.service")
	same("all", a.all(), "tasks.target", "tasks.service", "tasks-worker@1.service", "tasks-worker@2.service", "tasks.socket")
	same("reloadable", a.reloadable(), "tasks.service")
	for process, want := range map[string]string{
		"":         "tasks.service tasks-worker@1.service tasks-worker@2.service",
		"web":      "tasks.service",
		"worker":   "tasks-worker@1.service tasks-worker@2.service",
		"worker@2": "tasks-worker@2.service",
	} {
		got, err := a.process(process)
		if err != nil {
			t.Error(err)
		}
		same("process "+process, got, strings.Fields(want)...)
	}
	_, err := a.process("work")
	if err == nil || err.Error() != `tasks has no process "work"` || hintOf(err) != "its processes are web, worker" {
		t.Errorf("an unknown process: %v, hint %s", err, hintOf(err))
	}

	without := newInstalled("tasks", nil)
	same("without units", without.all(), "tasks.target")
	same("without units", without.reloadable())
}
