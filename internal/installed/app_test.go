package installed

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
		if got := ProcessName(test.app, test.unit); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.unit, test.app, got, test.want)
		}
	}
}

func TestInstalled(t *testing.T) {
	a := New("tasks", []units.File{
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
	same("services", a.Services, "tasks.service", "tasks-worker@1.service", "tasks-worker@2.service")
	same("all", a.All(), "tasks.target", "tasks.service", "tasks-worker@1.service", "tasks-worker@2.service", "tasks.socket")
	same("reloadable", a.Reloadable(), "tasks.service")
	for process, want := range map[string]string{
		"":         "tasks.service tasks-worker@1.service tasks-worker@2.service",
		"web":      "tasks.service",
		"worker":   "tasks-worker@1.service tasks-worker@2.service",
		"worker@2": "tasks-worker@2.service",
	} {
		same("process "+process, a.Of(process), strings.Fields(want)...)
	}
	same("an unknown process", a.Of("work"))

	without := New("tasks", nil)
	same("without units", without.All(), "tasks.target")
	same("without units", without.Reloadable())
}

func TestInstalledWatch(t *testing.T) {
	a := New("tasks", []units.File{
		{Name: "tasks.target", Content: []byte("[Unit]\nWants=tasks.service tasks-watch.path tasks-watch-2.path\n")},
		{Name: "tasks-watch.service", Content: []byte("[Service]\nType=oneshot\n")},
		{Name: "tasks-watch-apply.service", Content: []byte("[Service]\nType=oneshot\n")},
	})
	if got := strings.Join(a.All(), " "); got != "tasks.target tasks.service tasks-watch.path tasks-watch-2.path" {
		t.Errorf("got %s", got)
	}
	if len(a.Jobs) > 0 || len(a.Services) != 1 {
		t.Errorf("jobs %v, services %v", a.Jobs, a.Services)
	}
}
