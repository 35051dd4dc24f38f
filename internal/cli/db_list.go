package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
	"ecounit/postgres"
)

// ownDatabaseJSON is a database in --json.
type ownDatabaseJSON struct {
	Name        string `json:"name"`
	Bytes       int64  `json:"bytes"`
	Connections int    `json:"connections"`
	Limit       int    `json:"limit"` // of connections; 0 is any number
	HalfDropped bool   `json:"half_dropped,omitempty"`
}

func (c *command) dbList(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	found, err := db.server.List(ctx)
	if err != nil {
		return db.explain(err)
	}
	if flags.Bool("json") {
		all := []ownDatabaseJSON{}
		for _, d := range found {
			all = append(all, ownDatabaseJSON{d.Name, d.Bytes, d.Connections, d.Limit, d.HalfDropped})
		}
		return c.JSON(struct {
			Version   int               `json:"version"`
			Host      string            `json:"host"`
			Port      int               `json:"port"`
			User      string            `json:"user"`
			Databases []ownDatabaseJSON `json:"databases"`
		}{terminal.JSONVersion, db.server.Host, db.server.Port, db.server.User, all})
	}
	if len(found) == 0 {
		fmt.Fprintf(c.Err, "you have no database in %s\n", db.server)
		return nil
	}
	var (
		rows   [][]string
		states []string
	)
	for _, d := range found {
		state := "active"
		if d.HalfDropped {
			state = "failed"
		}
		rows, states = append(rows, []string{d.Name, terminal.Size(uint64(d.Bytes)), connections(d)}), append(states, state)
	}
	c.Table([]string{"DATABASE", "SIZE", "CONNECTIONS"}, rows, states)
	return nil
}

func connections(d postgres.Database) string {
	switch {
	case d.HalfDropped:
		return "dropped only in part"
	case d.Limit > 0:
		return fmt.Sprintf("%d of %d", d.Connections, d.Limit)
	}
	return fmt.Sprint(d.Connections)
}

func (c *command) dbSize(ctx context.Context, app string, flags *cli.Context) error {
	db, err := c.databaseOf(ctx, app)
	if err != nil {
		return err
	}
	bytes, err := db.server.Size(ctx, db.name)
	if err != nil {
		return db.explain(err)
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version  int    `json:"version"`
			App      string `json:"app"`
			Database string `json:"database"`
			Bytes    int64  `json:"bytes"`
		}{terminal.JSONVersion, db.app, db.name, bytes})
	}
	c.Data([]byte(terminal.Size(uint64(bytes)) + "\n"))
	return nil
}
