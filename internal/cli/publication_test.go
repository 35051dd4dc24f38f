package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPublication(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "alice_tasks.conf")
	is := func(want publication) {
		t.Helper()
		if got := publicationOf(path, []byte("now\n")); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	install := func(content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	is(unpublished)
	install("now\n")
	is(published)
	install("before\n")
	is(outdated)
	if os.Geteuid() == testUID {
		if err := os.Chmod(dir, 0); err != nil {
			t.Fatal(err)
		}
		is(unknown)
		_ = os.Chmod(dir, 0o700) //nolint:gosec // so that it can be removed
	}
}
