package postgres

import (
	"context"
	"fmt"
)

// Revoke shuts a role out: it may not log in any more, and is cut off. Its
// databases stay.
func (a Administrator) Revoke(ctx context.Context, role string) error {
	return a.alterRole(ctx, role, "NOLOGIN", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1")
}

// Allow lets a role in again.
func (a Administrator) Allow(ctx context.Context, role string) error {
	return a.alterRole(ctx, role, "LOGIN", "")
}

// LimitRole sets how many connections a role may have at once, to all
// databases together; 0 is no limit.
func (a Administrator) LimitRole(ctx context.Context, role string, connections int) error {
	return a.alterRole(ctx, role, fmt.Sprintf("CONNECTION LIMIT %d", orNoLimit(connections)), "")
}

func (a Administrator) alterRole(ctx context.Context, role, change, then string) error {
	if err := checkName("role", role); err != nil {
		return err
	}
	c, err := a.maintenance(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	doing := "change the role " + role
	var there, super bool
	err = c.get(ctx, doing, "SELECT count(*) > 0, coalesce(bool_or(rolsuper), false) FROM pg_roles WHERE rolname = $1", []any{role}, &there, &super)
	switch {
	case err != nil:
		return err
	case !there:
		return &Error{Kind: NoRole, Message: fmt.Sprintf("cannot %s: there is no such role", doing)}
	case super:
		return &Error{Kind: NotAllowed, Message: fmt.Sprintf("cannot %s: it is a superuser", doing)}
	}
	if err := c.exec(ctx, doing, "ALTER ROLE "+Quoted(role)+" "+change); err != nil || then == "" {
		return err
	}
	return c.exec(ctx, doing, then, role)
}
