package cli

import (
	"bytes"
	"testing"

	"ecounit/apply"
	"ecounit/internal/terminal"
)

// TestChangeDocument: programs read it, so that every name in it is for good.
func TestChangeDocument(t *testing.T) {
	steps := []apply.Step{
		{Action: apply.Linger},
		{Action: apply.Stop, Units: []string{"tasks-old.service"}},
		{Action: apply.Write, Files: []apply.FileChange{
			{Path: "/u/tasks.service", After: []byte("[Service]\nA=<b>\n"), Mode: 0o644},
			{Path: "/u/tasks.socket", Before: []byte("old\n"), After: []byte{}, Mode: 0o644},
			{Path: "/u/tasks-old.service", Before: []byte("gone\n")},
			{Path: "/a/tasks.toml", Link: "/home/alice/tasks/ecounit.toml"},
			{Path: "/s/odd", Before: []byte("\xff\x00"), After: []byte("\xfe")},
		}},
		{Action: apply.Start, Units: []string{"tasks.service", "tasks.target"}},
	}
	const want = `{
  "version": 1,
  "app": "tasks",
  "changed": true,
  "steps": [
    {
      "action": "linger"
    },
    {
      "action": "stop",
      "units": [
        "tasks-old.service"
      ]
    },
    {
      "action": "write",
      "files": [
        {
          "path": "/u/tasks.service",
          "action": "create",
          "after": "[Service]\nA=<b>\n"
        },
        {
          "path": "/u/tasks.socket",
          "action": "change",
          "before": "old\n",
          "after": ""
        },
        {
          "path": "/u/tasks-old.service",
          "action": "remove",
          "before": "gone\n"
        },
        {
          "path": "/a/tasks.toml",
          "action": "create",
          "link": "/home/alice/tasks/ecounit.toml"
        },
        {
          "path": "/s/odd",
          "action": "change",
          "before_base64": "/wA=",
          "after_base64": "/g=="
        }
      ]
    },
    {
      "action": "start",
      "units": [
        "tasks.service",
        "tasks.target"
      ]
    }
  ]
}
`
	documentIs(t, changeDocument("tasks", steps, siteChange{}), want)
	documentIs(t, changeDocument("tasks", nil, siteChange{}), `{
  "version": 1,
  "app": "tasks",
  "changed": false,
  "steps": []
}
`)
}

func documentIs(t *testing.T, document any, want string) {
	t.Helper()
	var out bytes.Buffer
	if err := (terminal.Streams{Out: &out}).JSON(document); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got %s\nwant %s", out.String(), want)
	}
}

func TestDryRun(t *testing.T) {
	var out, messages bytes.Buffer
	c := &command{Streams: terminal.Streams{Out: &out, Err: &messages}}
	change := apply.Change{App: "tasks", UnitDir: "/u", From: apply.State{Enabled: true, Running: []string{"tasks.service"}}}
	if err := c.dryRun(change, siteChange{}, false); err != nil {
		t.Fatal(err)
	}
	const want = "stop     tasks.service\ndisable  tasks.target\nreload   the user's systemd manager\nforget   failures of tasks.service\n"
	if out.String() != want || messages.Len() != 0 {
		t.Errorf("%q and %q", out.String(), messages.String())
	}
	out.Reset()
	if err := c.dryRun(apply.Change{App: "tasks"}, siteChange{}, false); err != nil {
		t.Fatal(err)
	}
	if out.Len() != 0 || messages.String() != "ok     tasks        is as it should be, nothing to do\n" {
		t.Errorf("%q and %q", out.String(), messages.String())
	}
}

func TestDiffFile(t *testing.T) {
	show := func(style terminal.Style, f apply.FileChange, inFull bool) string {
		var out bytes.Buffer
		c := &command{Streams: terminal.Streams{Out: &out, OutStyle: style}}
		c.diffFile(f, inFull)
		return out.String()
	}
	changed := apply.FileChange{Path: "/u/x.service", Before: []byte("a\nb\n"), After: []byte("a\nc\n")}
	if got, want := show(terminal.Style{}, changed, true), "--- /u/x.service\n+++ /u/x.service\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got, want := show(terminal.Style{}, changed, false), "change   /u/x.service\n"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got, want := show(terminal.Style{}, apply.FileChange{Path: "/a/x.toml", Link: "/h/x.toml"}, false), "create   /a/x.toml -> /h/x.toml\n"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	clean(t, show(terminal.Style{Terminal: true}, apply.FileChange{Path: "/u/x", After: []byte("a\x1b]0;title\x07b\n")}, true))
	if got, want := show(terminal.Style{Terminal: true, Color: true}, changed, true), "\x1b[31m-b\x1b[0m\n\x1b[32m+c\x1b[0m\n"; !bytes.HasSuffix([]byte(got), []byte(want)) {
		t.Errorf("in colour: %q", got)
	}
}
