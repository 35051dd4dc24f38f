package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"ecounit/internal/terminal"
)

func TestPrintWatch(t *testing.T) {
	ago := time.Now().Add(-3 * time.Minute)
	for want, w := range map[string]watchStatus{
		"app.py, git; no change since the start":                                               {State: "active"},
		"app.py, git; the change of 3 min ago is in use":                                       {State: "active", Last: changeApplied, LastAt: &ago},
		"app.py, git; a change is being taken up":                                              {State: "active", Last: changeApplying},
		"app.py, git, the change of 3 min ago does not load, so the version before it goes on": {State: "active", Last: changeRefused, LastAt: &ago},
		"app.py, git, the app did not come up with the change of 3 min ago":                    {State: "active", Last: changeFailed, LastAt: &ago},
		"app.py, git, stopped":                                                                 {State: "inactive", Last: changeApplied, LastAt: &ago},
		"app.py, git, not all of it is watched: a resource ran out":                            {State: "failed", Problem: "a resource ran out"},
	} {
		w.Paths, w.Git, w.directory = []string{"/home/alice/app/app.py"}, true, "/home/alice/app/"
		var out bytes.Buffer
		c := &command{Streams: terminal.Streams{Out: &out}}
		c.printWatch(&w)
		if got := strings.TrimSpace(out.String()); got != "watch  "+want {
			t.Errorf("got  %s\nwant watch  %s", got, want)
		}
	}
}

// A start of everything since a change failed is another story than the change.
func TestWatchOvertaken(t *testing.T) {
	failed, before, after, now := time.Unix(100, 0), time.Unix(50, 0), time.Unix(150, 0), time.Now()
	w := &watchStatus{LastAt: &failed}
	for _, test := range []struct {
		processes []processStatus
		want      bool
	}{
		{[]processStatus{{State: "active", Since: &before}}, false},
		{[]processStatus{{State: "active", Since: &after}}, true},
		{[]processStatus{{State: "active", Since: &after}, {State: "active", Since: &before}}, false},
		{[]processStatus{{State: "activating"}}, false},
		{[]processStatus{{State: "active", Since: &now}}, true},
		{[]processStatus{{State: "active", Since: &now, Restarts: 3}}, false}, // it crashes each time
		{[]processStatus{{State: "active", Since: &after, Restarts: 3}}, true},
	} {
		if got := w.overtaken(test.processes); got != test.want {
			t.Errorf("%+v: %v", test.processes, got)
		}
	}
}
