package descriptor

import (
	"ecounit/tomlfile"
)

// Database is the app's Postgres database.
type Database struct {
	Postgres Postgres `toml:"postgres" jsonschema:"required" jsonschema_description:"true for a database of its own, USER_NAME, or the name of one."`
	URLFile  string   `toml:"url_file" jsonschema_description:"A file with the URL of the server, for one that wants a password; relative to directory. You are warned when others can read it. Default: the server of this host, or what PGHOST says."`
}

// Postgres is a database: one of the app's own, or one with a name. The zero
// value is none.
type Postgres struct {
	Wanted bool
	Name   string // "" for USER_NAME
}

const (
	postgresHint = `write true for a database of the app's own, or its name in quotes`
	maxDatabase  = 63 // bytes, which is what Postgres keeps of a name
)

// databasePattern is narrower than Postgres: such a name needs no quotes in a
// shell, in a URL or in ~/.pgpass.
var databasePattern = tomlfile.NewPattern(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// Forms lists what may be written.
func (Postgres) Forms() []Form {
	return []Form{
		{Type: "boolean"},
		{Type: "string", Pattern: databasePattern, MaxLength: maxDatabase},
	}
}

// ReadValue reads it from the file.
func (p *Postgres) ReadValue(v tomlfile.Value) {
	switch v.Kind() {
	case tomlfile.Boolean:
		p.Wanted = v.Bool()
	case tomlfile.String:
		if name := v.Text(); len(name) > maxDatabase || !databasePattern.MatchString(name) {
			v.Wrong("use letters, digits, _, . and -, at most 63", "%s is not a name for a database", v.Written())
		} else {
			*p = Postgres{Wanted: true, Name: name}
		}
	default:
		v.Mismatch("true or a name", postgresHint)
	}
}
