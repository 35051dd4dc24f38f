package postgres

import "errors"

// Kind is what is wrong, for callers that do something about it.
type Kind string

// The kinds of errors.
const (
	NoServer           Kind = "no server"            // no server has a socket on this host
	Down               Kind = "down"                 // it does not answer, starts, or shuts down
	NoAccess           Kind = "no access"            // the socket is closed to this account
	NoRole             Kind = "no role"              // there is no such role, or it may not log in
	Refused            Kind = "refused"              // pg_hba.conf does not let this account in
	PasswordMissing    Kind = "password missing"     // the server wants one
	PasswordWrong      Kind = "password wrong"       // the server does not take it
	BadSettings        Kind = "bad settings"         // a URL, a variable or a password file cannot be used
	BadName            Kind = "bad name"             // no name for a role or a database
	NoDatabase         Kind = "no database"          // there is no such database
	Taken              Kind = "taken"                // the database belongs to somebody else
	NotAllowed         Kind = "not allowed"          // the role has not the right
	Revoked            Kind = "revoked"              // an administrator shut the role out
	TooOld             Kind = "too old"              // the server's version
	DiskFull           Kind = "disk full"            // the server's disk, or that of a dump
	TooManyConnections Kind = "too many connections" // of the server, the database or the role
	InUse              Kind = "in use"               // others are connected, or it is being dropped
	HalfDropped        Kind = "half dropped"         // a DROP DATABASE was interrupted
	ReadOnly           Kind = "read only"            // the server is a standby
	NotEmpty           Kind = "not empty"            // a restore needs an empty database
	FileExists         Kind = "file exists"          // a dump overwrites nothing
	NotADump           Kind = "not a dump"           // not a file of pg_dump --format=custom
	Mismatch           Kind = "mismatch"             // there are other rows than there should be
	NoProgram          Kind = "no program"           // pg_dump and its kin, of the server's version or newer
	Failed             Kind = "failed"               // anything else; the message has the server's words
)

// Error is one sentence about what could not be done and why.
type Error struct {
	Kind    Kind
	Message string
	Fix     string // what to type, or ""
	cause   error
}

func (e *Error) Error() string { return e.Message }

// Hint is what to type.
func (e *Error) Hint() string { return e.Fix }

func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of an error of this package, or "" for another.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
