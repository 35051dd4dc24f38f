package webserver

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPublication(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "alice_tasks.conf")
	is := func(want Publication) {
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
	is(Unpublished)
	install("now\n")
	is(Published)
	install("before\n")
	is(Outdated)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil { // cannot be read
		t.Fatal(err)
	}
	is(Unknown)
}
