package apply

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFoldersThatAreLinksStay: people keep ~/.config/systemd/user elsewhere,
// with files of theirs in it or without.
func TestFoldersThatAreLinksStay(t *testing.T) {
	for _, linked := range []string{".config/systemd", ".config/systemd/user", ".config/ecounit", ".config/ecounit/apps", ".config/systemd/user/default.target.wants"} {
		t.Run(linked, func(t *testing.T) {
			h := newHost(t)
			elsewhere, link := t.TempDir(), filepath.Join(h.Home, linked)
			if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(elsewhere, link); err != nil {
				t.Fatal(err)
			}
			for _, to := range []State{h.version("one", "a.service"), {Linger: true}} {
				if err := h.bring(to); err != nil {
					t.Fatal(err)
				}
				if got, err := os.Readlink(link); got != elsewhere {
					t.Fatalf("the link is gone: %v", err)
				}
			}
		})
	}
}

func TestALinkToNowhereIsAnErrorAndStays(t *testing.T) {
	h := newHost(t)
	link := filepath.Join(h.Home, ".config/systemd")
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere/systemd", link); err != nil {
		t.Fatal(err)
	}
	if err := h.bring(h.version("one", "a.service")); err == nil || !strings.Contains(err.Error(), link+" is a link to /nowhere/systemd, which does not exist") {
		t.Error(err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Error(err)
	}
}

func TestTheUnitFolderStaysWhenItWasThere(t *testing.T) {
	h := newHost(t)
	if err := os.MkdirAll(h.UnitDir(), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, to := range []State{h.version("one", "a.service"), {Linger: true}} {
		if err := h.bring(to); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(h.UnitDir()); err != nil {
		t.Error(err)
	}
}
