package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestCtrlCEndsTheSearchForAServer: asking the servers of the host may take
// long, and what comes of it after Ctrl-C is no mistake of the descriptor's.
func TestCtrlCEndsTheSearchForAServer(t *testing.T) {
	h, c := testHome(t)
	t.Setenv("HOME", c.workdir)
	t.Setenv("USER", "alice")
	c.uid = testUID
	c.getenv = func(string) string { return "" }
	*h = *c.homeOf(h.Machine)
	path := filepath.Join(c.workdir, "ecounit.toml")
	write(t, path, "name = \"tasks\"\n[process.a]\ncommand = \"sleep 1\"\n[database]\npostgres = true\n")
	if l, err := c.load(canceled(), h, path); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %+v", err, l)
	}
	if db, err := c.databaseOf(canceled(), path); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %+v", err, db)
	}
}

func TestCtrlCEndsTheReadingOfOldFiles(t *testing.T) {
	h, c := testHome(t)
	files := []string{filepath.Join(c.workdir, "one.conf"), filepath.Join(c.workdir, "two.conf")}
	for _, file := range files {
		if err := os.WriteFile(file, []byte("[supervisord]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.reader(h).Supervisor(canceled(), files, ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
