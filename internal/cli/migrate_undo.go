package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ecounit/cutover"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/internal/imports"
	"ecounit/internal/terminal"
)

// back takes moves back. It looks at what is there and changes what differs
// from the record, so that it does not matter how far a move got, and a back
// that was killed goes on.
type back struct {
	*command
	h      *home
	record *cutover.Record
	quiet  bool
}

func (b *back) say(m terminal.Mark, what, text string) {
	switch {
	case !b.quiet:
		b.Line(m, what, text)
	case m == terminal.Attention:
		b.Warn("%s: %s", what, text)
	}
}

// steps says what is going to be taken back, in order.
func (b *back) steps() (lines []string) {
	for _, move := range slices.Backward(b.record.Moves) {
		for _, app := range slices.Backward(move.Apps) {
			if app.Enabled && !app.Was {
				lines = append(lines, "disable "+app.Name)
			}
			for _, p := range app.Programs {
				lines = append(lines, "start "+p.Name+" of "+b.shown(move.Daemons[p.Daemon].File))
			}
			for _, p := range app.Processes {
				lines = append(lines, "start "+terminal.ShellWords(p.Argv...))
			}
		}
		for _, d := range move.Daemons {
			if _, runs := cutover.Running(d.File, b.h.User.UID); !runs {
				lines = append(lines, "start "+terminal.ShellWords(d.Process.Argv...))
			}
		}
		for _, line := range move.Lines {
			lines = append(lines, "crontab: "+line)
		}
		for _, app := range move.Apps {
			if app.Written != "" {
				lines = append(lines, "remove "+b.shown(app.Descriptor))
			}
		}
	}
	return lines
}

// last takes the latest move back.
func (b *back) last(ctx context.Context) error {
	move := &b.record.Moves[len(b.record.Moves)-1]
	if move.Done { // from here on it is not
		move.Done = false
		if err := b.record.Write(); err != nil {
			return err
		}
	}
	controls := b.controls(ctx, move)
	var problems []error
	for _, app := range slices.Backward(move.Apps) {
		problems = append(problems, b.app(ctx, move, &app, controls))
	}
	for i := range move.Daemons {
		if controls[i] == nil {
			problems = append(problems, b.daemon(ctx, &move.Daemons[i]))
		}
	}
	problems = append(problems, b.crontab(ctx, move))
	for _, app := range slices.Backward(move.Apps) {
		problems = append(problems, b.descriptor(&app))
	}
	problems = append(problems, b.lingering(ctx, move))
	if err := errors.Join(problems...); err != nil {
		return err
	}
	b.record.Moves = b.record.Moves[:len(b.record.Moves)-1]
	return b.record.Write()
}

// controls are those of the supervisords that still run; nil for the others.
func (b *back) controls(ctx context.Context, move *cutover.Move) []*cutover.Control {
	controls := make([]*cutover.Control, len(move.Daemons))
	for i, d := range move.Daemons {
		if process, runs := cutover.Running(d.File, b.h.User.UID); runs {
			controls[i], _ = cutover.Connect(ctx, d.Servers, b.h.User.UID, process.PID) // daemon says why
		}
	}
	return controls
}

// crontab takes the marks off.
func (b *back) crontab(ctx context.Context, move *cutover.Move) error {
	if len(move.Lines) == 0 {
		return nil
	}
	now, err := imports.ListCrontab(ctx)
	if err != nil && !errors.Is(err, imports.ErrNoCrontab) {
		return err
	}
	text, missing := cutover.Uncomment(string(now), move.Mark, move.Lines)
	if text != string(now) {
		if err := cutover.InstallCrontab(ctx, text); err != nil {
			return err
		}
		b.say(terminal.Done, "crontab", plural(len(move.Lines)-len(missing), "line is back", "lines are back"))
	}
	for _, line := range missing {
		b.say(terminal.Attention, "crontab", "this line was edited or deleted meanwhile: "+line)
	}
	return nil
}

// descriptor removes what was written, unless it was edited.
func (b *back) descriptor(app *cutover.App) error {
	if app.Written == "" {
		return nil
	}
	text, err := detect.ReadDescriptor(app.Descriptor)
	switch {
	case err != nil:
		return nil //nolint:nilerr // it was never written, or is gone
	case string(text) != app.Written:
		b.say(terminal.Attention, app.Name, b.shown(app.Descriptor)+" stays: you edited it")
		return nil
	}
	if err := os.Remove(app.Descriptor); err != nil {
		return fmt.Errorf("cannot remove %s: %w", b.shown(app.Descriptor), hint.Reason(err))
	}
	if folder := filepath.Dir(app.Descriptor); folder == filepath.Join(b.h.User.Home, "ecounit") {
		_ = os.Remove(folder) // where descriptors are that belong nowhere else
	}
	b.say(terminal.Done, app.Name, b.shown(app.Descriptor)+" removed")
	return nil
}

// lingering is turned off when it was off, and no app needs it.
func (b *back) lingering(ctx context.Context, move *cutover.Move) error {
	on, err := b.h.system.Linger(ctx, b.h.User.UID)
	others, otherErr := b.h.apps()
	if err := errors.Join(err, otherErr); err != nil {
		return err
	}
	if move.Linger || !on || len(others) > 0 {
		return nil
	}
	if err := b.h.system.SetLinger(ctx, b.h.User.UID, false); err != nil {
		return err
	}
	b.say(terminal.Done, "lingering", "off")
	return nil
}
