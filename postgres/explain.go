package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// explain makes one sentence of an error of pgx or of the server: what could
// not be done, and why.
func (s Server) explain(err error, doing string) error {
	var known *Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("cannot %s: %w", doing, context.Canceled)
	}
	e := s.classify(err)
	why, isServer := strings.CutPrefix(e.Message, "it ")
	if isServer && !strings.HasSuffix(doing, s.String()) {
		e.Message = s.String() + " " + why
	}
	e.Message = "cannot " + doing + ": " + e.Message
	e.cause = err
	return e
}

func (s Server) classify(err error) *Error {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		return s.classifyState(refusal)
	}
	var (
		name       *net.DNSError
		authority  x509.UnknownAuthorityError
		wrongName  x509.HostnameError
		verify     *tls.CertificateVerificationError
		checkHosts = "check the address, and that the server runs there"
	)
	switch {
	case strings.Contains(err.Error(), "authentication method requirement"):
		// pgx has no type for it. RequireAuth is set to "none" where there is no
		// password to send.
		return s.passwordMissing()
	case errors.Is(err, fs.ErrNotExist) && s.local():
		return &Error{Kind: Down, Message: "it does not run (there is no " + s.socket() + ")", Fix: s.statusHint()}
	case errors.Is(err, fs.ErrPermission) && s.local():
		return &Error{
			Kind: NoAccess, Message: "this account may not use " + s.socket(),
			Fix: "your administrator sets unix_socket_permissions in postgresql.conf, or adds you to the socket's group",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{Kind: Down, Message: "it does not run, or does not listen there", Fix: s.statusHint()}
	case errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return &Error{Kind: Down, Message: "it did not answer in time", Fix: s.statusHint()}
	case errors.As(err, &name):
		return &Error{Kind: Down, Message: "the name " + name.Name + " is not known", Fix: checkHosts}
	case errors.As(err, &authority), errors.As(err, &wrongName), errors.As(err, &verify):
		return &Error{Kind: BadSettings, Message: "its certificate is not valid here: " + lastReason(err), Fix: "check sslmode and sslrootcert"}
	case errors.Is(err, pgconn.ErrConnClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), endOfInput(err):
		return &Error{Kind: Down, Message: "it ended the connection", Fix: s.statusHint()}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &Error{Kind: Down, Message: "its host cannot be reached", Fix: checkHosts}
	}
	return &Error{Kind: Failed, Message: lastReason(err)}
}

func (s Server) passwordMissing() *Error {
	fix := "write a line HOST:PORT:DATABASE:ROLE:PASSWORD into ~/.pgpass and type: chmod 600 ~/.pgpass"
	if s.local() {
		fix += ` (or your administrator lets accounts in without one: "local all all peer" in pg_hba.conf)`
	}
	return &Error{Kind: PasswordMissing, Message: "it wants a password for the role " + s.User + ", and there is none", Fix: fix}
}

func (s Server) statusHint() string {
	if s.local() {
		return "systemctl status postgresql tells whether it runs"
	}
	return "check the address and the port, and that the server runs there"
}

func endOfInput(err error) bool {
	text := err.Error()
	return strings.HasSuffix(text, "EOF") || strings.Contains(text, "conn closed")
}

// lastReason is the innermost error's text: pgx puts user, database and address
// in front, which the message has already.
func lastReason(err error) string {
	for {
		var next error
		switch e := err.(type) { //nolint:errorlint // it is the chain itself that is walked
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				next = all[0]
			}
		case interface{ Unwrap() error }:
			next = e.Unwrap()
		}
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
