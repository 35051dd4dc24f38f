package inside

import (
	"context"
	"time"
)

// Race asks how long commands take, one after the other in each round, so that
// what else happens on the host hits all of them alike.
type Race struct {
	Rounds int
	Sides  []Side
}

// Side is one of the commands. Before and After are scripts of the same user
// that are not timed.
type Side struct {
	Command
	Before, After string
}

// Took are the times of one side, in the order of the rounds.
type Took []time.Duration

// settle is a pause before each run. The one before has things to finish; and
// for about 30 ms after the kernel moved a process to another cgroup, moving
// the next one takes it 10 ms less than otherwise. People do not type that
// fast, and without the pause the faster command would be timed as the slower.
const settle = 200 * time.Millisecond

// Time runs the race, and one round before it that does not count.
func Time(ctx context.Context, race Race) ([]Took, error) {
	took := make([]Took, len(race.Sides))
	for round := range race.Rounds + 1 {
		for i, side := range race.Sides {
			t, err := side.time(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				took[i] = append(took[i], t)
			}
		}
	}
	return took, nil
}

func (s Side) time(ctx context.Context) (time.Duration, error) {
	if s.Before != "" {
		if _, err := script(s.User, s.Before).run(ctx); err != nil {
			return 0, err
		}
	}
	time.Sleep(settle)
	took, err := s.run(ctx)
	if err == nil && s.After != "" {
		_, err = script(s.User, s.After).run(ctx)
	}
	return took, err
}
