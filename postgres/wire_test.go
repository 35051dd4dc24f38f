package postgres

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// answers is a server that says hello in one way and answers every statement
// in one way.
type answers struct {
	version string
	login   pgproto3.BackendMessage // in place of a welcome
	refusal *pgproto3.ErrorResponse // of every statement after the settings
	silent  bool
}

// serve listens on a socket in a new folder.
func serve(t *testing.T, a answers) Server {
	t.Helper()
	ownEnvironment(t)
	dir, err := os.MkdirTemp("", "pg") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go a.talk(conn)
		}
	}()
	return Server{Host: dir, Port: 5432, User: "alice"}
}

func (a answers) talk(conn net.Conn) {
	defer conn.Close()
	b := pgproto3.NewBackend(conn, conn)
	if _, err := b.ReceiveStartupMessage(); err != nil || a.silent {
		time.Sleep(time.Second)
		return
	}
	if a.login != nil {
		b.Send(a.login)
		_ = b.Flush()
		_, _ = b.Receive()
		return
	}
	b.Send(&pgproto3.AuthenticationOk{})
	b.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: a.version})
	b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	_ = b.Flush()
	for {
		message, err := b.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.Query:
			if strings.HasPrefix(m.String, "SET ") || a.refusal == nil {
				b.Send(&pgproto3.CommandComplete{CommandTag: []byte("SET")})
			} else {
				b.Send(a.refusal)
			}
		case *pgproto3.Sync:
			if a.refusal != nil {
				b.Send(a.refusal)
			}
		case *pgproto3.Terminate:
			return
		default:
			continue
		}
		b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		_ = b.Flush()
	}
}

func fatal(code, routine, message string) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Routine: routine, Message: message}
}

func refuse(code, message string) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: code, Message: message}
}

func TestLoginErrors(t *testing.T) {
	for name, c := range map[string]struct {
		answers answers
		kind    Kind
		words   string
	}{
		"old":            {answers{version: "11.22 (Debian 11.22-0)"}, TooOld, "version is 11.22 (Debian 11.22-0), and 12"},
		"very old":       {answers{version: "9.6.24"}, TooOld, "9.6.24"},
		"no version":     {answers{}, TooOld, ""},
		"starting":       {answers{login: fatal("57P03", "ProcessStartupPacket", "das Datenbanksystem startet")}, Down, "starting"},
		"shutting down":  {answers{login: fatal("57P01", "", "terminating connection")}, Down, "shuts down"},
		"no role":        {answers{login: fatal("28000", "InitializeSessionUserId", "Rolle »alice« existiert nicht")}, NoRole, "no role alice"},
		"peer":           {answers{login: fatal("28000", "auth_failed", "Peer-Authentifizierung fehlgeschlagen")}, Refused, "peer authentication"},
		"hba":            {answers{login: fatal("28000", "ClientAuthentication", "kein Eintrag")}, Refused, "pg_hba.conf"},
		"password":       {answers{login: &pgproto3.AuthenticationCleartextPassword{}}, PasswordMissing, "wants a password"},
		"md5":            {answers{login: &pgproto3.AuthenticationMD5Password{Salt: [4]byte{1}}}, PasswordMissing, "wants a password"},
		"scram":          {answers{login: &pgproto3.AuthenticationSASL{AuthMechanisms: []string{"SCRAM-SHA-256"}}}, PasswordMissing, "wants a password"},
		"wrong password": {answers{login: fatal("28P01", "auth_failed", "password authentication failed")}, PasswordMissing, ""},
		"no database":    {answers{login: fatal("3D000", "InitPostgres", "database does not exist")}, NoDatabase, "no such database"},
		"half dropped":   {answers{login: fatal("55000", "InitPostgres", "cannot connect to invalid database")}, HalfDropped, "dropped only in part"},
		"being dropped":  {answers{login: fatal("57P04", "", "")}, InUse, "being dropped"},
		"connections":    {answers{login: fatal("53300", "ProcArrayAdd", "sorry, too many clients already")}, TooManyConnections, "sorry, too many clients already"},
		"not allowed":    {answers{login: fatal("42501", "CheckMyDatabase", "permission denied")}, NotAllowed, "may not"},
		"other":          {answers{login: fatal("XX000", "", "could not\n open  file.")}, Failed, "could not open file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.answers)
			_, err := s.connect(t.Context(), "alice_app")
			wantError(t, err, c.kind, c.words)
		})
	}
}

