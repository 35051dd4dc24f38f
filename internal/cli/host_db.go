package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"ecounit/host"
	"ecounit/internal/terminal"
)

// hostDBCommands are the verbs of administrators about databases.
func (c *command) hostDBCommands() []*cli.Command {
	var (
		json   = toggle("json", "", "print JSON for programs")
		dryRun = toggle("dry-run", "n", "only show what would be done")
	)
	return []*cli.Command{
		{
			Name: "list", Usage: "list the databases of all users, or of one", ArgsUsage: "[USER]", Action: operands(0, 1, c.hostDBList),
			Flags: []cli.Flag{json},
		},
		{
			Name: "revoke", Usage: "shut a user out of the Postgres server; the databases stay", ArgsUsage: "USER", Action: operands(1, 1, c.hostDBRevoke),
			Flags: []cli.Flag{toggle("undo", "", "let them in again instead"), dryRun},
		},
		{
			Name: "limits", Usage: "set how many connections a user may have open, 0 for any number", ArgsUsage: "USER N", Action: operands(2, 2, c.hostDBLimits),
			Flags: []cli.Flag{dryRun},
		},
	}
}

// databaseUseJSON is a database as an administrator sees it.
type databaseUseJSON struct {
	Name        string `json:"name"`
	Owner       string `json:"owner"`
	Bytes       uint64 `json:"bytes"`
	Connections uint32 `json:"connections"`
	Limit       uint32 `json:"limit"` // of the owner; 0 is any number
	ByUs        bool   `json:"by_us"`
	Revoked     bool   `json:"revoked"`
	Gone        bool   `json:"gone"` // there is no such account any more
	Warning     string `json:"warning,omitempty"`
}

func (c *command) hostDBList(ctx context.Context, words []string, flags *cli.Context) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	account := ""
	if len(words) > 0 {
		account = words[0]
	}
	var all []host.DatabaseUse
	err = s.ask(ctx, func(ctx context.Context, client service) (err error) {
		all, err = client.Databases(ctx, account)
		return err
	})
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		documents := []databaseUseJSON{}
		for _, d := range all {
			documents = append(documents, databaseUseJSON(d))
		}
		return c.JSON(struct {
			Version   int               `json:"version"`
			Databases []databaseUseJSON `json:"databases"`
		}{terminal.JSONVersion, documents})
	}
	if len(all) == 0 {
		fmt.Fprintln(c.Err, "there are no such databases")
		return nil
	}
	c.printDatabaseUses(all)
	return nil
}

func (c *command) printDatabaseUses(all []host.DatabaseUse) {
	var rows [][]string
	for _, d := range all {
		limit, notes := "any", d.Warning
		if d.Limit > 0 {
			limit = strconv.FormatUint(uint64(d.Limit), 10)
		}
		if d.Revoked {
			notes = joinNotes("shut out", notes)
		}
		if d.Gone {
			notes = joinNotes("gone", notes)
		}
		rows = append(rows, []string{d.Name, d.Owner, terminal.Size(d.Bytes), strconv.FormatUint(uint64(d.Connections), 10), limit, notes})
	}
	c.Table([]string{"DATABASE", "OWNER", "SIZE", "OPEN", "LIMIT", ""}, rows, make([]string, len(rows)))
}

func joinNotes(first, second string) string {
	if second == "" {
		return first
	}
	return first + ", " + second
}

// hostDBRevoke shuts a user out, or lets them in again.
func (c *command) hostDBRevoke(ctx context.Context, words []string, flags *cli.Context) error {
	account, undo := words[0], flags.Bool("undo")
	verb, text := "revoke", account+" is shut out; the databases stay"
	if undo {
		verb, text = "allow", account+" is let in again"
	}
	return c.hostDBChange(ctx, flags, verb, account, text, func(ctx context.Context, client service) error {
		return client.RevokeDatabases(ctx, account, undo)
	})
}

// hostDBLimits sets how many connections a user may have open.
func (c *command) hostDBLimits(ctx context.Context, words []string, flags *cli.Context) error {
	account := words[0]
	n, err := strconv.ParseUint(words[1], 10, 18)
	if err != nil {
		return usage("ecounit host db limits USER N", "the number of connections is 0 to %d, got %q", 1<<18-1, words[1])
	}
	text := fmt.Sprintf("%s may have %d connections open", account, n)
	if n == 0 {
		text = account + " may have any number of connections open"
	}
	return c.hostDBChange(ctx, flags, "limit", account+" "+words[1], text, func(ctx context.Context, client service) error {
		return client.LimitDatabases(ctx, account, uint32(n))
	})
}

func (c *command) hostDBChange(ctx context.Context, flags *cli.Context, verb, object, text string, change func(context.Context, service) error) error {
	s, err := c.hosted()
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		c.Data(fmt.Appendf(nil, "%s  %s\n", verb, object))
		return nil
	}
	if err := s.ask(ctx, change); err != nil {
		return err
	}
	c.Line(terminal.Done, "databases", text)
	return nil
}
