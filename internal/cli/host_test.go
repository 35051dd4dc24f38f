package cli

import (
	"os"
	"path/filepath"
	"testing"

	"ecounit/apply"
	"ecounit/detect"
	"ecounit/plan"
)

// testHost is a host with a home of its own and no connection to systemd.
func testHost(t *testing.T) (*host, *command) {
	home := t.TempDir()
	h := &host{places: apply.Places{Home: home}}
	h.Machine = detect.Machine{User: plan.User{Name: "alice", UID: testUID, Home: home}}
	return h, &command{workdir: home}
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
func enabled(t *testing.T, h *host, name, descriptor string) (path string) {
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
