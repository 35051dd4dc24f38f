package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ecounit/apply"
	"ecounit/cutover"
	"ecounit/internal/terminal"
)

// swap is the moment at which one app takes the place of the old one.
type swap struct {
	*mover
	*moving
	target   *apply.Machine
	handover *cutover.Handover
	shared   bool
	quietAt  time.Time     // when the old one was told to end, where the new one does not listen yet
	gap      time.Duration // how long nobody listened
}

// share lets the new socket listen beside the old one.
func (s *swap) share() error {
	s.shared = true
	return s.writeDropIn()
}

// ahead is called before each step of enable. Everything else is prepared when
// the first unit is about to be started.
func (s *swap) ahead(ctx context.Context, step apply.Step) error {
	if step.Action != apply.Start && step.Action != apply.Restart {
		return nil
	}
	if s.shared {
		handover, err := cutover.NewHandover(s.old.Port, s.h.User.UID)
		if err == nil {
			s.handover, s.target.Dial = handover, handover.Dial
			return s.stop(ctx, false)
		}
		s.shared = false
		s.say(terminal.Attention, s.name(), fmt.Sprintf("%v; the old one ends first", err))
	}
	s.quietAt = time.Now()
	return s.stop(ctx, true)
}

// after is called after each step.
func (s *swap) after(step apply.Step) {
	if step.Action == apply.Health && s.handover != nil {
		_ = s.handover.ToNew() // it worked for the old one
	}
	if step.Action == apply.Start && !s.quietAt.IsZero() && s.loaded.plan.Web != nil && s.moving.runs() {
		s.gap = time.Since(s.quietAt)
	}
}

// toOld is called when a step failed, before the new one is stopped.
func (s *swap) toOld() {
	if s.handover != nil {
		_ = s.handover.ToOld()
	}
}

// finish ends the old web process, once nothing waits for it any more.
func (s *swap) finish(ctx context.Context) error {
	if s.handover != nil {
		if err := s.handover.Settle(ctx); err != nil {
			return err
		}
	}
	if !s.canWait() {
		if err := s.stop(ctx, true); err != nil {
			return err
		}
	}
	return s.mover.removeDropIn(ctx, s.moving)
}

// canWait reports whether the old app may run on, though nobody gets to it, for
// the sake of others: its supervisord can only be stopped as a whole.
func (s *swap) canWait() bool {
	d := s.daemon
	if s.handover == nil || d == nil || d.control != nil || len(s.loaded.plan.Services) > 1 {
		return false
	}
	after := s.apps[slices.Index(s.apps, s.moving)+1:]
	return slices.ContainsFunc(after, func(m *moving) bool { return m.daemon == d && m.enable })
}

// stop stops what runs the app, except for what has the port unless all.
func (s *swap) stop(ctx context.Context, all bool) error {
	if s.daemon != nil && s.daemon.process != nil && s.daemon.control == nil {
		if all {
			return s.daemon.process.End(ctx) // the only way to stop one
		}
		return nil
	}
	holders := cutover.Holders(s.old.Port, s.h.User.UID)
	everything := cutover.Processes(s.h.User.UID)
	for _, p := range s.programs {
		listens := slices.ContainsFunc(holders, func(h cutover.Process) bool { return p.PID != 0 && cutover.Below(h, p.PID, everything) })
		if s.daemon.process == nil || listens && !all {
			continue
		}
		if err := s.daemon.control.Stop(ctx, p.Name); err != nil {
			return err
		}
	}
	if !all {
		return nil
	}
	return cutover.TerminateTrees(ctx, s.processes, s.h.User.UID, stopPatience)
}

// stopPatience is gunicorn's own for requests that are under way, and a little
// more.
const stopPatience = 35 * time.Second

func (s *swap) close() {
	if s.handover != nil {
		s.handover.Close()
	}
}
