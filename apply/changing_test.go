package apply

import (
	"os"
	"path/filepath"
	"testing"
)

// A mark without a lock is of a change that was killed, and a lock without a
// mark of a change of another app.
func TestChanging(t *testing.T) {
	p := Places{Home: t.TempDir()}
	want := func(when string, want bool) {
		t.Helper()
		if got := p.Changing("tasks"); got != want {
			t.Errorf("%s: %v", when, got)
		}
	}
	want("at first", false)
	unlock, err := p.Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want("locked for another app", false)
	if err := os.MkdirAll(p.StateDir("tasks"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.StateDir("tasks"), "unfinished.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want("under way", true)
	unlock()
	want("killed", false)
	if unlock, err = p.Lock(t.Context(), nil); err != nil {
		t.Fatal("asking took the lock away", err)
	}
	unlock()
}
