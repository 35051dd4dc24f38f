package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Made is what a call made, as object ids; 0 is what was there before.
type Made struct {
	Role     uint32
	Database uint32
}

// errAgain means that somebody else was quicker: what is there has to be looked
// at anew.
var errAgain = errors.New("somebody else made it meanwhile")

// attempts at a name that others make and drop at the same time.
const attempts = 5

// Has reports whether the database is there and belongs to the role. One that
// belongs to somebody else is an error.
func (s Server) Has(ctx context.Context, database string) (bool, error) {
	if err := checkName("database", database); err != nil {
		return false, err
	}
	c, err := s.connect(ctx, database)
	switch KindOf(err) {
	case NoDatabase:
		return false, nil
	case NotAllowed:
		return false, s.taken(ctx, database)
	}
	if err != nil {
		return false, err
	}
	defer c.close()
	f, err := c.look(ctx, database)
	if err == nil && f.owner != s.User {
		err = takenBy(database, f.owner)
	}
	return err == nil, err
}

// Ensure makes the database unless the role has it already. The role needs
// CREATEDB to make one.
func (s Server) Ensure(ctx context.Context, database string) (Made, error) {
	for range attempts {
		has, err := s.Has(ctx, database)
		if has || err != nil {
			return Made{}, err
		}
		made, err := s.make(ctx, database)
		if !errors.Is(err, errAgain) {
			return made, err
		}
	}
	return Made{}, stillChanging(database)
}

func (s Server) make(ctx context.Context, database string) (Made, error) {
	c, err := s.maintenance(ctx)
	if err != nil {
		return Made{}, err
	}
	defer c.close()
	id, err := (&making{session: c, database: database}).run(ctx)
	if KindOf(err) == NotAllowed {
		err = &Error{
			Kind:    NotAllowed,
			Message: fmt.Sprintf("cannot make the database %s: the role %s may not make databases", database, s.User),
			Fix:     "your administrator types in psql: ALTER ROLE " + Quoted(s.User) + " CREATEDB",
			cause:   err,
		}
	}
	return Made{Database: id}, err
}

// Probe makes a table in the database and takes it back: what an app does
// first, and what fails where the public schema is closed to its owner.
func (s Server) Probe(ctx context.Context, database string) error {
	c, err := s.connect(ctx, database)
	if err != nil {
		return err
	}
	defer c.close()
	doing := "make a table in the database " + database
	tx, err := c.Begin(ctx)
	if err != nil {
		return c.explain(err, doing)
	}
	// The connection ends in any case, and the table with it.
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck
	_, err = tx.Exec(ctx, `CREATE TABLE public."a table to see whether one can be made" ()`)
	return c.explain(err, doing)
}

// Undo removes what a call made, and nothing that was there before or that has
// been made anew since. Programs that are connected are cut off.
func (s Server) Undo(ctx context.Context, database string, made Made) error {
	if made.Database == 0 {
		return nil
	}
	c, err := s.maintenance(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	return c.dropSame(ctx, database, s.User, made.Database)
}

// taken finds out whose a database is that the role may not connect to; nil
// when it is gone.
func (s Server) taken(ctx context.Context, database string) error {
	c, err := s.maintenance(ctx)
	if err != nil {
		return takenBy(database, "")
	}
	defer c.close()
	f, err := c.look(ctx, database)
	switch {
	case err != nil:
		return err
	case f.id == 0:
		return nil // dropped meanwhile
	case f.owner == s.User:
		return &Error{
			Kind:    NotAllowed,
			Message: fmt.Sprintf("cannot connect to the database %s: its owner %s may not", database, f.owner),
			Fix:     fmt.Sprintf("in psql, connected to another database: GRANT CONNECT ON DATABASE %s TO %s", Quoted(database), Quoted(f.owner)),
		}
	}
	return takenBy(database, f.owner)
}

func takenBy(database, owner string) error {
	e := &Error{Kind: Taken, Message: fmt.Sprintf("cannot use the database %s: it belongs to somebody else", database), Fix: "choose another name"}
	if owner != "" {
		e.Message = fmt.Sprintf("cannot use the database %s: it belongs to %s", database, owner)
	}
	return e
}

func stillChanging(database string) error {
	return &Error{Kind: InUse, Message: fmt.Sprintf("cannot make the database %s: somebody else makes and drops it all the time", database), Fix: "try again in a moment"}
}

// found is a database as others see it; the zero value is none.
type found struct {
	id    uint32
	owner string
}

// look finds a database without connecting to it. One that is half dropped is
// an error.
func (c *session) look(ctx context.Context, database string) (found, error) {
	var (
		f     found
		limit int
	)
	err := c.QueryRow(ctx, "SELECT oid::bigint, pg_get_userbyid(datdba)::text, datconnlimit FROM pg_database WHERE datname = $1", database).
		Scan(&f.id, &f.owner, &limit)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return found{}, nil
	case err == nil && limit == halfDropped:
		return f, halfDroppedError(database)
	}
	return f, c.explain(err, "look for the database "+database)
}

func halfDroppedError(database string) error {
	return &Error{
		Kind:    HalfDropped,
		Message: fmt.Sprintf("cannot use the database %s: it was dropped only in part", database),
		Fix:     "drop it once more, in psql: DROP DATABASE " + Quoted(database),
	}
}