func wantError(t *testing.T, err error, kind Kind, words string) {
	t.Helper()
	if KindOf(err) != kind || !strings.HasPrefix(err.Error(), "cannot ") || !strings.Contains(err.Error(), words) {
		t.Errorf("%v (%s), want %s with %q", err, KindOf(err), kind, words)
	}
	if strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
}

func TestStatementErrors(t *testing.T) {
	for _, c := range []struct {
		refusal *pgproto3.ErrorResponse
		kind    Kind
		words   string
	}{
		{refuse("53100", "could not extend file"), DiskFull, "the disk of the server is full"},
		{refuse("53200", "out of memory"), Failed, "out of memory"},
		{refuse("42501", "must be superuser"), NotAllowed, "may not make databases"},
		{refuse("25006", "read-only"), ReadOnly, "standby"},
		{refuse("42939", "role name is reserved"), BadName, "reserved"},
		{refuse("55P03", "lock"), InUse, "somebody else"},
		{fatal("57P01", "", "terminating connection due to administrator command"), Down, "shuts down"},
		{refuse("XX000", "trouble"), Failed, "trouble"},
	} {
		t.Run(c.refusal.Code, func(t *testing.T) {
			_, err := serve(t, answers{version: "17.4", refusal: c.refusal}).make(t.Context(), "alice_app")
			wantError(t, err, c.kind, c.words)
		})
	}
}

func TestSilentServer(t *testing.T) {
	s := serve(t, answers{silent: true})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.connect(ctx, "x")
	wantError(t, err, Down, "did not answer in time")
	canceled, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	if _, err := s.connect(canceled, "x"); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "cannot connect") {
		t.Errorf("canceled: %v", err)
	}
}

func TestNoServer(t *testing.T) {
	ownEnvironment(t)
	dir := t.TempDir()
	s := Server{Host: dir, Port: 5432, User: "alice"}
	_, err := s.connect(t.Context(), "x")
	wantError(t, err, Down, "there is no "+filepath.Join(dir, ".s.PGSQL.5432"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap its cause", err)
	}
	listener, err := net.Listen("unix", s.socket())
	if err != nil {
		t.Skip(err) // the folder's name is too long for a socket
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	listener.Close()
	_, err = s.connect(t.Context(), "x")
	wantError(t, err, Down, "does not run")
}

func TestFind(t *testing.T) {
	sought := Sought{User: "alice", Database: "alice_app"}
	sought.Dirs = []string{t.TempDir(), "/nowhere"}
	_, err := Find(t.Context(), sought)
	wantError(t, err, NoServer, "/nowhere")

	shut := serve(t, answers{login: fatal("28000", "ClientAuthentication", "")}).Host
	empty := serve(t, answers{login: fatal("28000", "InitializeSessionUserId", "")}).Host
	open := serve(t, answers{version: "16.1"}).Host
	sought.Dirs = []string{shut, empty, shut}
	s, err := Find(t.Context(), sought)
	wantError(t, err, NoRole, "")
	if s.Host != empty || s.User != "alice" {
		t.Errorf("nearest: %+v", s)
	}
	sought.Dirs = []string{shut, empty, open}
	if s, err = Find(t.Context(), sought); err != nil || s.Host != open {
		t.Errorf("%+v %v", s, err)
	}
}

func TestWait(t *testing.T) {
	s := serve(t, answers{login: fatal("57P03", "", "starting")})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	wantError(t, s.Wait(ctx, "x"), Down, "starting")
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Errorf("gave up after %s", took)
	}
	wantError(t, serve(t, answers{login: fatal("3D000", "", "")}).Wait(t.Context(), "x"), NoDatabase, "")
	if err := serve(t, answers{version: "15.1"}).Wait(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}
