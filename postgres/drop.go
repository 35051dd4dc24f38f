package postgres

import (
	"context"
	"fmt"
	"time"
)

// Drop drops a database of the role's own. Where others are connected it is an
// error, unless they are to be cut off.
func (s Server) Drop(ctx context.Context, database string, cutOff bool) error {
	if err := checkName("database", database); err != nil {
		return err
	}
	c, err := s.maintenance(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	f, err := c.look(ctx, database)
	switch {
	case err != nil && KindOf(err) != HalfDropped:
		return err
	case f.id == 0:
		return &Error{Kind: NoDatabase, Message: fmt.Sprintf("cannot drop the database %s: there is no such database", database)}
	case f.owner != s.User:
		return takenBy(database, f.owner)
	}
	return c.drop(ctx, database, cutOff)
}

// Unused is an error while programs are connected, as Drop is that does not cut
// them off: to ask before a long dump.
func (s Server) Unused(ctx context.Context, database string) error {
	c, err := s.maintenance(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	return c.unused(ctx, database)
}

// dropSame drops the database only if it is the one with that id, and the
// owner's.
func (c *session) dropSame(ctx context.Context, database, owner string, id uint32) error {
	f, err := c.look(ctx, database)
	switch {
	case f.id != id:
		return err
	case f.owner != owner:
		return takenBy(database, f.owner)
	}
	return c.drop(ctx, database, true)
}

func (c *session) drop(ctx context.Context, database string, cutOff bool) error {
	doing := "drop the database " + database
	statement := "DROP DATABASE " + Quoted(database)
	if !cutOff {
		if err := c.unused(ctx, database); err != nil {
			return err
		}
		return c.exec(ctx, doing, statement)
	}
	const withForce = 13
	var err error
	for range attempts {
		if c.major >= withForce {
			// It keeps new connections out meanwhile, but an owner may not end
			// the server's own vacuum with it.
			if err = c.exec(ctx, doing, statement+" WITH (FORCE)"); KindOf(err) != NotAllowed {
				return err
			}
		}
		err = c.exec(ctx, doing, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'USAGE')", database)
		if err != nil {
			return err
		}
		// This ends a vacuum. A program that connects again at once is quicker.
		if err = c.exec(ctx, doing, statement); KindOf(err) != InUse {
			return err
		}
	}
	return err
}

// lastWords is how long a connection that was just closed may take to end.
const lastWords = time.Second

// unused is an error while somebody is connected; a vacuum does not count.
// Postgres itself would say so after five seconds only, and not how many.
func (c *session) unused(ctx context.Context, database string) error {
	const count = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'"
	for begin := time.Now(); ; {
		var n int
		if err := c.get(ctx, "count the connections", count, []any{database}, &n); err != nil || n == 0 {
			return err
		}
		if time.Since(begin) > lastWords {
			open := "one connection to it is open"
			if n > 1 {
				open = fmt.Sprintf("%d connections to it are open", n)
			}
			return &Error{Kind: InUse, Message: fmt.Sprintf("cannot drop the database %s: %s", database, open), Fix: "stop the programs that use it"}
		}
		select {
		case <-ctx.Done():
			return c.explain(ctx.Err(), "drop the database "+database)
		case <-time.After(firstPause):
		}
	}
}
