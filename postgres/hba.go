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
	rules, err := a.rules(ctx)
	return openings(rules), err
}

// Obstacles are the lines of pg_hba.conf that keep accounts from the databases
// that an Administrator made for them: the server is to go by the account.
func (a Administrator) Obstacles(ctx context.Context) ([]string, error) {
	rules, err := a.rules(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := a.Roles(ctx)
	if err != nil {
		return nil, err
	}
	databases, err := a.Databases(ctx, "")
	if err != nil {
		return nil, err
	}
	return obstacles(rules, slices.DeleteFunc(databases, func(d Database) bool { return !roles[d.Owner].ByUs })), nil
}

func (a Administrator) rules(ctx context.Context) ([]rule, error) {
	c, err := a.maintenance(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	const doing = "read the server's pg_hba.conf"
	order := "line_number"
	if c.major >= 16 { // which has lines of several files
		order = "rule_number NULLS LAST, line_number"
	}
	rows, err := c.Query(ctx, `SELECT line_number, coalesce(type, ''), coalesce(database, '{}'), coalesce(user_name, '{}'),
		coalesce(address, ''), coalesce(auth_method, ''), coalesce(error, '') FROM pg_hba_file_rules ORDER BY `+order)
	if err != nil {
		return nil, c.explain(err, doing)
	}
	rules, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rule, err error) {
		err = row.Scan(&r.line, &r.kind, &r.databases, &r.users, &r.address, &r.method, &r.problem)
		return r, err
	})
	return rules, c.explain(err, doing)
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

// obstacles goes by the first line that fits, as the server does. Before there
// is any database, it is about one that only lines for all fit.
func obstacles(rules []rule, databases []Database) []string {
	if len(databases) == 0 {
		databases = []Database{{}}
	}
	var found []string
	kept := map[string][]string{} // databases, by what keeps their owners out
	for _, d := range databases {
		if why := obstacle(rules, d); why != "" {
			if kept[why] == nil {
				found = append(found, why)
			}
			kept[why] = append(kept[why], d.Name)
		}
	}
	for i, why := range found {
		of := "any user's database"
		switch names := kept[why]; {
		case len(names) > 1:
			of = fmt.Sprintf("%s and %d more", names[0], len(names)-1)
		case names[0] != "":
			of = names[0]
		}
		found[i] = fmt.Sprintf("%s of %s", why, of)
	}
	return found
}

func obstacle(rules []rule, d Database) string {
	for _, r := range rules {
		if r.kind != "local" || r.problem != "" {
			continue
		}
		switch fits := min(r.isFor(r.databases, d.Name, d.Owner), r.isFor(r.users, d.Owner, "")); {
		case fits == perhaps:
			return ""
		case fits == no:
		case r.method == "peer" || r.method == "trust": // Openings has the latter
			return ""
		default:
			return r.String() + " comes before any line with peer for the owner"
		}
	}
	return "no line of pg_hba.conf lets in the owner"
}

// match is whether a line is for somebody. What only the server could tell,
// groups and patterns, is perhaps.
type match int

const (
	no match = iota
	perhaps
	yes
)

func (r rule) isFor(words []string, name, owner string) match {
	best := no
	for _, word := range words {
		switch {
		case word == "all" || word == name && name != "":
			return yes
		case name != "" && owner == name && (word == "sameuser" || word == "samerole" || word == "samegroup"):
			return yes
		case strings.HasPrefix(word, "+") || strings.HasPrefix(word, "/") || word == "samerole" || word == "samegroup":
			best = perhaps
		}
	}
	return best
}
