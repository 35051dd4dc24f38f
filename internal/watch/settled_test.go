package watch

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestFootprint(t *testing.T) {
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := func() [32]byte { return footprint([]string{file, folder}) }
	before := now()
	for _, step := range []struct {
		what    string
		do      func()
		changes bool
	}{
		{"nothing", func() {}, false},
		{"a file is made", func() { write(file) }, true},
		{"a file is touched", func() { do(os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0))) }, true},
		{"a file is replaced", func() { write(file + "2"); do(os.Rename(file+"2", file)) }, true},
		{"a folder is made", func() { do(os.Mkdir(folder, 0o700)) }, true},
		{"a file comes into it", func() { write(folder + "/a") }, true},
		{"a folder in it", func() { do(os.Mkdir(folder+"/sub", 0o700)) }, true},
		{"a file in that", func() { write(folder + "/sub/b"); do(os.Remove(folder + "/sub/b")) }, true}, // the folder's own time
		{"a file beside it", func() { write(filepath.Join(dir, "other")) }, false},
		{"a file is removed", func() { do(os.Remove(file)) }, true},
	} {
		step.do()
		after := now()
		if (before != after) != step.changes {
			t.Errorf("%s: a change is %v", step.what, before != after)
		}
		before = after
	}
}

func TestSettled(t *testing.T) {
	for _, test := range []struct {
		what   string
		writes int // one every half second
		least  time.Duration
		most   time.Duration
	}{
		{"nothing changes any more", 0, quiet, quiet + 2*lookEvery},
		{"changes for two seconds", 4, 2*time.Second + quiet, 2*time.Second + quiet + 3*lookEvery},
		{"changes for ever", 200, restless, restless + 2*lookEvery},
	} {
		synctest.Test(t, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			go func() {
				for i := range test.writes {
					time.Sleep(500 * time.Millisecond)
					if err := os.WriteFile(file, bytes.Repeat([]byte("x"), i), 0o600); err != nil {
						t.Log(err) // the test is over
					}
				}
			}()
			begin := time.Now()
			if err := Settled(t.Context(), []string{file}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took < test.least || took > test.most {
				t.Errorf("%s: took %s", test.what, took)
			}
			time.Sleep(200 * time.Second)
		})
	}
}
