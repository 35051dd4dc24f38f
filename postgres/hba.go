package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// rule is a line of pg_hba.conf, as the server understands it.
type rule struct {
	line      int
	kind      string // local, host, hostssl…
	databases []string
	users     []string
	address   string
	method    string
	problem   string // of a line that the server cannot read
}

func (r rule) String() string {
	words := []string{r.kind, strings.Join(r.databases, ","), strings.Join(r.users, ","), r.address, r.method}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return fmt.Sprintf("line %d of pg_hba.conf (%s)", r.line, strings.Join(words, " "))
}

// Openings are the lines of pg_hba.conf that let any account of this host in as
// somebody else, so that databases are not safe from each other, and those that
// the server cannot read.
func (a Administrator) Openings(ctx context.Context) ([]string, error) {
	c, err := a.maintenance(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	const doing = "read the server's pg_hba.conf"
	rows, err := c.Query(ctx, `SELECT line_number, coalesce(type, ''), coalesce(database, '{}'), coalesce(user_name, '{}'),
		coalesce(address, ''), coalesce(auth_method, ''), coalesce(error, '') FROM pg_hba_file_rules ORDER BY line_number`)
	if err != nil {
		return nil, c.explain(err, doing)
	}
	rules, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rule, err error) {
		err = row.Scan(&r.line, &r.kind, &r.databases, &r.users, &r.address, &r.method, &r.problem)
		return r, err
	})
	if err != nil {
		return nil, c.explain(err, doing)
	}
	return openings(rules), nil
}

// openings goes by the first line that fits, as the server does.
func openings(rules []rule) []string {
	var found []string
	decided := map[string]bool{} // by a line for everybody: later ones do not count
	for _, r := range rules {
		from := r.kind + " " + r.address
		switch {
		case r.problem != "":
			found = append(found, fmt.Sprintf("the server cannot read line %d of pg_hba.conf: %s", r.line, oneLine(r.problem)))
			continue
		case decided[from] || slices.Equal(r.databases, []string{"replication"}):
			continue
		case r.method == "trust" && r.nearby():
			found = append(found, r.String()+" lets any account of this host in as anybody")
		}
		decided[from] = slices.Contains(r.databases, "all") && slices.Contains(r.users, "all")
	}
	return found
}

// nearby reports whether programs of this host can come in by the rule.
func (r rule) nearby() bool {
	return r.kind == "local" || slices.Contains([]string{"all", "samehost", "samenet", "localhost", "0.0.0.0", "::"}, r.address) ||
		strings.HasPrefix(r.address, "127.") || r.address == "::1"
}
