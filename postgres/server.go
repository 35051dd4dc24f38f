package postgres

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// defaultPort is what everything takes when no port is said.
const defaultPort = 5432

// Server is a Postgres server and the role that goes there.
type Server struct {
	Host string // the folder of a socket, or the name of a host
	Port int
	User string

	// Password is empty where the account itself is the proof (peer
	// authentication), or where PassFile has it.
	Password Secret
	PassFile string // in the form of ~/.pgpass, or ""

	// Parameters are further settings in libpq's words: sslmode, sslrootcert.
	Parameters map[string]string

	tracer pgx.QueryTracer // of tests
}

// Secret is text that is not shown by fmt or in JSON.
type Secret string

func (Secret) String() string { return "(hidden)" }

// GoString hides it from %#v as well.
func (Secret) GoString() string { return `"(hidden)"` }

// MarshalText hides it from JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("(hidden)"), nil }

// local says whether the server is reached by a socket of this host.
func (s Server) local() bool { return strings.HasPrefix(s.Host, "/") }

// socket is the path of the socket of a local server.
func (s Server) socket() string { return filepath.Join(s.Host, socketPrefix+strconv.Itoa(s.Port)) }

// String is the server as people speak of it.
func (s Server) String() string {
	where := "in " + s.Host
	if !s.local() {
		where = "on " + s.Host
	}
	if s.Port != defaultPort {
		where += fmt.Sprintf(", port %d", s.Port)
	}
	return "the Postgres server " + where
}

// check refuses what would mean something else to one of the programs and
// libraries that read it.
func (s Server) check() error {
	bad := func(format string, args ...any) error {
		return &Error{Kind: BadSettings, Message: "cannot use the Postgres settings: " + fmt.Sprintf(format, args...)}
	}
	switch {
	case s.Host == "" || strings.ContainsAny(s.Host, ",\t\r\n\x00") || !s.local() && strings.Contains(s.Host, " "):
		return bad("%q is not the name of one host or a folder", s.Host)
	case strings.HasPrefix(s.Host, "@"):
		return bad("a socket in the abstract namespace (%s) belongs to nobody", s.Host)
	case s.Port < 1 || s.Port > 65535:
		return bad("%d is not a port", s.Port)
	case strings.ContainsAny(string(s.Password), "\x00\r\n"):
		return bad("the password has a line break")
	}
	return checkName("role", s.User)
}
