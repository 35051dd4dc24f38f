package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files that are closed need an ordinary user: the machine test has those.
func TestExplain(t *testing.T) {
	const id = machineID
	for _, test := range []struct {
		name  string
		uid   int
		files []string
		want  Reason
	}{
		{"persistent", 1000, []string{"var/log/journal/" + id + "/user-1000.journal"}, ""},
		{"nothing written yet", 1000, []string{"var/log/journal/" + id + "/other"}, ""},
		{"administrator", 900, []string{"var/log/journal/" + id + "/system.journal"}, ""},
		{"administrator, volatile", 1000, []string{"run/log/journal/" + id + "/system.journal"}, ""},
		{"volatile", 1000, []string{"run/log/journal/" + id + "/other"}, Volatile},
		{"not flushed yet", 1000, []string{"run/log/journal/" + id + "/other", "var/log/journal/" + id + "/system.journal"}, Volatile},
		{"not kept", 1000, []string{"var/log/wtmp"}, NotKept},
		{"system user", 900, []string{"var/log/journal/" + id + "/other"}, SystemUser},
		{"dynamic user", 61184, []string{"var/log/journal/" + id + "/other"}, SystemUser},
		{"nobody", 65534, []string{"var/log/journal/" + id + "/other"}, SystemUser},
		{"directory user", 1518400001, []string{"var/log/journal/" + id + "/other"}, SystemUser},
		{"directory user with a journal", 1518400001, []string{"var/log/journal/" + id + "/user-1518400001.journal"}, ""},
		{"high, and no container's", 200001, []string{"var/log/journal/" + id + "/other"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := Journal{Program: "/bin/sh", Root: t.TempDir(), UID: test.uid}
			j.file(t, "etc/machine-id", id+"\n")
			for _, file := range test.files {
				j.file(t, file, "")
			}
			check(t, j.Explain(), test.want)
		})
	}
	t.Run("no machine id", func(t *testing.T) {
		check(t, Journal{Program: "/bin/sh", Root: t.TempDir(), UID: 1000}.Explain(), "")
	})
	t.Run("program", func(t *testing.T) {
		check(t, Journal{Program: filepath.Join(t.TempDir(), "journalctl"), Root: "/", UID: os.Getuid()}.Explain(), NoProgram)
	})
}

func check(t *testing.T, err error, want Reason) {
	t.Helper()
	var closed *Unreadable
	if !errors.As(err, &closed) {
		closed = &Unreadable{}
	}
	if closed.Reason != want {
		t.Errorf("got %v, want %q", err, want)
	}
	if err == nil {
		return
	}
	if closed.Hint() == "" || !strings.HasPrefix(err.Error(), "cannot read the journal: ") {
		t.Errorf("got %q and %q", err, closed.Hint())
	}
}
