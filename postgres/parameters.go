package postgres

// parameter is a setting of a connection beyond where and who.
type parameter struct {
	name     string // as libpq calls it
	variable string // the same in the environment
	pgx      bool   // pgx knows it; the others are for programs that use libpq
}

// parameters are those that a URL or the environment may set (libpq-connect in
// the manual of Postgres). What runs statements or chooses among servers is not
// among them.
var parameters = []parameter{
	{"application_name", "PGAPPNAME", false},
	{"channel_binding", "PGCHANNELBINDING", true},
	{"connect_timeout", "PGCONNECT_TIMEOUT", true},
	{"gssencmode", "PGGSSENCMODE", false},
	{"krbsrvname", "PGKRBSRVNAME", true},
	{"require_auth", "PGREQUIREAUTH", true},
	{"sslcert", "PGSSLCERT", true},
	{"sslcertmode", "PGSSLCERTMODE", true},
	{"sslcrl", "PGSSLCRL", false},
	{"sslkey", "PGSSLKEY", true},
	{"sslmode", "PGSSLMODE", true},
	{"sslnegotiation", "PGSSLNEGOTIATION", true},
	{"sslrootcert", "PGSSLROOTCERT", true},
	{"sslsni", "PGSSLSNI", true},
}
