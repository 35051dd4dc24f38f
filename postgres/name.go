package postgres

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// maxName is NAMEDATALEN less one, in bytes: Postgres cuts what is longer, and
// says so in a notice only.
const maxName = 63

// DatabaseName is the name of the database that account has for name. Where
// names have no underscore, the last one is the border, and no two accounts get
// the same database.
func DatabaseName(account, name string) (string, error) {
	database := account + "_" + name
	return database, checkName("database", database)
}

// checkName refuses what Postgres would cut, cannot hold, or could not be shown
// in a message. Anything else is a name and is quoted.
func checkName(what, name string) error {
	switch {
	case name == "":
		return &Error{Kind: BadName, Message: fmt.Sprintf("the name of the %s is empty", what)}
	case len(name) > maxName:
		return &Error{
			Kind:    BadName,
			Message: fmt.Sprintf("the name of the %s %q has %d bytes, and Postgres allows %d", what, name, len(name), maxName),
			Fix:     "choose a shorter name",
		}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return &Error{Kind: BadName, Message: fmt.Sprintf("the name of the %s %q has characters that cannot be shown", what, name)}
	}
	return nil
}

// Quoted is the name as an identifier in a statement.
func Quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// conninfo is one setting of a libpq connection string. Programs of Postgres
// take a database name with = or :// in it for a whole string of them, so names
// are given to them in this form only.
func conninfo(key, value string) string {
	return key + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}
