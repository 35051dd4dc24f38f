package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/postgres"
)

func (c *command) dbDrop(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	bytes, err := db.server.Size(ctx, db.name)
	halfDropped := postgres.KindOf(err) == postgres.HalfDropped
	if err != nil && !halfDropped {
		return err
	}
	file := ""
	if !flags.Bool("no-dump") && !halfDropped { // there is nothing to dump any more
		file = postgres.DumpName(db.name, time.Now())
	}
	if flags.Bool("dry-run") {
		if file != "" {
			_ = c.dryRunLine("dump", db.name+" to "+file)
		}
		return c.dryRunLine("drop", db.name)
	}
	if !flags.Bool("yes") {
		if err := c.confirm(ctx, fmt.Sprintf("drop the database %s (%s)?", db.name, terminal.Size(uint64(bytes))), "ecounit db drop --yes"); err != nil {
			return err
		}
	}
	if !flags.Bool("force") && !halfDropped {
		// Postgres would refuse only when all is dumped.
		if err := stillUsed(db.server.Unused(ctx, db.name)); err != nil {
			return err
		}
	}
	if file != "" {
		dumped, err := c.dump(ctx, db, file)
		if err != nil {
			return fmt.Errorf("nothing was dropped: %w", err)
		}
		c.Line(terminal.Done, "dumped", file+": "+contents(dumped))
	}
	if err := stillUsed(db.server.Drop(ctx, db.name, flags.Bool("force"))); err != nil {
		return err
	}
	c.Line(terminal.Done, "dropped", db.name)
	return nil
}

func stillUsed(err error) error {
	if postgres.KindOf(err) == postgres.InUse {
		return hint.With(err, "ecounit stop, or ecounit db drop --force to cut them off")
	}
	return err
}

// confirm asks on a terminal; elsewhere the option has to be given that says
// yes.
func (c *command) confirm(ctx context.Context, question, without string) error {
	if !term.IsTerminal(int(c.In.Fd())) {
		return usage(without, "nobody is there to be asked: %s", question)
	}
	fmt.Fprintf(c.Err, "%s type yes: ", terminal.Printable(question))
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(io.LimitReader(c.In, 80)).ReadString('\n')
		typed <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(c.Err)
		return ctx.Err()
	case line := <-typed:
		if strings.TrimSpace(line) != "yes" {
			return errors.New("nothing was dropped")
		}
		return nil
	}
}
