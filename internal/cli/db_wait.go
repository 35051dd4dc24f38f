package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"ecounit/plan"
	"ecounit/postgres"
)

// dbWait is what the units of an app run before each start. It takes the server
// from the variables that the app will get, so that it sees what the app will
// see, and reads nothing else: at boot that is quick, and in a sandbox the rest
// may be closed.
func (c *command) dbWait(ctx context.Context, words []string, _ *cli.Context) error {
	server, name, err := postgres.FromVariables(c.getenv)
	if err != nil {
		return err
	}
	if server.Host == "" || name == "" {
		return usage("ecounit db create", "db wait is for the units of %s, which say where the database is", words[0])
	}
	if server.PassFile == "" {
		server.PassFile = filepath.Join(c.getenv("HOME"), ".pgpass")
	}
	ctx, cancel := context.WithTimeout(ctx, plan.DatabaseWait)
	defer cancel()
	if err := server.Wait(ctx, name); err != nil {
		return fmt.Errorf("%s starts without its database: %w", words[0], err)
	}
	return nil
}
