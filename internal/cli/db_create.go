package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
)

// dbCreate makes the database. When it cannot be used after all, what was made
// is taken back.
func (c *command) dbCreate(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	missing, err := db.missing(ctx)
	if err != nil {
		return err
	}
	switch {
	case !missing:
		c.Line(terminal.Done, "database", db.String()+" is there already")
		return nil
	case flags.Bool("dry-run"):
		return c.dryRunLine("database", db.name)
	}
	m := maker{c, db}
	made, err := m.Ensure(ctx)
	if err != nil {
		if back := m.Undo(context.WithoutCancel(ctx), made); back != nil {
			return fmt.Errorf("%w; and cannot take back what was made: %w", err, back)
		}
		return err
	}
	c.Line(terminal.Done, "database", db.String())
	return nil
}
