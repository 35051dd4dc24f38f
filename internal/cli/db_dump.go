package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
	"ecounit/postgres"
)

// dumpJSON is what dump and restore say to programs.
type dumpJSON struct {
	Version       int    `json:"version"`
	App           string `json:"app"`
	Database      string `json:"database"`
	File          string `json:"file"`
	Bytes         int64  `json:"bytes"`
	Tables        int    `json:"tables"`
	Rows          int64  `json:"rows"`
	WithoutGrants bool   `json:"without_grants,omitempty"`
}

func (c *command) dbDump(ctx context.Context, words []string, flags *cli.Context) error {
	app, file, err := c.appAndFile(words)
	if err != nil {
		return err
	}
	if file == "-" {
		return usage("ecounit db dump FILE (a file called - is ./-)",
			"a dump cannot go to the standard output: it is read back before it counts")
	}
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	if file == "" {
		file = postgres.DumpName(db.name, time.Now())
	}
	if flags.Bool("dry-run") {
		return c.dryRunLine("dump", db.name+" to "+file)
	}
	dumped, err := c.dump(ctx, db, file)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(dumpJSON{terminal.JSONVersion, db.app, db.name, c.absolute(file), dumped.Bytes, dumped.Tables, dumped.Rows, false})
	}
	c.Line(terminal.Done, "dumped", file+": "+contents(dumped))
	return nil
}

func (c *command) dump(ctx context.Context, db *database, file string) (postgres.Dumped, error) {
	show, away := c.progress("dumping " + db.name)
	dumped, err := db.server.Dump(ctx, db.name, c.absolute(file), c.programs(db), show)
	away()
	return dumped, db.explain(err)
}

func (c *command) dbRestore(ctx context.Context, words []string, flags *cli.Context) error {
	app, file := "", words[len(words)-1]
	if len(words) == 2 {
		app = words[0]
	}
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		return c.dryRunLine("restore", file+" into "+db.name)
	}
	show, away := c.progress("restoring " + db.name)
	restored, err := db.server.Restore(ctx, db.name, c.absolute(file), c.programs(db), show)
	away()
	if err != nil {
		return db.explain(err)
	}
	if flags.Bool("json") {
		d := restored.Dumped
		return c.JSON(dumpJSON{terminal.JSONVersion, db.app, db.name, c.absolute(file), d.Bytes, d.Tables, d.Rows, restored.WithoutGrants})
	}
	c.Line(terminal.Done, "restored", db.name+": "+contents(restored.Dumped))
	if restored.WithoutGrants {
		c.Line(terminal.Attention, "rights", "those of roles that this server does not have were left out")
	}
	return nil
}

// contents says what is in a dump.
func contents(d postgres.Dumped) string {
	return fmt.Sprintf("%s in %s, %s", counted(d.Rows, "row"), counted(int64(d.Tables), "table"), terminal.Size(uint64(d.Bytes)))
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
