package postgres

import (
	"context"
	"time"
)

const (
	firstPause = 50 * time.Millisecond
	longPause  = time.Second
)

// Wait waits until the server lets the role into the database, as long as the
// context lasts. It does not wait for what does not change by itself: a
// database or a role that is not there, a password that is wrong.
func (s Server) Wait(ctx context.Context, database string) error {
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		c, err := s.connect(ctx, database)
		if err == nil {
			c.close()
			return nil
		}
		switch KindOf(err) {
		case Down, TooManyConnections, InUse:
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
