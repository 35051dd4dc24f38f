package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"ecounit/cutover"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// migrate moves what supervisor and cron run to ecounit, or back.
func (c *command) migrate(ctx context.Context, apps []string, flags *cli.Context) error {
	dryRun := flags.Bool("dry-run")
	if flags.Bool("undo") && len(apps) > 0 {
		return usage("ecounit migrate --undo", "--undo takes everything back, and no names")
	}
	h, end, err := c.begin(ctx, dryRun)
	if err != nil {
		return err
	}
	defer end()
	record, err := cutover.ReadRecord(filepath.Join(h.places.Home, ".local/state/ecounit/migrate.json"))
	if err != nil {
		return hint.With(err, "delete it to begin anew; ecounit migrate --undo does not work then")
	}
	if flags.Bool("undo") {
		return c.undoMigrate(ctx, h, record, flags)
	}
	if last := len(record.Moves) - 1; last >= 0 && !record.Moves[last].Done {
		if dryRun {
			c.Warn("an earlier migrate was interrupted; everything is put back first")
		} else if err := c.putBackInterrupted(ctx, h, record); err != nil {
			return err
		}
	}
	return c.migrateAll(ctx, h, record, apps, flags)
}

func (c *command) migrateAll(ctx context.Context, h *home, record *cutover.Record, apps []string, flags *cli.Context) error {
	old, err := c.findOld(ctx, h, len(apps) > 0)
	if err != nil {
		return err
	}
	mv, err := c.planned(ctx, old, apps, flags.Bool("dry-run"), flags.Bool("accept-losses"))
	if err != nil {
		return err
	}
	asJSON, dryRun := flags.Bool("json"), flags.Bool("dry-run")
	if len(mv.apps) == 0 {
		if asJSON {
			return c.JSON(mv.document(true, false))
		}
		return c.nothingToMigrate(mv, record)
	}
	if dryRun {
		if asJSON {
			return c.JSON(mv.document(true, false))
		}
		mv.showPlan(c.Out)
		return nil
	}
	run := &mover{migration: mv, record: record, quiet: asJSON}
	if !asJSON {
		mv.showPlan(c.Err)
		fmt.Fprintln(c.Err)
	}
	if err := run.all(ctx); err != nil {
		return err
	}
	if asJSON {
		return c.JSON(mv.document(true, true))
	}
	c.Hint("ecounit migrate --undo brings everything back as it was")
	return run.published()
}

func (c *command) nothingToMigrate(mv *migration, record *cutover.Record) error {
	for _, text := range mv.notes {
		c.note("note", text)
	}
	if len(record.Moves) > 0 {
		c.Line(terminal.Done, "migrate", "everything is migrated; ecounit migrate --undo brings it back")
		return nil
	}
	c.Line(terminal.Done, "migrate", "nothing to do: no supervisord of yours runs, and your crontab starts no app and no job")
	return nil
}

func (c *command) putBackInterrupted(ctx context.Context, h *home, record *cutover.Record) error {
	c.Warn("an earlier migrate was interrupted; everything is put back first")
	return (&back{command: c, h: h, record: record}).last(ctx)
}

// undoMigrate takes back every move, the latest first.
func (c *command) undoMigrate(ctx context.Context, h *home, record *cutover.Record, flags *cli.Context) error {
	if len(record.Moves) == 0 {
		if flags.Bool("json") {
			return c.JSON(undoDocument{terminal.JSONVersion, true, false, []string{}})
		}
		c.Line(terminal.Done, "undo", "nothing to do: nothing is migrated")
		return nil
	}
	b := &back{command: c, h: h, record: record, quiet: flags.Bool("json")}
	steps := b.steps()
	if flags.Bool("dry-run") {
		if flags.Bool("json") {
			return c.JSON(undoDocument{terminal.JSONVersion, true, false, steps})
		}
		for _, step := range steps {
			c.Data([]byte(terminal.Printable(step) + "\n"))
		}
		return nil
	}
	var problems []error
	for len(record.Moves) > 0 && len(problems) == 0 {
		if err := b.last(ctx); err != nil {
			problems = append(problems, err)
		}
	}
	if flags.Bool("json") {
		problems = append(problems, c.JSON(undoDocument{terminal.JSONVersion, errors.Join(problems...) == nil, true, steps}))
	}
	return errors.Join(problems...)
}

type undoDocument struct {
	Version int      `json:"version"`
	OK      bool     `json:"ok"`
	Done    bool     `json:"done"`
	Steps   []string `json:"steps"`
}
