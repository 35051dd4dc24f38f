package jobs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestAUnitRunsForOneCallerAtATime(t *testing.T) {
	r := New(t.TempDir())
	var running, most atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			release, err := r.turn(t.Context(), "x.service")
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(time.Millisecond)
			running.Add(-1)
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at a time", most.Load())
	}
}

func TestWhoGivesUpDoesNotWaitForTheirTurn(t *testing.T) {
	r := New(t.TempDir())
	release, err := r.turn(t.Context(), "x.service")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.turn(ctx, "x.service"); err == nil {
		t.Error("two at a time")
	}
	other, err := r.turn(t.Context(), "y.service")
	if err != nil {
		t.Fatal(err)
	}
	other()
}

func TestHeadIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "output")
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 10*maxOutput)), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := head(path); len(got) != maxOutput || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
