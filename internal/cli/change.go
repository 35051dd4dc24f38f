package cli

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"ecounit/apply"
	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/journal"
)

// change prepares to bring the app to a state.
func (c *command) change(ctx context.Context, m *apply.Machine, app string, to apply.State, wanted []string) (apply.Change, error) {
	from, err := m.Observe(ctx, app, wanted)
	if err != nil {
		return apply.Change{}, err
	}
	previous, err := m.Interrupted(app)
	if err != nil {
		return apply.Change{}, err
	}
	if previous != nil {
		c.Warn("an earlier change of %s was interrupted; everything of it is looked at again", app)
	}
	return apply.Change{
		App: app, UnitDir: m.UnitDir(), From: from, To: to,
		Previous: previous, Interrupted: previous != nil, Down: m.Manager == nil,
	}, nil
}

// untouched refuses to overwrite what somebody edited.
func untouched(change apply.Change, force bool) error {
	edited := change.From.Edited()
	edited = slices.DeleteFunc(edited, func(name string) bool { return !touches(change, name) })
	if len(edited) == 0 || force {
		return nil
	}
	verb := "overwrite"
	if len(change.To.Units) == 0 {
		verb = "remove"
	}
	return hint.With(
		fmt.Errorf("cannot %s %s: edited by hand since ecounit wrote it", verb, strings.Join(edited, ", ")),
		"move the edit to a drop-in with systemctl --user edit %s, or %s it with --force", terminal.ShellWords(edited[0]), verb)
}

func touches(change apply.Change, name string) bool {
	for _, step := range apply.Diff(change) {
		for _, file := range step.Files {
			if file.Path == filepath.Join(change.UnitDir, name) {
				return true
			}
		}
	}
	return false
}

// logLines is how many lines are shown of a unit that fails.
const logLines = 20

// carryOut runs the change and explains a failure.
func (c *command) carryOut(ctx context.Context, m *apply.Machine, change apply.Change) error {
	m.Logs = func(ctx context.Context, unit string, since time.Time) []string {
		entries, err := journal.Tail(ctx, unit, since, linesRead)
		if err != nil {
			return nil
		}
		return lastLines(entries, logLines, allLines(installed.New(change.App, change.Before().Units), unit))
	}
	stop := context.AfterFunc(ctx, func() {
		fmt.Fprintln(c.Err, "interrupted: going back to what was there before")
	})
	err := m.Run(ctx, change)
	stop()
	var failure *apply.Failure
	if !errors.As(err, &failure) {
		return err
	}
	if len(failure.Log) > 0 {
		fmt.Fprintln(c.Err, c.ErrStyle.Paint(terminal.Dim, "the last lines of "+terminal.Printable(failure.Unit)+":"))
		for _, line := range failure.Log {
			fmt.Fprintf(c.Err, "  %s\n", terminal.Harmless(line, "\t"))
		}
	}
	return explain(change, failure)
}

// explain says what is there now.
func explain(change apply.Change, f *apply.Failure) error {
	app, err := change.App, plainly(f.Err)
	switch {
	case f.Back != nil:
		return hint.With(fmt.Errorf("%w; and cannot go back to what was there before: %w", err, f.Back),
			"ecounit status %s shows what is there; ecounit enable repairs it", app)
	case f.Step.Action == apply.MakeDatabase && hint.Of(err) != "":
		return err // it comes first, so nothing else was touched
	case f.Previous:
		return hint.With(err, "the previous version of %s runs again, and its units are as they were", app)
	case len(change.Before().Units) > 0:
		return hint.With(err, "%s is as it was before: enabled, and not running", app)
	}
	return hint.With(err, "nothing of %s was left behind; ecounit run shows what it prints", app)
}

// begin connects for a change and makes others of the user wait. It locks
// before it looks: whoever had the lock may have turned lingering on, or taken
// the port that would be chosen.
func (c *command) begin(ctx context.Context, dryRun bool) (h *home, end func(), err error) {
	if h, err = c.user(); err != nil {
		return nil, nil, err
	}
	unlock := func() {}
	if !dryRun {
		// Whoever reads what is printed may leave; a change is not for half of it.
		signal.Ignore(syscall.SIGPIPE)
		unlock, err = h.places.Lock(ctx, func(holder string) {
			fmt.Fprintf(c.Err, "waiting for another ecounit of yours (%s)\n", terminal.Printable(holder))
		})
		if err != nil {
			return nil, nil, err
		}
	}
	if err := h.connect(ctx); err != nil {
		unlock()
		return nil, nil, err
	}
	return h, func() { h.close(); unlock() }, nil
}
