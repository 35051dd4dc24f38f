package apply

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecounit/units"
)

// TestAnAppMayBeCalledLock: all names that a descriptor allows are free in the
// folder where the lock is.
func TestAnAppMayBeCalledLock(t *testing.T) {
	p := Places{Home: t.TempDir()}
	unlock, err := p.Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	p.removeEmpty("lock")
	if _, err := os.Stat(p.lockFile()); err != nil {
		t.Errorf("the lock went with the app: %v", err)
	}
	if err := p.beginChange("lock", State{}, Made{}); err != nil {
		t.Error(err)
	}
}

func TestTheLastFileOfAnAppTakesItsFoldersWithIt(t *testing.T) {
	p := Places{Home: t.TempDir()}
	ours := []string{p.StateDir("tasks"), p.AppsDir(), filepath.Dir(p.BootLink("tasks-hello.service"))}
	for _, dir := range ours {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.removeEmpty("tasks")
	for _, dir := range ours {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s is still there", dir)
		}
	}
}

// TestHoldersWaitForNothing: what has a name of ours may be anything.
func TestHoldersWaitForNothing(t *testing.T) {
	p := Places{Home: t.TempDir()}
	if err := os.MkdirAll(p.UnitDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(p.UnitDir(), name) }
	ours := units.Stamp("tasks", "/d", "tasks.service", []byte("[Service]\n"))
	huge := append(units.Stamp("tasks", "/d", "tasks-huge.service", []byte("[Service]\n")), make([]byte, maxUnitFile)...)
	for name, content := range map[string][]byte{"tasks.service": ours, "tasks-huge.service": huge, "theirs": ours} {
		if err := os.WriteFile(at(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(
		os.Symlink(at("theirs"), at("tasks-link.service")),
		os.Symlink("/dev/null", at("tasks-masked.service")),
		os.Mkdir(at("tasks-folder.service"), 0o700),
		syscall.Mkfifo(at("tasks-pipe.service"), 0o600),
		syscall.Mkfifo(at(".tasks-pipe.service1"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	found := make(chan []Holder, 1)
	go func() {
		p.removeStaged("tasks")
		found <- p.Holders("tasks", []string{
			"tasks.service", "tasks-link.service", "tasks-none.service",
			"tasks-huge.service", "tasks-masked.service", "tasks-folder.service", "tasks-pipe.service",
		})
	}()
	want := []Holder{}
	for _, name := range []string{"tasks-huge.service", "tasks-masked.service", "tasks-folder.service", "tasks-pipe.service"} {
		want = append(want, Holder{name, at(name)})
	}
	select {
	case got := <-found:
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	case <-time.After(time.Minute):
		t.Error("it still waits for a pipe")
	}
}
