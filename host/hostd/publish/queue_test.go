package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ecounit/plan"
)

// wishes is what is wanted at the moment.
type wishes struct {
	mu    sync.Mutex
	sites []plan.Site
}

func (w *wishes) add(s plan.Site) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sites = append(w.sites, s)
}

func (w *wishes) wanted() Wanted {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Wanted{Sites: append([]plan.Site(nil), w.sites...)}
}

func (b *bench) reloads() int {
	b.fake.mu.Lock()
	defer b.fake.mu.Unlock()
	return strings.Count(strings.Join(b.fake.calls, " "), "reload")
}

// started runs a queue until the test of the bubble ends.
func (b *bench) started(t *testing.T, w *wishes) *Queue {
	q := NewQueue(b.Publisher, w.wanted, func(Result, error) {})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { q.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return q
}

func TestManyCallersShare(t *testing.T) {
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		w := &wishes{}
		q := b.started(t, w)
		var all sync.WaitGroup
		begin := time.Now()
		for i := range 1000 {
			all.Go(func() {
				s := site(fmt.Sprintf("s%d", i), 8001+i)
				w.add(s)
				result, err := q.Publish(t.Context())
				if err != nil || !result.Sites[s.ID()].Live {
					t.Errorf("%s: %+v, error %v", s.ID(), result.Sites[s.ID()], err)
				}
			})
		}
		all.Wait()
		if n, took := b.reloads(), time.Since(begin); n > 10 || took > 20*time.Second {
			t.Errorf("%d reloads in %v", n, took)
		}
		if q.Busy() {
			t.Error("still busy")
		}
	})
	b.tidy()
}

// Three at once, then one every two seconds; who changes nothing does not wait.
func TestReloadsAreLimited(t *testing.T) {
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		w := &wishes{}
		q := b.started(t, w)
		begin := time.Now()
		for i, want := range []time.Duration{0, 0, 0, 2, 4, 6} {
			w.add(site(fmt.Sprintf("s%d", i), 8001+i))
			if _, err := q.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(begin); got != want*time.Second {
				t.Errorf("reload %d after %v, not after %v s", i, got, int(want))
			}
		}
		for range 10 {
			if _, err := q.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(begin); got != 6*time.Second || b.reloads() != 6 {
			t.Errorf("%d reloads after %v", b.reloads(), got)
		}
		time.Sleep(time.Hour) // saves up no more than three
		for i := range 4 {
			w.add(site(fmt.Sprintf("t%d", i), 9001+i))
			if _, err := q.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(begin) - time.Hour; got != 8*time.Second {
			t.Errorf("after an hour's rest four took %v", got-6*time.Second)
		}
	})
}

func TestCallerGivesUp(t *testing.T) {
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		w := &wishes{}
		q := b.started(t, w)
		for i := range 3 {
			w.add(site(fmt.Sprintf("s%d", i), 8001+i))
			if _, err := q.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.add(site("late", 8009))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.Publish(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if !q.Busy() {
			t.Error("not busy, though the site is not published")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if q.Busy() || b.fake.running["alice_late.conf"] == "" {
			t.Error("not published, since one caller gave up")
		}
	})
}

func TestQueueEnds(t *testing.T) {
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		w := &wishes{}
		told := 0
		q := NewQueue(b.Publisher, w.wanted, func(_ Result, err error) {
			if told++; err != nil {
				t.Error(err)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { q.Run(ctx) })
		for i := range 3 {
			w.add(site(fmt.Sprintf("s%d", i), 8001+i))
			if _, err := q.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.add(site("late", 8009))
		all.Go(func() {
			if _, err := q.Publish(t.Context()); !errors.Is(err, errEnded) {
				t.Errorf("who waits is told %v", err)
			}
		})
		synctest.Wait()
		cancel()
		all.Wait()
		if _, err := q.Publish(t.Context()); !errors.Is(err, errEnded) {
			t.Errorf("who comes late is told %v", err)
		}
		if told != 3 || q.Busy() {
			t.Errorf("told of %d publications; busy: %t", told, q.Busy())
		}
	})
}

func TestErrorsReachEveryCaller(t *testing.T) {
	b := newBench(t)
	b.fake.failures["test"] = errors.New("no luck")
	synctest.Test(t, func(t *testing.T) {
		w := &wishes{}
		w.add(site("a", 8001))
		q := b.started(t, w)
		for range 20 {
			if _, err := q.Publish(t.Context()); err == nil {
				t.Error("no error")
			}
		}
		if b.reloads() != 0 {
			t.Error("reloaded")
		}
	})
}
