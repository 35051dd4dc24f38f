package postgres

import (
	"context"
	"errors"
	"fmt"
)

// Administrator makes roles and databases for others: a server and a role that
// is a superuser there. It does not connect to databases of others.
type Administrator struct{ Server }

// Request is what is made for an account: a role of its name, and a database
// that belongs to it.
type Request struct {
	Role     string
	Database string
	// RoleConnections is how many connections may be open at once, to all
	// databases together; 0 is no limit. The owner cannot change it, but could
	// change one of the database.
	RoleConnections int
}

// madeByUs marks roles, for whoever looks at them.
const madeByUs = "made by ecounit"

// Ensure makes the role and the database unless they are there. Those that are
// stay as they are; a database that belongs to somebody else is an error.
func (a Administrator) Ensure(ctx context.Context, r Request) (Made, error) {
	if err := errors.Join(checkName("role", r.Role), checkName("database", r.Database)); err != nil {
		return Made{}, err
	}
	c, err := a.maintenance(ctx)
	if err != nil {
		return Made{}, err
	}
	defer c.close()
	var made Made
	for range attempts {
		has, err := c.hasFor(ctx, r)
		if has || err != nil {
			return made, err
		}
		if made.Role == 0 {
			if made.Role, err = c.ensureRole(ctx, r); err != nil {
				return Made{}, err
			}
		}
		m := &making{session: c, database: r.Database, owner: r.Role}
		made.Database, err = m.run(ctx)
		if err == nil {
			return made, nil
		}
		if !errors.Is(err, errAgain) {
			c.undoRole(ctx, r, made.Role)
			return Made{}, err
		}
	}
	return made, stillChanging(r.Database)
}

// hasFor reports whether the role can log in and has the database.
func (c *session) hasFor(ctx context.Context, r Request) (bool, error) {
	f, err := c.look(ctx, r.Database)
	switch {
	case err != nil:
		return false, err
	case f.id != 0 && f.owner != r.Role:
		return false, takenBy(r.Database, f.owner)
	}
	there, err := c.canLogIn(ctx, r.Role)
	return there && f.id != 0, err
}

// canLogIn reports whether the role is there; one that may not log in is an
// error.
func (c *session) canLogIn(ctx context.Context, role string) (there bool, err error) {
	var may bool
	err = c.get(ctx, "look for the role "+role,
		"SELECT count(*) > 0, coalesce(bool_or(rolcanlogin), false) FROM pg_roles WHERE rolname = $1", []any{role}, &there, &may)
	if err == nil && there && !may {
		err = &Error{
			Kind:    Revoked,
			Message: fmt.Sprintf("cannot use the role %s: it may not log in", role),
			Fix:     "an administrator types in psql: ALTER ROLE " + Quoted(role) + " LOGIN",
		}
	}
	return there, err
}

// ensureRole makes the role with no right but to log in. Its id is 0 when
// somebody else has made it.
func (c *session) ensureRole(ctx context.Context, r Request) (id uint32, err error) {
	there, err := c.canLogIn(ctx, r.Role)
	if there || err != nil {
		return 0, err
	}
	doing := "make the role " + r.Role
	role := Quoted(r.Role)
	_, err = c.Exec(ctx, fmt.Sprintf(
		"CREATE ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT %d; COMMENT ON ROLE %s IS '%s'",
		role, orNoLimit(r.RoleConnections), role, madeByUs))
	switch stateOf(err) {
	case duplicateRole, uniqueViolation:
		return 0, nil
	}
	if err != nil {
		return 0, c.explain(err, doing)
	}
	err = c.get(ctx, doing, "SELECT oid::bigint FROM pg_roles WHERE rolname = $1", []any{r.Role}, &id)
	return id, err
}

func orNoLimit(n int) int {
	if n == 0 {
		return noLimit
	}
	return n
}

// Undo removes what a call made, and nothing that was there before, that has
// been made anew since, or that something depends on by now. The ids may come
// from the account itself: they are good for nothing of anybody else's. An
// account that is shut out undoes nothing: a new role would be let in.
func (a Administrator) Undo(ctx context.Context, r Request, made Made) error {
	if err := errors.Join(checkName("role", r.Role), checkName("database", r.Database)); err != nil {
		return err
	}
	c, err := a.maintenance(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.canLogIn(ctx, r.Role); err != nil {
		return err
	}
	if made.Database != 0 {
		if err := c.dropSame(ctx, r.Database, r.Role, made.Database); err != nil {
			return err
		}
	}
	return c.dropRole(ctx, r, made.Role)
}

func (c *session) undoRole(ctx context.Context, r Request, id uint32) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	// A role without rights that stays harms nobody, and the next run takes it.
	_ = c.dropRole(ctx, r, id)
}

// dropRole drops a role that we made and that owns nothing, if it is the one
// with that id. One with another limit than it was made with has got it from an
// administrator, and would lose it.
func (c *session) dropRole(ctx context.Context, r Request, id uint32) error {
	if id == 0 {
		return nil
	}
	var now uint32
	err := c.get(ctx, "look for the role "+r.Role,
		"SELECT coalesce(min(oid::bigint), 0)::bigint FROM pg_roles WHERE rolname = $1 AND shobj_description(oid, 'pg_authid') = $2 AND rolconnlimit = $3",
		[]any{r.Role, madeByUs, orNoLimit(r.RoleConnections)}, &now)
	if err != nil || now != id {
		return err
	}
	_, err = c.Exec(ctx, "DROP ROLE "+Quoted(r.Role))
	if stateOf(err) == dependentObjects {
		return nil
	}
	return c.explain(err, "drop the role "+r.Role)
}
