package watch

import (
	"context"
	"time"
)

const (
	// quiet is how long nothing may change before the app is restarted: a
	// rebase moves HEAD many times, and an upload has pauses.
	quiet = time.Second
	// restless is how long the app waits for that at most.
	restless = 30 * time.Second
	// lookEvery is the pause between two looks at the files.
	lookEvery = 100 * time.Millisecond
)

// Settled waits until the files have not changed for a moment.
func Settled(ctx context.Context, paths []string) error {
	begin := time.Now()
	before, since := footprint(paths), begin
	for time.Since(since) < quiet && time.Since(begin) < restless {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
		if now := footprint(paths); now != before {
			before, since = now, time.Now()
		}
	}
	return nil
}
