package postgres

import (
	"context"
	"fmt"
)

// Database is one line of a list.
type Database struct {
	Name        string
	Owner       string
	Bytes       int64 // on the server's disk
	Connections int   // open now
	Limit       int   // how many may be open at once; 0 is any number
	HalfDropped bool  // a DROP DATABASE was interrupted
}

// List are the databases of the role, sorted by name.
func (s Server) List(ctx context.Context) ([]Database, error) {
	return s.list(ctx, "datdba = (SELECT oid FROM pg_roles WHERE rolname = $1)", s.User)
}

// Databases are those of a role, or all when it is "".
func (a Administrator) Databases(ctx context.Context, owner string) ([]Database, error) {
	return a.list(ctx, "NOT datistemplate AND ($1 = '' OR pg_get_userbyid(datdba) = $1)", owner)
}

// halfDropped is the limit that DROP DATABASE sets before it begins.
const halfDropped = -2

func (s Server) list(ctx context.Context, where string, arg string) ([]Database, error) {
	c, err := s.maintenance(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	const doing = "list databases"
	rows, err := c.Query(ctx, fmt.Sprintf(`
		SELECT datname, pg_get_userbyid(datdba), datconnlimit,
			CASE WHEN datconnlimit = %d THEN 0 ELSE pg_database_size(oid) END,
			(SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid)
		FROM pg_database d WHERE %s ORDER BY datname`, halfDropped, where), arg)
	if err != nil {
		return nil, c.explain(err, doing)
	}
	defer rows.Close()
	var all []Database
	for rows.Next() {
		var d Database
		if err := rows.Scan(&d.Name, &d.Owner, &d.Limit, &d.Bytes, &d.Connections); err != nil {
			return nil, c.explain(err, doing)
		}
		d.HalfDropped = d.Limit == halfDropped
		d.Limit = max(d.Limit, 0)
		all = append(all, d)
	}
	return all, c.explain(rows.Err(), doing)
}

// Size is how much of the server's disk a database takes, in bytes.
func (s Server) Size(ctx context.Context, database string) (int64, error) {
	c, err := s.connect(ctx, database)
	if err != nil {
		return 0, err
	}
	defer c.close()
	return c.size(ctx)
}

func (c *session) size(ctx context.Context) (bytes int64, err error) {
	err = c.get(ctx, "measure the database", "SELECT pg_database_size(current_database())", nil, &bytes)
	return bytes, err
}
