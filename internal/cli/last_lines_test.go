package cli

import (
	"slices"
	"strings"
	"testing"

	"ecounit/internal/installed"
	"ecounit/journal"
)

func TestLastLines(t *testing.T) {
	message := func(pid int, text string) journal.Entry { return journal.Entry{PID: pid, Message: text} }
	library := "  File \"<frozen runpy>\", line 88, in _run_code\n  File \"/usr/lib/python3.11/a.py\", line 1, in f\n    g()"
	for _, test := range []struct {
		name    string
		entries []journal.Entry
		n       int
		want    []string
	}{
		{"nothing", nil, 5, nil},
		{"all of them", []journal.Entry{message(1, "a"), message(1, "b\nc")}, 3, []string{"a", "b", "c"}},
		{"the end", []journal.Entry{message(1, "a"), message(1, "b\nc")}, 2, []string{"… shortened; ecounit logs tasks shows every line", "b", "c"}},
		{
			"of an error its cause",
			[]journal.Entry{message(1, "Traceback (most recent call last):\n"+library), message(2, "hello"), message(1, "ValueError: x")},
			20,
			[]string{"… shortened; ecounit logs tasks shows every line", "Traceback (most recent call last):", "  … 2 frames in libraries", "hello", "ValueError: x"},
		},
		{"nothing that moves a terminal", []journal.Entry{message(1, "\x1b]0;x\x07")}, 5, []string{`\x1b]0;x\x07`}},
	} {
		if got := lastLines(test.entries, test.n, "ecounit logs tasks"); !slices.Equal(got, test.want) {
			t.Errorf("%s: %s", test.name, strings.Join(got, "\n"))
		}
	}
}

// TestAllLines: of an app that was not there before, no unit is left that
// ecounit logs could find.
func TestAllLines(t *testing.T) {
	one := &installed.App{Name: "tasks", Services: []string{"tasks.service"}}
	several := &installed.App{Name: "tasks", Services: []string{"tasks.service", "tasks-worker@1.service"}}
	for _, test := range []struct {
		app        *installed.App
		unit, want string
	}{
		{one, "tasks.service", "ecounit logs tasks -n 400"},
		{several, "tasks.service", "ecounit logs tasks -p web -n 400"},
		{several, "tasks-worker@1.service", "ecounit logs tasks -p worker@1 -n 400"},
		{one, "tasks-worker@1.service", "journalctl --user-unit tasks-worker@1.service"},
		{&installed.App{Name: "tasks"}, "tasks.service", "journalctl --user-unit tasks.service"},
	} {
		if got := allLines(test.app, test.unit); got != test.want {
			t.Errorf("%s", got)
		}
	}
}
