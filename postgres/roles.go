package postgres

import "context"

// Role is what an administrator sees of a role.
type Role struct {
	CanLogIn    bool
	Connections int  // that may be open at once; 0 is any number
	ByUs        bool // an Administrator made it
	Superuser   bool
	MakesRoles  bool // CREATEROLE: before Postgres 16 it may change all but superusers
}

// Roles are all roles of the server, by name.
func (a Administrator) Roles(ctx context.Context) (map[string]Role, error) {
	c, err := a.maintenance(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	const doing = "list roles"
	rows, err := c.Query(ctx, `SELECT rolname, rolcanlogin, greatest(rolconnlimit, 0), coalesce(shobj_description(oid, 'pg_authid') = $1, false),
		rolsuper, rolcreaterole FROM pg_roles`, madeByUs)
	if err != nil {
		return nil, c.explain(err, doing)
	}
	defer rows.Close()
	all := map[string]Role{}
	for rows.Next() {
		var name string
		var r Role
		if err := rows.Scan(&name, &r.CanLogIn, &r.Connections, &r.ByUs, &r.Superuser, &r.MakesRoles); err != nil {
			return nil, c.explain(err, doing)
		}
		all[name] = r
	}
	return all, c.explain(rows.Err(), doing)
}
