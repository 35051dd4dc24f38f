package dbusctl

import (
	"context"
	"fmt"
	"time"
)

// WaitForManager waits until the manager of a user who lingers is there and
// user@UID.service is active, and connects to it. After SetLinger the socket
// comes in some 70 ms, the unit is active 20 ms later. It waits as long as ctx
// lets it, but gives up when the manager has been failed for a second.
func (s *System) WaitForManager(ctx context.Context, uid int) (*Manager, error) {
	const interval, patience = 5 * time.Millisecond, time.Second
	var m *Manager
	var failing time.Time
	for {
		var missing error
		if m == nil || !m.conn.Connected() { // or ended: switched off just before
			m, missing = s.dialer.Connect(ctx, uid)
		}
		state, err := s.managerState(ctx, uid)
		if m != nil && err == nil && state == "active" {
			return m, nil
		}
		if missing == nil {
			missing = fmt.Errorf("%s is %s", userUnit(uid), state)
		}
		switch {
		case err != nil: // which is told below when ctx has ended
		case state != "failed": // or still failed, from an earlier try
			failing = time.Time{}
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) > patience:
			err = s.whyFailed(ctx, uid)
		}
		if err == nil {
			select {
			case <-time.After(interval):
				continue
			case <-ctx.Done():
			}
		}
		if m != nil {
			m.Close()
		}
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", missing, context.Cause(ctx))
		}
		return nil, fmt.Errorf("the service manager of %s did not come up: %w", userName(uid), err)
	}
}

func (s *System) whyFailed(ctx context.Context, uid int) error {
	reason, err := s.failure(ctx, userUnit(uid), "Result")
	if err != nil {
		return err
	}
	return fmt.Errorf("%s failed: %s", userUnit(uid), reason)
}

// ManagerRuns reports whether the user's manager runs and is not ending: for a
// while after the last logout its socket still answers.
func (s *System) ManagerRuns(ctx context.Context, uid int) (bool, error) {
	state, err := s.managerState(ctx, uid)
	if err != nil {
		return false, fmt.Errorf("cannot read the state of %s: %w", userUnit(uid), err)
	}
	return state == "active" || state == "reloading", nil
}

func (s *System) managerState(ctx context.Context, uid int) (state string, err error) {
	err = s.get(ctx, property(unitPath(userUnit(uid)), unitFace, "ActiveState"), &state)
	return state, err
}
