package admission

import (
	"errors"
	"testing"
	"time"
)

// clock is a time that stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func newGate(limits Limits) (*Gate, *clock) {
	c := &clock{time.Unix(1000, 0)}
	return New(limits, c.time), c
}

// enter lets n calls begin and end, and counts those that could.
func (g *Gate) enter(t *testing.T, uid, n int) (entered int) {
	t.Helper()
	for range n {
		done, err := g.Enter(uid)
		if err == nil {
			entered++
			done()
		} else if !errors.Is(err, ErrTooMany) {
			t.Fatal(err)
		}
	}
	return entered
}

func TestBucketFillsSlowly(t *testing.T) {
	g, c := newGate(Limits{Burst: 3, Every: time.Second, UnderWay: 10, All: 10})
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 3}, {999 * time.Millisecond, 0}, {time.Millisecond, 1}, {2 * time.Second, 2}, {time.Hour, 3}} {
		c.now = c.now.Add(step.wait)
		if got := g.enter(t, 1000, 100); got != step.want {
			t.Errorf("after %s: %d, want %d", step.wait, got, step.want)
		}
	}
}

func TestOneUserDoesNotKeepAnotherOut(t *testing.T) {
	g, _ := newGate(Limits{Burst: 3, Every: time.Second, UnderWay: 1, All: 10})
	g.enter(t, 1000, 100)
	if got := g.enter(t, 1001, 100); got != 3 {
		t.Errorf("got %d", got)
	}
}

func TestFewAtATime(t *testing.T) {
	g, _ := newGate(Limits{Burst: 100, Every: time.Second, UnderWay: 2, All: 3})
	first, err := g.Enter(1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Enter(1000); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Enter(1000); err == nil {
		t.Error("three of one user at a time")
	}
	if _, err := g.Enter(1001); err != nil {
		t.Error(err)
	}
	if _, err := g.Enter(1002); err == nil {
		t.Error("four of all at a time")
	}
	first()
	if _, err := g.Enter(1002); err != nil {
		t.Error(err)
	}
}

func TestRootAlwaysEnters(t *testing.T) {
	g, _ := newGate(Limits{Burst: 1, Every: time.Hour, UnderWay: 1, All: 1})
	if _, err := g.Enter(1000); err != nil {
		t.Fatal(err)
	}
	if got := g.enter(t, 0, 100); got != 100 {
		t.Errorf("got %d", got)
	}
}
