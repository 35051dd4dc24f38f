package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ecounit/apply"
	"ecounit/cutover"
	"ecounit/internal/terminal"
)

// app disables the new app and, where its supervisord runs, starts the old one
// at once.
func (b *back) app(ctx context.Context, move *cutover.Move, app *cutover.App, controls []*cutover.Control) error {
	if app.Enabled && !app.Was {
		if err := b.disableNew(ctx, app); err != nil {
			return fmt.Errorf("cannot disable %s: %w", app.Name, err)
		}
	}
	for _, p := range app.Programs {
		if controls[p.Daemon] == nil || !wanted(move.Daemons[p.Daemon].Programs, p.Name) {
			continue
		}
		if err := controls[p.Daemon].Start(ctx, p.Name); err != nil {
			return err
		}
		b.say(terminal.Done, p.Name, "runs under supervisord again")
	}
	for _, p := range cutover.Gone(app.Processes, b.h.User.UID) {
		if err := p.Resume(ctx); err != nil {
			return err
		}
		b.say(terminal.Done, app.Name, "its old program runs again")
	}
	return nil
}

func wanted(programs []cutover.Program, name string) bool {
	return slices.ContainsFunc(programs, func(p cutover.Program) bool { return p.Name == name && (p.Runs || p.Starts) })
}

func (b *back) disableNew(ctx context.Context, app *cutover.App) error {
	if _, err := removeDropIn(app.DropIn); err != nil {
		return err
	}
	m := b.h.target(nil)
	change, err := b.change(ctx, m, app.Name, apply.State{}, nil)
	if err != nil {
		return err
	}
	change.To.Linger = change.From.Linger // others may need it; lingering sees to it
	if err := untouched(change, false); err != nil {
		return err
	}
	wasThere := len(apply.Diff(change)) > 0
	if err := b.carryOut(ctx, m, change); err != nil {
		return err
	}
	if site := b.h.toWithdraw(app.Name, !app.Site); site.action != "" {
		if err := b.withdraw(ctx, b.h.hosting(), app.Name, b.h.User, &site); err != nil {
			return err
		}
		if site.failed != nil {
			return site.failed
		}
	}
	if wasThere {
		b.say(terminal.Done, app.Name, "disabled: stopped, and its units are removed")
	}
	return nil
}

// daemon starts a supervisord again, and has the same of its programs run.
func (b *back) daemon(ctx context.Context, d *cutover.Daemon) error {
	if _, runs := cutover.Running(d.File, b.h.User.UID); runs {
		return nil // it takes no orders, and was not stopped
	}
	process, control, err := d.Begin(ctx, d.Servers, b.h.User.UID)
	if err != nil {
		return err
	}
	b.say(terminal.Done, "supervisord", fmt.Sprintf("runs again, as process %d", process.PID))
	if control == nil {
		return nil
	}
	now, err := control.Programs(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, p := range now {
		switch ran, runs := wanted(d.Programs, p.Name), p.Runs || p.Starts; {
		case ran && !runs:
			problems = append(problems, control.Start(ctx, p.Name))
		case !ran && runs:
			problems = append(problems, control.Stop(ctx, p.Name))
		}
	}
	return errors.Join(problems...)
}
