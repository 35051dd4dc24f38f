package cutover

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "migrate.json")
	r, err := ReadRecord(path)
	if err != nil || len(r.Moves) != 0 {
		t.Fatal(r, err)
	}
	r.Moves = []Move{{
		Began: time.Unix(1, 0).UTC(), Mark: mark, Lines: []string{"@reboot x"}, Crontab: table,
		Apps: []App{{
			Name: "tasks", Descriptor: "/d", Written: "name = \"tasks\"\n", Enabled: true, Programs: []OfDaemon{{0, "tasks:tasks"}},
			Processes: []Process{{PID: 3, Began: "4", Argv: []string{"a"}, Directory: "/", Environment: []string{"SECRET=x"}}},
		}},
		Daemons: []Daemon{{File: "/s.conf", Programs: []Program{{Name: "tasks:tasks", PID: 5, Runs: true, State: "RUNNING"}}, Servers: []Server{{"unix", "/s", "u", "p"}}}},
	}}
	if err := r.Write(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read secrets: %v %v", info.Mode(), err)
	}
	again, err := ReadRecord(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, again); d != "" {
		t.Error(d)
	}
	again.Moves = nil
	if err := again.Write(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("an empty record stays: %v", err)
	}
	for _, text := range []string{"", "{", `{"version":2,"moves":[]}`, `{"version":1,"moves":[{"apps":[{"programs":[{"daemon":1,"name":"x"}]}]}]}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRecord(path); err == nil {
			t.Errorf("%q is taken for a record", text)
		}
	}
}
