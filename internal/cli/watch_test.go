package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ecounit/units"
)

func TestFootprint(t *testing.T) {
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := func() [32]byte { return footprint([]string{file, folder}) }
	before := now()
	for _, step := range []struct {
		what    string
		do      func()
		changes bool
	}{
		{"nothing", func() {}, false},
		{"a file is made", func() { write(file) }, true},
		{"a file is touched", func() { do(os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0))) }, true},
		{"a file is replaced", func() { write(file + "2"); do(os.Rename(file+"2", file)) }, true},
		{"a folder is made", func() { do(os.Mkdir(folder, 0o700)) }, true},
		{"a file comes into it", func() { write(folder + "/a") }, true},
		{"a folder in it", func() { do(os.Mkdir(folder+"/sub", 0o700)) }, true},
		{"a file in that", func() { write(folder + "/sub/b"); do(os.Remove(folder + "/sub/b")) }, true}, // the folder's own time
		{"a file beside it", func() { write(filepath.Join(dir, "other")) }, false},
		{"a file is removed", func() { do(os.Remove(file)) }, true},
	} {
		step.do()
		after := now()
		if (before != after) != step.changes {
			t.Errorf("%s: a change is %v", step.what, before != after)
		}
		before = after
	}
}

func TestSettled(t *testing.T) {
	for _, test := range []struct {
		what   string
		writes int // one every half second
		least  time.Duration
		most   time.Duration
	}{
		{"nothing changes any more", 0, quiet, quiet + 2*lookEvery},
		{"changes for two seconds", 4, 2*time.Second + quiet, 2*time.Second + quiet + 3*lookEvery},
		{"changes for ever", 200, restless, restless + 2*lookEvery},
	} {
		synctest.Test(t, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			go func() {
				for i := range test.writes {
					time.Sleep(500 * time.Millisecond)
					if err := os.WriteFile(file, bytes.Repeat([]byte("x"), i), 0o600); err != nil {
						t.Log(err) // the test is over
					}
				}
			}()
			begin := time.Now()
			if err := settled(t.Context(), []string{file}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took < test.least || took > test.most {
				t.Errorf("%s: took %s", test.what, took)
			}
			time.Sleep(200 * time.Second)
		})
	}
}

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
		c := &command{Streams: Streams{Out: &out}}
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

func TestInstalledWatch(t *testing.T) {
	a := newInstalled("tasks", []units.File{
		{Name: "tasks.target", Content: []byte("[Unit]\nWants=tasks.service tasks-watch.path tasks-watch-2.path\n")},
		{Name: "tasks-watch.service", Content: []byte("[Service]\nType=oneshot\n")},
		{Name: "tasks-watch-apply.service", Content: []byte("[Service]\nType=oneshot\n")},
	})
	if got := strings.Join(a.all(), " "); got != "tasks.target tasks.service tasks-watch.path tasks-watch-2.path" {
		t.Errorf("got %s", got)
	}
	if len(a.jobs) > 0 || len(a.services) != 1 {
		t.Errorf("jobs %v, services %v", a.jobs, a.services)
	}
}
