package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

const (
	oldest         = 12 // of the versions that are served; RHEL 8 has it
	connectTimeout = 5 * time.Second
	// lockTimeout bounds the wait for a lock that somebody else holds.
	lockTimeout = 10 * time.Second
)

// session is one connection.
type session struct {
	*pgx.Conn
	server Server
	major  int // of the server's version
}

// connect connects to a database. What the process has in its own environment
// has no part in it.
func (s Server) connect(ctx context.Context, database string) (*session, error) {
	config, err := s.config(database)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, s.whyNot(err, database, config.Password)
	}
	version := conn.PgConn().ParameterStatus("server_version")
	c := &session{conn, s, majorVersion(version)}
	if c.major < oldest {
		c.close()
		return nil, &Error{
			Kind:    TooOld,
			Message: fmt.Sprintf("cannot use %s: its version is %s, and %d is the oldest that will do", s, version, oldest),
		}
	}
	// What an owner set for a role or a database does not hold then.
	settings := fmt.Sprintf("SET search_path = pg_catalog; SET lock_timeout = %d; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0",
		lockTimeout.Milliseconds())
	if c.major >= 17 {
		settings += "; SET transaction_timeout = 0"
	}
	if err := c.exec(ctx, "connect to "+s.String(), settings); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// whyNot explains a connection that was not made.
func (s Server) whyNot(err error, database, password string) error {
	doing := "connect to " + s.String()
	err = s.explain(err, doing)
	switch KindOf(err) {
	case NoDatabase:
		return &Error{Kind: NoDatabase, Message: fmt.Sprintf("cannot connect to the database %s: %s has no such database", database, s), cause: err}
	case HalfDropped:
		return halfDroppedError(database)
	case NotAllowed:
		return &Error{Kind: NotAllowed, Message: fmt.Sprintf("cannot connect to the database %s: the role %s may not", database, s.User), cause: err}
	case PasswordWrong:
		if password == "" {
			missing := s.passwordMissing()
			missing.Message = "cannot " + doing + ": " + missing.Message
			return missing
		}
	}
	return err
}

func (s Server) config(database string) (*pgx.ConnConfig, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := s.checkPassFile(); err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(s.connString(database))
	if err != nil {
		return nil, &Error{Kind: BadSettings, Message: "cannot use the Postgres settings: " + lastReason(err), cause: err}
	}
	if s.Password != "" {
		config.Password = string(s.Password)
	}
	if s.local() && config.Password == "" {
		// Else an empty password would be sent to a server that wants one.
		config.RequireAuth = "none"
	}
	// No others: a connection pooler refuses what it does not know.
	config.RuntimeParams = map[string]string{"application_name": "ecounit", "client_encoding": "UTF8"}
	config.ValidateConnect = nil
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	// Canceled statements are canceled in the server, too, and the connection
	// can still be used to remove what they left.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: connectTimeout}
	}
	config.Tracer = s.tracer
	return config, nil
}

// connString says everything that pgx would otherwise take from its
// environment.
func (s Server) connString(database string) string {
	settings := [][2]string{
		{"host", s.Host},
		{"port", strconv.Itoa(s.Port)},
		{"user", s.User},
		{"dbname", database},
		{"password", ""},
		{"passfile", orNull(s.PassFile)},
		{"connect_timeout", strconv.Itoa(int(connectTimeout.Seconds()))},
		{"sslmode", "prefer"},
		{"sslcertmode", "allow"},
		{"sslnegotiation", ""},
		{"target_session_attrs", "any"},
		{"min_protocol_version", ""},
		{"max_protocol_version", ""},
		{"channel_binding", ""},
		{"require_auth", ""},
	}
	for _, p := range parameters {
		if value := s.Parameters[p.name]; value != "" && p.pgx {
			settings = append(settings, [2]string{p.name, value})
		}
	}
	words := make([]string, len(settings))
	for i, setting := range settings {
		words[i] = conninfo(setting[0], setting[1])
	}
	return strings.Join(words, " ")
}

func orNull(path string) string {
	if path == "" {
		return "/dev/null"
	}
	return path
}

// maintenance connects to a database that is there on every server, to ask
// about others and to make them.
func (s Server) maintenance(ctx context.Context) (*session, error) {
	c, err := s.connect(ctx, "postgres")
	switch KindOf(err) {
	case NoDatabase, NotAllowed, Refused:
		if other, otherErr := s.connect(ctx, "template1"); otherErr == nil {
			return other, nil
		}
	}
	return c, err
}

// close does not wait for a server that hangs.
func (c *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx) // what was to be done is done
}

// exec runs a statement. doing is what for, as in "create the database".
func (c *session) exec(ctx context.Context, doing, statement string, args ...any) error {
	_, err := c.Exec(ctx, statement, args...)
	return c.explain(err, doing)
}

// get reads one row into results.
func (c *session) get(ctx context.Context, doing, query string, args []any, results ...any) error {
	return c.explain(c.QueryRow(ctx, query, args...).Scan(results...), doing)
}

func (c *session) explain(err error, doing string) error { return c.server.explain(err, doing) }

// majorVersion reads 15 from "15.6 (Debian 15.6-0+deb12u1)" or "15beta1", and
// 9 from "9.6.24".
func majorVersion(version string) int {
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	n, _ := strconv.Atoi(version[:end]) // 0 is too old as well
	return n
}
