package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// transact carries out the changes of a survey.
func (p *Publisher) transact(ctx context.Context, w *workplace, s *survey) (Result, error) {
	// The clock makes the number of a retry another one than that of an attempt
	// that was undone, in this process or an earlier one: the web server may
	// still answer with that.
	t, err := w.begin(s, max(s.generation+1, uint64(p.now().UnixMilli())))
	if err != nil {
		return Result{}, err
	}
	found, err := t.settle(ctx, p.server)
	if err != nil {
		return Result{}, errors.Join(err, t.abandon())
	}
	maps.Copy(s.problems, found.refused)
	if found.waits != "" || !t.effective() && !s.waiting {
		if err := t.abandon(); err != nil {
			return Result{}, err
		}
		return t.result(p.running(ctx, loading{waits: found.waits, undone: true})), nil
	}
	if err := t.commit(); err != nil {
		return Result{}, errors.Join(err, t.abandon())
	}
	l, err := t.load(ctx, p.server)
	if err != nil {
		return Result{}, err
	}
	if err := t.end(l.loaded); err != nil {
		return Result{}, err
	}
	return t.result(l), nil
}

// abandon ends a transaction that the web server has not seen.
func (t *transaction) abandon() error {
	if err := t.undo(); err != nil {
		// The journal stays, and with it the way back.
		return fmt.Errorf("cannot put the includes back as they were, which is tried again by the next change: %w", err)
	}
	return t.end(!t.s.waiting)
}
