package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Restored is what a restore brought.
type Restored struct {
	Dumped
	// WithoutGrants: rights of other roles were left out, because the server
	// does not have all of those roles.
	WithoutGrants bool
}

// Restore reads a dump into a database that is empty, and counts the rows that
// arrived. All of it arrives, or nothing.
func (s Server) Restore(ctx context.Context, database, file string, programs Programs, progress Progress) (Restored, error) {
	doing := "restore the database " + database
	c, err := s.connect(ctx, database)
	if err != nil {
		return Restored{}, err
	}
	defer c.close()
	if err := c.mustBeEmpty(ctx, doing, database); err != nil {
		return Restored{}, err
	}
	dump, size, err := openDump(file)
	if err != nil {
		return Restored{}, err
	}
	defer dump.Close()
	plan, err := programs.inspect(ctx, dump, c.major)
	if err != nil {
		return Restored{}, err
	}
	env, err := s.environ(database)
	if err != nil {
		return Restored{}, err
	}
	result := Restored{Dumped: Dumped{Bytes: size, Tables: len(plan.rows), Rows: plan.rows.total()}}
	run := func(more ...string) error {
		defer watch(progress, func() int64 { return read(dump) }, size)()
		return plan.carryOut(ctx, doing, dump, programs.environ(env), append([]string{"--dbname=" + conninfo("dbname", database)}, more...))
	}
	if err = run(); err != nil && ctx.Err() == nil && plan.grants() {
		// A dump of another server has rights for roles that this one may not
		// have. It was one transaction, so it can be tried again.
		if run("--no-privileges") == nil {
			result.WithoutGrants, err = true, nil
		}
	}
	if err != nil {
		return Restored{}, err
	}
	if progress != nil {
		progress(size, size) // the end of the file is not read
	}
	return result, c.verify(ctx, doing, plan.rows)
}

// mustBeEmpty refuses a database in which anything was made; extensions that an
// administrator put there do not count.
func (c *session) mustBeEmpty(ctx context.Context, doing, database string) error {
	const count = `(SELECT count(*) FROM %[1]s x JOIN pg_namespace n ON n.oid = x.%[2]s
		WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%%'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '%[1]s'::regclass AND d.objid = x.oid AND d.deptype = 'e'))`
	var things int
	err := c.get(ctx, doing, fmt.Sprintf("SELECT %s + %s + %s + (SELECT count(*) FROM pg_namespace WHERE nspname NOT IN ('public', 'information_schema') AND nspname NOT LIKE 'pg\\_%%')",
		fmt.Sprintf(count, "pg_class", "relnamespace"), fmt.Sprintf(count, "pg_proc", "pronamespace"), fmt.Sprintf(count, "pg_type", "typnamespace")),
		nil, &things)
	if err != nil || things == 0 {
		return err
	}
	return &Error{
		Kind: NotEmpty, Message: fmt.Sprintf("cannot %s: there are tables or other things in it already", doing),
		Fix: "restore into a new database, or drop " + database + " first",
	}
}

// verify compares what arrived with what the dump holds.
func (c *session) verify(ctx context.Context, doing string, should rowCounts) error {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return c.explain(err, doing)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	rows, err := countRows(ctx, tx)
	if err != nil {
		return c.explain(err, doing)
	}
	if err := forgetOthers(ctx, tx, rows, should); err != nil {
		return c.explain(err, doing)
	}
	if wrong := rows.difference(should); wrong != "" {
		return &Error{Kind: Mismatch, Message: "cannot " + doing + ": it was read, but " + wrong}
	}
	return nil
}

// forgetOthers leaves out what is there and cannot be compared: tables that an
// extension fills, too, and those whose rows went to their partitions.
func forgetOthers(ctx context.Context, tx pgx.Tx, rows, should rowCounts) error {
	for t := range should {
		if _, counted := rows[t]; counted {
			continue
		}
		var there bool
		err := tx.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
			t.schema, t.name).Scan(&there)
		if err != nil {
			return err
		}
		if there {
			delete(should, t)
		}
	}
	return nil
}
