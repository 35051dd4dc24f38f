package publish

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/plan"
)

func mustEqual(t *testing.T, got, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files differ (-want +got):\n%s", diff)
	}
}

func (b *bench) finding(result Result, words string) {
	b.Helper()
	for _, f := range result.Findings {
		if strings.Contains(f.What, words) {
			return
		}
	}
	b.Errorf("no finding with %q in %+v", words, result.Findings)
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	b := newBench(t)
	secret := filepath.Join(t.TempDir(), "secret.conf")
	if err := os.WriteFile(secret, []byte(madeByUs(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(b.web.IncludeDir(), name) }
	b.write("README", "mine")
	b.write("alice_own.conf", "# an administrator's\n")
	b.write("alice_a.conf~", madeByUs(t))
	for _, err := range []error{
		os.Symlink(secret, at("alice_link.conf")), syscall.Mkfifo(at("alice_fifo.conf"), 0o644), os.Mkdir(at("alice_dir.conf"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	before := b.includes()
	wanted := []plan.Site{
		site("a", 8001), site("own", 8002), site("link", 8003), site("fifo", 8004), site("dir", 8005),
	}
	for range 2 {
		result := b.publish(wanted...)
		b.live(result, "alice_a")
		for id, words := range map[string]string{
			"alice_own": "ecounit did not make it", "alice_link": "a symbolic link", "alice_fifo": "a FIFO", "alice_dir": "a folder",
		} {
			b.finding(result, words)
			if !strings.Contains(result.Sites[id].Problem, words) {
				t.Errorf("%s: %+v", id, result.Sites[id])
			}
		}
		b.finding(result, "README is not a file of ecounit's")
	}
	b.publish()
	after := b.includes()
	delete(after, apache.GenerationName)
	mustEqual(t, after, before)
}

func TestInstalledByHand(t *testing.T) {
	b := newBench(t)
	b.write("alice_a.conf", rendered(t, site("a", 8001)))
	b.write("alice_b.conf", rendered(t, site("b", 8002)))
	bob := plan.Site{Owner: "bob", App: "x", Path: "/alice_b", Port: 8009, Prefix: plan.PrefixKeep, Timeout: 1e9}
	result := b.publish(bob)
	b.finding(result, "the site alice_a was installed by hand")
	if result.Sites["bob_x"].Problem != "the path /alice_b is served for alice_b" {
		t.Errorf("result: %+v", result)
	}
	found, err := ByHand(b.store, b.web)
	if err != nil || len(found) != 2 || found[1].Path != "/alice_b" || found[1].Port != 8002 || found[1].ID() != "alice_b" {
		t.Errorf("by hand: %+v, error %v", found, err)
	}
	b.did()

	// Taken over as it is; from then on it is ours, and goes when it is withdrawn.
	result = b.publish(site("a", 8001))
	b.expectCalls("running")
	found, err = ByHand(b.store, b.web)
	if err != nil || len(found) != 1 {
		t.Errorf("by hand: %+v, error %v", found, err)
	}
	b.publish()
	if there := b.includes(); there["alice_a.conf"] != "" || there["alice_b.conf"] == "" {
		t.Errorf("in the folder: %v", there)
	}
}

func TestFolderIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(b *bench, dir string) error{
		"missing":         func(_ *bench, dir string) error { return os.Remove(dir) },
		"group writable":  func(_ *bench, dir string) error { return os.Chmod(dir, 0o775) },
		"world writable":  func(_ *bench, dir string) error { return os.Chmod(dir, 0o757) },
		"somebody else's": func(b *bench, _ string) error { b.owner++; return nil },
		"a link": func(_ *bench, dir string) error {
			return errors.Join(os.Rename(dir, dir+".real"), os.Symlink(dir+".real", dir))
		},
		"a file": func(_ *bench, dir string) error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o644)) },
		"a generation that is a link": func(_ *bench, dir string) error {
			return os.Symlink("/etc/passwd", filepath.Join(dir, apache.GenerationName))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := spoil(b, b.web.IncludeDir()); err != nil {
				t.Fatal(err)
			}
			_, err := b.Publish(t.Context(), Wanted{Sites: []plan.Site{site("a", 8001)}})
			var refusal *host.Error
			if !errors.As(err, &refusal) || refusal.Kind != host.BadSetup || !strings.HasPrefix(err.Error(), "cannot ") {
				t.Errorf("error %v", err)
			}
			b.expectCalls("")
		})
	}
}
