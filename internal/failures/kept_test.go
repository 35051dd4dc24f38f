package failures

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ecounit/notice"
)

func TestWhatIsStoppedFailsNoMore(t *testing.T) {
	f := Kept{filepath.Join(t.TempDir(), "app")}
	for process, isJob := range map[string]bool{"worker": false, "nightly": true} {
		if err := f.Write(process, &notice.Episode{Unit: "app-" + process + ".service", Job: isJob}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Stopped(); err != nil {
		t.Fatal(err)
	}
	if got := f.Processes(); !slices.Equal(got, []string{"nightly"}) {
		t.Errorf("%q", got)
	}
}

// TestWhatAnotherVersionWroteOfFailuresCountsAsNothing: else no process would
// be told of until the next boot.
func TestWhatAnotherVersionWroteOfFailuresCountsAsNothing(t *testing.T) {
	for _, text := range []string{"", "{", "[]", "null", `{"since": 1, "of": 2}`, `{"since": "yesterday", "sent": [1]}`} {
		f := Kept{filepath.Join(t.TempDir(), "app")}
		if err := os.MkdirAll(f.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{f.file("worker"), filepath.Join(f.dir, toldFile)} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if e, err := f.Episode("worker"); e != nil || err != nil {
			t.Errorf("%q: %v, %v", text, e, err)
		}
		if err := f.Tell(func(s *Told) { s.Of["worker"] = Telling{At: time.Now()} }); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if s, err := f.Told(); err != nil || len(s.Of) != 1 || len(s.Sent) != 0 {
			t.Errorf("%q: %v, %v", text, s, err)
		}
		if err := f.Write("worker", &notice.Episode{Unit: "app-worker.service"}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if e, err := f.Episode("worker"); err != nil || e == nil || e.Unit != "app-worker.service" {
			t.Errorf("%q: %v, %v", text, e, err)
		}
	}
}
