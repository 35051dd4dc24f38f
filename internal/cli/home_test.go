package cli

import (
	"os"
	"path/filepath"
	"testing"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/plan"
)

// testHome is a user with a home of their own and no connection to systemd.
func testHome(t *testing.T) (*home, *command) {
	dir := t.TempDir()
	c := &command{workdir: dir, at: place{root: t.TempDir()}}
	return c.homeOf(detect.Machine{User: plan.User{Name: "alice", UID: testUID, Home: dir}}), c
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// enabled links the descriptor of an app, as enable does.
func enabled(t *testing.T, h *home, name, descriptor string) (path string) {
	t.Helper()
	path = filepath.Join(h.places.Home, name, "ecounit.toml")
	if descriptor != "" {
		write(t, path, descriptor)
	}
	if err := os.MkdirAll(h.places.AppsDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, h.places.AppLink(name)); err != nil {
		t.Fatal(err)
	}
	return path
}

func parsed(t *testing.T, text string) *descriptor.Descriptor {
	t.Helper()
	d, mistakes := descriptor.Parse("ecounit.toml", []byte(text))
	if mistakes.HasErrors() {
		t.Fatal(mistakes.Entries())
	}
	return d
}
