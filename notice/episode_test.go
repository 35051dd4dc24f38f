package notice

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func at(offset, ran time.Duration) End {
	return End{At: noon.Add(offset), Ran: ran, Reason: "exited with status 1"}
}

func TestACrashLoopIsOneEpisode(t *testing.T) {
	var e *Episode
	begun := 0
	for i := range 43200 { // every two seconds for a day
		next, begins := After(e, "tasks.service", false, at(time.Duration(i)*2*time.Second, time.Second))
		if e = &next; begins {
			begun++
		}
	}
	if begun != 1 || e.Failures != 43200 || !e.Since.Equal(noon) {
		t.Errorf("%d episodes, the last %+v", begun, e)
	}
}

func TestAFailureAfterAWhileIsANewEpisode(t *testing.T) {
	first, _ := After(nil, "tasks.service", false, at(0, 0))
	for ran, want := range map[time.Duration]bool{0: false, Well - time.Second: false, Well: true, 24 * time.Hour: true} {
		next, begins := After(&first, "tasks.service", false, at(48*time.Hour, ran))
		if begins != want || (next.Failures == 1) != want {
			t.Errorf("after it ran %s: %+v, begins: %v", ran, next, begins)
		}
	}
}

// A job runs for as long as it takes; what counts is how it ends.
func TestAJobFailsUntilItSucceeds(t *testing.T) {
	e, begins := After(nil, "tasks-clean.service", true, at(0, 2*time.Hour))
	if !begins {
		t.Fatal("the first failure begins nothing")
	}
	if e, begins = After(&e, "tasks-clean.service", true, at(24*time.Hour, 2*time.Hour)); begins || e.Failures != 2 {
		t.Errorf("the second failure: %+v, begins: %v", e, begins)
	}
	e.Succeeded = noon.Add(48 * time.Hour)
	if e, begins = After(&e, "tasks-clean.service", true, at(72*time.Hour, 0)); !begins || e.Failures != 1 || !e.Succeeded.IsZero() {
		t.Errorf("after a success: %+v, begins: %v", e, begins)
	}
}

func TestThereAreSixNoticesInAnHour(t *testing.T) {
	var b Budget
	for i := range 10 {
		ok, last := b.Take(noon.Add(time.Duration(i) * time.Minute))
		if ok != (i < 6) || last.IsZero() != (i != 5) {
			t.Errorf("number %d: %v, %v", i+1, ok, last)
		}
		if i == 5 && !last.Equal(noon.Add(time.Hour)) {
			t.Errorf("silent until %s", last)
		}
	}
	if ok, _ := b.Take(noon.Add(time.Hour)); !ok {
		t.Error("none after an hour")
	}
	if ok, _ := b.Take(noon.Add(time.Hour)); ok {
		t.Error("two after an hour")
	}
	if ok, _ := (&Budget{Sent: []time.Time{noon, noon, noon, noon, noon, noon}}).Take(noon.Add(-24 * time.Hour)); !ok {
		t.Error("a clock that was put back silences everything")
	}
}
