package postgres

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Variable is an environment variable.
type Variable struct{ Name, Value string }

// Environment is what a program needs to reach a database. Nothing in Variables
// is secret.
type Environment struct {
	Variables []Variable // sorted by name
	// PassFile is what has to be in the file that PGPASSFILE names, for its
	// owner alone; nil when there is nothing to write.
	PassFile []byte
}

// Environment says how programs reach the database. A password goes to
// passFile, which the caller writes; one that stands in the user's own password
// file for that very database stays there.
func (s Server) Environment(database, passFile string) (Environment, error) {
	config, err := s.config(database)
	if err != nil {
		return Environment{}, err
	}
	var e Environment
	set := func(name, value string) {
		if value != "" {
			e.Variables = append(e.Variables, Variable{name, value})
		}
	}
	set("DATABASE_URL", s.URL(database))
	set("PGDATABASE", database)
	set("PGHOST", s.Host)
	set("PGPORT", strconv.Itoa(s.Port))
	set("PGUSER", s.User)
	for _, p := range parameters {
		set(p.variable, s.Parameters[p.name])
	}
	switch password := config.Password; {
	case password == "":
	case s.Password == "" && !s.local():
		set("PGPASSFILE", s.PassFile)
	default:
		set("PGPASSFILE", passFile)
		e.PassFile = passLines(s, database, password)
	}
	slices.SortFunc(e.Variables, func(a, b Variable) int { return cmp.Compare(a.Name, b.Name) })
	return e, nil
}

// URL is the address of the database, without a password. Of a local server it
// has this form because libpq, psycopg, SQLAlchemy, asyncpg, dj-database-url,
// node-postgres and pgx all take it (tried, each): a socket's folder in the
// place of the host, or a user before an empty host, some of them do not.
func (s Server) URL(database string) string {
	var front, query strings.Builder
	add := func(name, value string) {
		query.WriteByte("?&"[min(query.Len(), 1)])
		query.WriteString(name + "=" + escaped(value, "/"))
	}
	if !s.local() {
		host := escaped(s.Host, "")
		if strings.Contains(s.Host, ":") {
			host = "[" + s.Host + "]"
		}
		front.WriteString(escaped(s.User, "") + "@" + host)
		if s.Port != defaultPort {
			front.WriteString(":" + strconv.Itoa(s.Port))
		}
	} else {
		add("host", s.Host)
		if s.Port != defaultPort {
			add("port", strconv.Itoa(s.Port))
		}
		add("user", s.User)
	}
	for _, p := range parameters {
		if value := s.Parameters[p.name]; value != "" {
			add(p.name, value)
		}
	}
	return "postgresql://" + front.String() + "/" + escaped(database, "") + query.String()
}

// escaped leaves nothing but what means itself everywhere in a URL, and what is
// in also. Spaces become %20: libpq takes a plus for a plus.
func escaped(text, also string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(plain, c) >= 0 || strings.IndexByte(also, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(string([]byte{'%', digits[c>>4], digits[c&15]}))
		}
	}
	return b.String()
}
