package postgres

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"ecounit/lazy"
)

// SQLSTATEs that callers and the table below tell apart (errcodes in the
// manual of Postgres).
const (
	invalidName        = "42602"
	reservedName       = "42939"
	duplicateDatabase  = "42P04"
	duplicateRole      = "42710"
	uniqueViolation    = "23505" // what a lost race for a name looks like deep in the catalog
	undefinedObject    = "42704"
	noSuchDatabase     = "3D000"
	noPrivilege        = "42501"
	notAuthorized      = "28000"
	wrongPassword      = "28P01"
	objectInUse        = "55006"
	notInRightState    = "55000"
	lockNotAvailable   = "55P03"
	dependentObjects   = "2BP01"
	invalidParameter   = "22023"
	readOnlyServer     = "25006"
	diskFull           = "53100"
	outOfMemory        = "53200"
	tooManyConnections = "53300"
	adminShutdown      = "57P01"
	crashShutdown      = "57P02"
	cannotConnectNow   = "57P03"
	databaseDropped    = "57P04"
)

// classifyState puts a refusal of the server into words. The server's own
// message may be in any language; the code and the routine are not.
func (s Server) classifyState(e *pgconn.PgError) *Error {
	switch e.Code {
	case notAuthorized:
		return s.classifyLogin(e)
	case wrongPassword:
		return &Error{Kind: PasswordWrong, Message: "it does not take the password of the role " + s.User, Fix: "check the line in the password file (~/.pgpass)"}
	case noSuchDatabase:
		return &Error{Kind: NoDatabase, Message: "there is no such database"}
	case noPrivilege:
		return &Error{Kind: NotAllowed, Message: "the role " + s.User + " may not do that (" + oneLine(e.Message) + ")"}
	case undefinedObject:
		return &Error{Kind: NoRole, Message: "there is no such role"}
	case reservedName, invalidName:
		return &Error{Kind: BadName, Message: "the name is reserved (" + oneLine(e.Message) + ")", Fix: "choose another name"}
	case diskFull:
		return &Error{Kind: DiskFull, Message: "the disk of the server is full", Fix: "your administrator makes room on it"}
	case outOfMemory:
		return &Error{Kind: Failed, Message: "the server is out of memory (" + oneLine(e.Message) + ")"}
	case tooManyConnections:
		return &Error{
			Kind: TooManyConnections, Message: "too many connections are open (" + oneLine(e.Message) + ")",
			Fix: "close some (fewer workers, smaller pools), or ask your administrator for more",
		}
	case objectInUse:
		return &Error{Kind: InUse, Message: "others are connected to it", Fix: "stop the programs that use it"}
	case databaseDropped:
		return &Error{Kind: InUse, Message: "the database is being dropped"}
	case notInRightState:
		if e.Routine == "InitPostgres" {
			return &Error{Kind: HalfDropped, Message: "it was dropped only in part"}
		}
	case lockNotAvailable:
		return &Error{Kind: InUse, Message: "somebody else is changing it", Fix: "try again in a moment"}
	case readOnlyServer:
		return &Error{Kind: ReadOnly, Message: "the server only reads: it is a standby of another"}
	case adminShutdown, crashShutdown:
		return &Error{Kind: Down, Message: "it shuts down", Fix: s.statusHint()}
	case cannotConnectNow:
		return &Error{Kind: Down, Message: "it is starting or shutting down", Fix: s.statusHint()}
	}
	return &Error{Kind: Failed, Message: oneLine(e.Message) + detail(e)}
}

// classifyLogin tells a missing role from an account that is not let in.
func (s Server) classifyLogin(e *pgconn.PgError) *Error {
	switch e.Routine {
	case "InitializeSessionUserId":
		return &Error{Kind: NoRole, Message: "it has no role " + s.User + " that may log in", Fix: s.createRoleHint()}
	case "ClientAuthentication":
		return &Error{Kind: Refused, Message: "its pg_hba.conf does not let the role " + s.User + " in from here", Fix: s.hbaHint()}
	}
	if !s.local() {
		return &Error{Kind: Refused, Message: "it does not let the role " + s.User + " in (" + oneLine(e.Message) + ")", Fix: s.hbaHint()}
	}
	return &Error{
		Kind: Refused, Message: "it does not take this account for the role " + s.User + " (peer authentication)",
		Fix: "use the role that has the name of this account, or your administrator maps this account to " + s.User + " in pg_ident.conf",
	}
}

func (s Server) hbaHint() string {
	if s.local() {
		return `your administrator adds the line "local all all peer" to pg_hba.conf and types: systemctl reload postgresql`
	}
	return `the server's administrator adds a line for you to pg_hba.conf, such as "hostssl all ` + s.User + ` ADDRESS scram-sha-256"`
}

// plainRole needs no quotes in a shell.
var plainRole = lazy.Regexp(`^[a-z_][a-z0-9_-]*$`)

func (s Server) createRoleHint() string {
	if !s.local() || !plainRole().MatchString(s.User) {
		return "your administrator makes the role"
	}
	return "your administrator types: sudo -u postgres createuser " + s.User
}

func detail(e *pgconn.PgError) string {
	if e.Detail == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", oneLine(e.Detail))
}

// oneLine is the server's message as part of a sentence.
func oneLine(text string) string {
	return strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
}
