package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/postgres"
)

// dbCommands are the verbs for the database of an app.
func (c *command) dbCommands() []*cli.Command {
	const oneApp = "[APP]"
	var (
		json   = toggle("json", "", "print JSON for programs")
		dryRun = toggle("dry-run", "n", "only show what would be done")
	)
	return []*cli.Command{
		{
			Name: "create", Usage: "make the database without starting the app", ArgsUsage: oneApp, Action: action(c.dbCreate),
			Flags: []cli.Flag{dryRun},
		},
		{
			Name: "url", Usage: "print the address of the database, as the app gets it", ArgsUsage: oneApp, Action: action(c.dbURL),
			Flags: []cli.Flag{json},
		},
		{
			Name: "shell", Usage: "open psql in the database", ArgsUsage: oneApp, Action: action(c.dbShell),
			Flags: []cli.Flag{dryRun},
		},
		{
			Name: "list", Usage: "list your databases on the server of an app", ArgsUsage: oneApp, Action: action(c.dbList),
			Flags: []cli.Flag{json},
		},
		{
			Name: "size", Usage: "say how much of the disk the database takes", ArgsUsage: oneApp, Action: action(c.dbSize),
			Flags: []cli.Flag{json},
		},
		{
			Name: "dump", Usage: "write all of the database to a new file", ArgsUsage: "[[APP] FILE]", Action: operands(0, 2, c.dbDump),
			Flags: []cli.Flag{dryRun, json},
		},
		{
			Name: "restore", Usage: "read a dump into the database, which has to be empty", ArgsUsage: "[APP] FILE", Action: operands(1, 2, c.dbRestore),
			Flags: []cli.Flag{dryRun, json},
		},
		{
			Name: "drop", Usage: "dump the database, then drop it", ArgsUsage: oneApp, Action: action(c.dbDrop),
			Flags: []cli.Flag{
				toggle("yes", "y", "do not ask"),
				toggle("no-dump", "", "write no dump before"),
				toggle("force", "", "cut off the programs that are connected"),
				dryRun,
			},
		},
		{Name: "wait", Usage: "wait until the database can be used", ArgsUsage: "APP", Hidden: true, Action: operands(1, 1, c.dbWait)},
	}
}

// databaseOf finds the database of an app. Mistakes in its descriptor that have
// nothing to do with the database do not count.
func (c *command) databaseOf(ctx context.Context, app string) (*database, error) {
	h, err := c.user()
	if err != nil {
		return nil, err
	}
	l, err := c.read(h, app)
	if err != nil {
		return nil, err
	}
	if l.report.HasErrors() {
		c.complain(l)
		return nil, statusError(exitFailed)
	}
	db := h.database(ctx, l.descriptor, l.path)
	switch {
	case db == nil:
		return nil, hint.With(fmt.Errorf("the app %s has no database", l.descriptor.Name), "write [database] and below it postgres = true into %s", l.shown)
	case db.urlFile.Problem != "":
		return nil, hint.With(fmt.Errorf("cannot find the server: %s", db.urlFile.Problem), "%s", db.urlFile.Hint)
	}
	return db, db.problem
}

// words for a dump: the app may be left out in front of the file. A dump that
// gets one word which is the name of an app means the app.
func (c *command) appAndFile(words []string) (app, file string, err error) {
	switch len(words) {
	case 0:
		return "", "", nil
	case 2:
		return words[0], words[1], nil
	}
	h, err := c.user()
	if err != nil {
		return "", "", err
	}
	if _, err := os.Lstat(h.places.AppLink(words[0])); err == nil && !strings.ContainsRune(words[0], '/') {
		return words[0], "", nil
	}
	return "", words[0], nil
}

// absolute is a file of the folder that the user stands in.
func (c *command) absolute(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(c.workdir, file)
}

// programs says where pg_dump and its kin are.
func (c *command) programs(db *database) postgres.Programs {
	return postgres.Programs{Path: filepath.SplitList(c.getenv("PATH")), Home: db.home.User.Home}
}

// progress shows how far a long work is, on a terminal only. The function that
// it returns takes the line away again.
func (c *command) progress(verb string) (postgres.Progress, func()) {
	if !c.ErrStyle.Terminal {
		return nil, func() {}
	}
	const away = "\r\x1b[K"
	show := func(done, total int64) {
		text := verb + ": " + terminal.Size(uint64(done))
		if total > 0 {
			text += " of at most " + terminal.Size(uint64(total))
		}
		fmt.Fprint(c.Err, away+text)
	}
	return show, func() { fmt.Fprint(c.Err, away) }
}

// dryRunLine is what --dry-run prints of a verb that does one thing.
func (c *command) dryRunLine(verb, what string) error {
	c.Data(fmt.Appendf(nil, "%-8s %s\n", verb, what))
	return nil
}

func (c *command) dbURL(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version   int               `json:"version"`
			App       string            `json:"app"`
			Database  string            `json:"database"`
			URL       string            `json:"url"`
			Variables map[string]string `json:"variables"`
		}{terminal.JSONVersion, db.app, db.name, db.server.URL(db.name), db.variables()})
	}
	c.Data([]byte(db.server.URL(db.name) + "\n"))
	return nil
}

func (db *database) variables() map[string]string {
	all := map[string]string{}
	for _, v := range db.environment.Variables {
		all[v.Name] = v.Value
	}
	return all
}

func (c *command) dbShell(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	argv, environment, err := db.server.Shell(ctx, db.name, c.programs(db))
	if err != nil {
		return db.explain(err)
	}
	p := program{c.workdir, argv, append(withoutPostgres(os.Environ()), environment...)}
	if flags.Bool("dry-run") {
		c.showProgram(p)
		return nil
	}
	return p.become()
}

// withoutPostgres leaves out what would send psql somewhere else.
func withoutPostgres(environment []string) []string {
	var kept []string
	for _, assignment := range environment {
		if !strings.HasPrefix(assignment, "PG") || strings.HasPrefix(assignment, "PG_COLOR") {
			kept = append(kept, assignment)
		}
	}
	return kept
}

// explain adds how the database comes to be.
func (db *database) explain(err error) error {
	if db.before != nil && isLockedOut(err) {
		return roleOfBefore(db.before, db.home.User.Name, db.name)
	}
	if kind := postgres.KindOf(err); kind == postgres.NoDatabase || kind == postgres.NoRole && db.hosted() {
		return hint.With(err, "ecounit db create")
	}
	return err
}
