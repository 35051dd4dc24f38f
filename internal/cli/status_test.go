package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
)

// whole is a status with everything in it.
func whole() *appStatus {
	long := time.Now().Add(-3 * time.Hour)
	return &appStatus{
		Version: terminal.JSONVersion, Name: "tasks", Description: "Psychology tasks", State: "degraded", Since: &long,
		Enabled: true, Linger: true, Descriptor: "/home/alice/tasks/ecounit.toml",
		Site: &siteStatus{
			Path: "/alice_tasks", Address: "127.0.0.1:13180", standing: standing{Publication: webserver.Outdated}, Include: "/s/alice_tasks.conf",
			Socket: "active", Answer: 200, AnswerTime: 0.0123, Problem: "somebody else listens on the port",
		},
		Processes: []processStatus{
			{Process: "web", Unit: "tasks.service", State: "active", SubState: "running", PID: 42, Since: &long, Restarts: 1, Memory: new(uint64(60 << 20)), Tasks: new(uint64(3)), CPU: new(1.25)},
			{Process: "worker@1", Unit: "tasks-worker@1.service", State: "failed", SubState: "failed", Restarts: 2, Tasks: new(uint64(1)), Failure: "exited with status 3"},
		},
		Warnings:  []string{"tasks.service was edited by hand since ecounit wrote it"},
		LastLines: []string{"Traceback", "ValueError"},
	}
}

func printed(s *appStatus) (data, messages string) {
	var out, err bytes.Buffer
	c := &command{Streams: terminal.Streams{Out: &out, Err: &err}}
	c.printStatus(s)
	return out.String(), err.String()
}

func TestStatusText(t *testing.T) {
	const want = `* tasks - Psychology tasks
       state  degraded for 3 h 0 min; starts at boot
        site  /alice_tasks, published with older settings; the include is now /s/alice_tasks.conf
     address  127.0.0.1:13180, answers 200 in 12 ms, somebody else listens on the port
         web  tasks.service: active for 3 h 0 min, pid 42, restarted once, 3 tasks, 60M, 1.2 s CPU
    worker@1  tasks-worker@1.service: failed, restarted 2 times, 1 task, exited with status 3
  descriptor  /home/alice/tasks/ecounit.toml
  last lines  Traceback
              ValueError
`
	out, messages := printed(whole())
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if messages != "warning: tasks.service was edited by hand since ecounit wrote it\n" {
		t.Errorf("%q", messages)
	}
}

// TestStatusOfASite: how a site stands where there is a host service.
func TestStatusOfASite(t *testing.T) {
	const url = "https://eco.example.ac.uk/alice_tasks/"
	for _, test := range []struct {
		standing
		want, inList string
	}{
		{standing{Publication: webserver.Published}, ", published", url},
		{standing{Publication: webserver.Outdated}, ", published with older settings; ecounit enable publishes it", "/alice_tasks (outdated)"},
		{standing{Publication: webserver.Unpublished}, ", not published; ecounit enable publishes it", "/alice_tasks (unpublished)"},
		{standing{Publication: webserver.Unpublished, Reason: "a mistake in the policy"}, ", not published, a mistake in the policy", "/alice_tasks (unpublished)"},
		{standing{Publication: pending}, ", waits for approval by the administrator", "/alice_tasks (pending)"},
		{standing{Publication: pending, Reason: "the old form is served"}, ", waits for approval by the administrator; the old form is served", "/alice_tasks (pending)"},
		{standing{Publication: rejected, Reason: "not now"}, ", rejected by the administrator, not now", "/alice_tasks (rejected)"},
		{standing{Publication: reserved}, ", withdrawn, and reserved for you; ecounit enable publishes it", "/alice_tasks (reserved)"},
		{standing{Publication: waiting, Reason: "httpd.service does not run"}, ", approved, and not live, httpd.service does not run", "/alice_tasks (not live)"},
		{standing{Publication: webserver.Unknown, Reason: "cannot read it"}, ", whether it is published is not to be told, cannot read it", "/alice_tasks (unknown)"},
	} {
		test.hosted, test.URL = true, url
		out, _ := printed(&appStatus{Name: "tasks", State: "active", Site: &siteStatus{Path: "/alice_tasks", standing: test.standing}})
		if want := "        site  " + url + test.want + "\n"; !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant\n%s", out, want)
		}
		if got := (listed{Path: "/alice_tasks", standing: &test.standing}).address(); got != test.inList {
			t.Errorf("list has %q, want %q", got, test.inList)
		}
	}
}

func TestStatusOfAStoppedApp(t *testing.T) {
	out, _ := printed(&appStatus{
		Name: "tasks", Description: "tasks", State: "inactive", Enabled: true,
		Site:      &siteStatus{Path: "/alice_tasks", Address: "/run/ecounit/4711/tasks.sock", standing: standing{Publication: webserver.Unknown}, Include: "/s/x.conf", Socket: "failed"},
		Processes: []processStatus{{Process: "web", Unit: "tasks.service", State: "inactive"}},
	})
	const want = `* tasks
       state  inactive; starts when you log in
        site  /alice_tasks, whether it is published is not to be told here; the include is /s/x.conf
     address  /run/ecounit/4711/tasks.sock, its socket is failed
         web  tasks.service: inactive
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestStatusIsClean(t *testing.T) {
	s := whole()
	s.Name, s.Description, s.Descriptor = hostile, hostile, hostile
	s.Site.Problem, s.Site.Path = hostile, hostile
	s.Processes[0].Process, s.Processes[0].Failure = hostile, hostile
	s.LastLines, s.Warnings = []string{hostile}, []string{hostile}
	out, messages := printed(s)
	clean(t, out)
	clean(t, messages)
}

// TestStatusJSON: programs read it, so that every name in it is for good.
func TestStatusJSON(t *testing.T) {
	text, err := json.Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		all             map[string]any
		Site            map[string]any
		Processes       []map[string]any
		Warnings, Lines []string
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &document.all); err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]map[string]any{
		"description descriptor enabled last_lines linger name processes since site state version warnings": document.all,
		"address answer answer_seconds include path problem publication socket":                             document.Site,
		"cpu_seconds memory pid process restarts since state sub_state tasks unit":                          document.Processes[0],
		"failure process restarts state sub_state tasks unit":                                               document.Processes[1],
	} {
		if names := strings.Join(slices.Sorted(maps.Keys(got)), " "); names != want {
			t.Errorf("got  %s\nwant %s", names, want)
		}
	}
}
