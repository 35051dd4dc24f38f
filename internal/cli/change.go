package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecounit/apply"
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
		c.warn("an earlier change of %s was interrupted; everything of it is looked at again", app)
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
	return withHint(
		fmt.Errorf("cannot overwrite %s: edited by hand since ecounit wrote it", strings.Join(edited, ", ")),
		"move the edit to a drop-in with systemctl --user edit %s, or overwrite it with --force", edited[0])
}

func touches(change apply.Change, name string) bool {
	for _, step := range apply.Diff(change) {
		for _, file := range step.Files {
			if strings.HasSuffix(file.Path, "/"+name) {
				return true
			}
		}
	}
	return false
}

// carryOut runs the change and explains a failure.
func (c *command) carryOut(ctx context.Context, m *apply.Machine, change apply.Change) error {
	err := m.Run(ctx, change)
	var failure *apply.Failure
	if !errors.As(err, &failure) {
		return err
	}
	if len(failure.Log) > 0 {
		fmt.Fprintf(c.Err, "%s\n", c.ErrStyle.paint(dim, "the last lines of "+failure.Unit+":"))
		for _, line := range failure.Log {
			fmt.Fprintf(c.Err, "  %s\n", strings.ReplaceAll(line, "\n", "\n  "))
		}
	}
	return c.explain(change.App, failure)
}

func (c *command) explain(app string, f *apply.Failure) error {
	switch {
	case f.Back != nil:
		return withHint(fmt.Errorf("%w; and cannot go back to what was there before: %w", f.Err, f.Back),
			"ecounit enable repairs what it finds; ecounit status %s shows it", app)
	case f.Previous:
		return withHint(f.Err, "the previous version of %s runs again, and its units are as they were", app)
	}
	return withHint(f.Err, "nothing of %s was left behind; ecounit run shows what it prints", app)
}

// dryRun prints the steps as data.
func (c *command) dryRun(change apply.Change, asJSON bool) error {
	steps := apply.Diff(change)
	if asJSON {
		return c.json(changeDocument(change.App, steps))
	}
	if len(steps) == 0 {
		c.line(done, "nothing", "to do: "+change.App+" is as it should be")
	}
	for _, step := range steps {
		fmt.Fprintln(c.Out, step)
	}
	return nil
}

type changeJSON struct {
	Version int          `json:"version"`
	App     string       `json:"app"`
	Changed bool         `json:"changed"`
	Steps   []apply.Step `json:"steps"`
}

func changeDocument(app string, steps []apply.Step) changeJSON {
	if steps == nil {
		steps = []apply.Step{}
	}
	return changeJSON{jsonVersion, app, len(steps) > 0, steps}
}

// begin connects for a change and makes others of the user wait. It locks
// before it looks: whoever had the lock may have turned lingering on, or taken
// the port that would be chosen.
func (c *command) begin(ctx context.Context, dryRun bool) (h *host, end func(), err error) {
	if h, err = c.user(); err != nil {
		return nil, nil, err
	}
	unlock := func() {}
	if !dryRun {
		unlock, err = h.places.Lock(ctx, func(holder string) {
			fmt.Fprintf(c.Err, "waiting for another ecounit of yours (%s)\n", holder)
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
