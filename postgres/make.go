package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// noLimit is what Postgres takes for any number of connections.
const noLimit = -1

// making is a database in the making.
type making struct {
	*session        // in another database
	database string // its name in the end
	owner    string // or "" for whoever is connected

	name string // its name until then
}

// run makes the database and returns its id. errAgain is somebody else's
// database of that name.
func (m *making) run(ctx context.Context) (uint32, error) {
	alone, err := m.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer m.unlock(ctx)
	if f, err := m.look(ctx, m.database); err != nil || f.id != 0 {
		return 0, orAgain(err)
	}
	if alone {
		if err := m.removeLeftovers(ctx); err != nil {
			return 0, err
		}
	}
	m.name = unfinishedPrefix(m.database) + randomWord()
	id, err := m.steps(ctx)
	if err != nil {
		m.giveUp(ctx)
		return 0, err
	}
	return id, nil
}

// steps are one statement each, and none leaves anything under the real name
// until the last.
func (m *making) steps(ctx context.Context) (uint32, error) {
	if err := m.create(ctx); err != nil {
		return 0, err
	}
	// Everybody may connect to a new database by default.
	if err := m.do(ctx, "REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC", Quoted(m.name)); err != nil {
		return 0, err
	}
	if err := m.openSchema(ctx); err != nil {
		return 0, err
	}
	f, err := m.look(ctx, m.name)
	if err != nil {
		return 0, err
	}
	return f.id, m.finish(ctx)
}

// create keeps everybody but superusers out until the end. template0 is the
// one template that nobody has put anything into.
func (m *making) create(ctx context.Context) error {
	statement := "CREATE DATABASE " + Quoted(m.name) + " TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT 0"
	_, err := m.Exec(ctx, statement)
	if stateOf(err) == invalidParameter {
		// The locale of the server is of another encoding; this one goes with any.
		_, err = m.Exec(ctx, statement+" LC_COLLATE 'C' LC_CTYPE 'C'")
	}
	return m.explain(err, m.doing())
}

// openSchema gives the owner the public schema, and takes it from others, as
// template0 itself has it since Postgres 15.
func (m *making) openSchema(ctx context.Context) error {
	const ownedByDatabaseOwner = 15
	if m.owner == "" || m.major >= ownedByDatabaseOwner {
		return nil
	}
	inside, err := m.server.connect(ctx, m.name)
	if err != nil {
		return err
	}
	defer inside.close()
	return inside.exec(ctx, m.doing(), "ALTER SCHEMA public OWNER TO "+Quoted(m.owner)+"; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
}

// finish hands the database over under its real name, in one transaction.
func (m *making) finish(ctx context.Context) error {
	name := Quoted(m.name)
	var all []string
	if m.owner != "" {
		all = append(all, "ALTER DATABASE "+name+" OWNER TO "+Quoted(m.owner))
	}
	all = append(all,
		fmt.Sprintf("ALTER DATABASE %s CONNECTION LIMIT %d", name, noLimit),
		fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", name, Quoted(m.database)))
	// Several statements in one message are one transaction.
	_, err := m.Exec(ctx, strings.Join(all, "; "))
	if state := stateOf(err); state == duplicateDatabase || state == uniqueViolation {
		return errAgain
	}
	return m.explain(err, m.doing())
}

func (m *making) do(ctx context.Context, format string, args ...any) error {
	return m.exec(ctx, m.doing(), fmt.Sprintf(format, args...))
}

func (m *making) doing() string { return "make the database " + m.database }

// lock keeps others out who make the same database. Anybody could hold it, so
// it is not waited for without end: without it the leftovers stay for another
// time, and the rest is safe by itself.
func (m *making) lock(ctx context.Context) (alone bool, err error) {
	_, err = m.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey(m.database))
	if stateOf(err) == lockNotAvailable {
		return false, nil
	}
	return err == nil, m.explain(err, m.doing())
}

func (m *making) unlock(ctx context.Context) {
	// The end of the connection unlocks as well.
	_, _ = m.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock_all()")
}

// removeLeftovers drops what was left by those who were killed while they made
// the same database.
func (m *making) removeLeftovers(ctx context.Context) error {
	rows, err := m.Query(ctx, `SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND pg_has_role(datdba, 'USAGE')`, unfinishedPrefix(m.database))
	if err != nil {
		return m.explain(err, m.doing())
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return m.explain(err, m.doing())
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return m.explain(err, m.doing())
	}
	for _, name := range names {
		if err := m.do(ctx, "DROP DATABASE IF EXISTS %s", Quoted(name)); err != nil && KindOf(err) != InUse {
			return err
		}
	}
	return nil
}

// giveUpTimeout bounds the way back, which goes on after an interrupt.
const giveUpTimeout = 10 * time.Second

// giveUp removes what was begun. What it cannot remove the next run does.
func (m *making) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	_, _ = m.Exec(ctx, "DROP DATABASE IF EXISTS "+Quoted(m.name))
}

// unfinishedPrefix begins the names of databases that are to become this one.
func unfinishedPrefix(database string) string {
	sum := sha256.Sum256([]byte(database))
	return "unfinished-" + hex.EncodeToString(sum[:8]) + "-"
}

// lockKey is the number that stands for the name in an advisory lock.
func lockKey(database string) int64 {
	sum := sha256.Sum256([]byte("ecounit database " + database))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// randomWord keeps others from taking the unfinished name first.
func randomWord() string { return strings.ToLower(rand.Text()[:10]) }

// stateOf is the SQLSTATE of an error, or "".
func stateOf(err error) string {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

func orAgain(err error) error {
	if err == nil {
		return errAgain
	}
	return err
}
