package cli

import (
	"context"
	"fmt"
	"strings"

	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/postgres"
)

// takeNewName has the account go to the server of the last enable by the name
// that it has now. Peer authentication knows no other; the role may still have
// the name of before.
func (db *database) takeNewName(last *plan.Database, kept *postgres.Server) {
	if kept.User == db.home.User.Name {
		return
	}
	db.before = last
	kept.User = db.home.User.Name
}

// renamed is the answer's error, or another one where the role or the database
// of an account that was renamed has the name of before: new ones would be empty.
func (db *database) renamed(ctx context.Context, answer existence, has func(context.Context, string) (bool, error)) error {
	switch {
	case db.before == nil:
		return answer.err
	case isLockedOut(answer.err):
		return roleOfBefore(db.before, db.home.User.Name, db.name)
	case answer.err != nil || answer.has || db.before.Name == db.name:
		return answer.err
	}
	there, err := has(ctx, db.before.Name)
	if err != nil || !there {
		return err
	}
	return hint.With(
		fmt.Errorf("cannot use the database %s: your account is called %s now, and the database is still called %s", db.name, db.home.User.Name, db.before.Name),
		`write postgres = "%s" below [database], or your administrator types in psql: %s`, db.before.Name, renaming("DATABASE", db.before.Name, db.name))
}

func isLockedOut(err error) bool {
	kind := postgres.KindOf(err)
	return kind == postgres.NoRole || kind == postgres.Refused
}

// roleOfBefore does not say that the role of before is there: it may have the
// new name already, and be shut out, as roles are whose account is gone.
func roleOfBefore(before *plan.Database, account, database string) error {
	steps := []string{renaming("ROLE", before.User, account), "ALTER ROLE " + postgres.Quoted(account) + " LOGIN"}
	if before.Name != database {
		steps = append(steps, renaming("DATABASE", before.Name, database))
	}
	return hint.With(
		fmt.Errorf("cannot use the database %s: your account is called %s now, and its role in the Postgres server was called %s", before.Name, account, before.User),
		"your administrator types in psql, unless it is done: %s", strings.Join(steps, "; "))
}

func renaming(what, from, to string) string {
	return fmt.Sprintf("ALTER %s %s RENAME TO %s", what, postgres.Quoted(from), postgres.Quoted(to))
}

// explainStatus is why an app that was enabled under another name of the
// account cannot use its database.
func (h *home) explainStatus(p *plan.Database, err error) error {
	if p.Source != plan.FromHost || p.User == h.User.Name || !isLockedOut(err) {
		return err
	}
	return roleOfBefore(p, h.User.Name, strings.Replace(p.Name, p.User+"_", h.User.Name+"_", 1))
}
