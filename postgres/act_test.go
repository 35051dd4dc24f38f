//go:build machine

package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// order is one call of this package, made inside a machine by this test
// program; outcome is what came of it. They travel as JSON.
type order struct {
	Do       string
	Host     string // "" is what Find finds
	Port     int
	User     string
	Password string
	PassFile string
	URL      string
	Database string

	Request Request
	Made    Made
	File    string
	CutOff  bool
	Seconds float64 // a time limit

	Kill     int // the process kills itself when that many statements have been answered
	KillSoon int // or that many microseconds after it began
}

type outcome struct {
	Server      string
	Host        string
	Made        Made
	Has         bool
	Databases   []Database
	Bytes       int64
	Dumped      Dumped
	Restored    Restored
	Environment Environment
	Argv        []string
	Openings    []string
	Progress    int   // calls
	Done, Total int64 // of the last
	Took        time.Duration
	Statements  int

	Kind          Kind
	Message, Hint string
}

const orderVariable = "POSTGRES_ORDER"

func TestMain(m *testing.M) {
	text := os.Getenv(orderVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	result := o.carryOut(context.Background())
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

// killer counts statements, and kills the process when it is time.
type killer struct{ statements, at int }

func (k *killer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (k *killer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {
	if k.statements++; k.statements == k.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

func (o order) carryOut(ctx context.Context) (out outcome) {
	if o.Seconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(o.Seconds*float64(time.Second)))
		defer cancel()
	}
	if o.KillSoon > 0 {
		time.AfterFunc(time.Duration(o.KillSoon)*time.Microsecond, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	}
	trace := &killer{at: o.Kill}
	begin := time.Now()
	s, err := o.server(ctx)
	s.tracer = trace
	if err == nil {
		err = o.call(ctx, s, &out)
	}
	out.Took, out.Statements = time.Since(begin), trace.statements
	if s.Host != "" {
		out.Server, out.Host = s.String(), s.Host
	}
	if err != nil {
		out.Kind, out.Message = KindOf(err), err.Error()
		var e *Error
		if errors.As(err, &e) {
			out.Hint = e.Hint()
		}
	}
	return out
}

func (o order) server(ctx context.Context) (Server, error) {
	switch {
	case o.URL != "":
		s, _, err := FromURL(o.URL)
		s.PassFile = o.PassFile
		return s, err
	case o.Host == "":
		return Find(ctx, Sought{User: o.User, Database: o.Database, PassFile: o.PassFile, Dirs: SocketDirs()})
	}
	return Server{Host: o.Host, Port: o.Port, User: o.User, Password: Secret(o.Password), PassFile: o.PassFile}, nil
}

func (o order) call(ctx context.Context, s Server, out *outcome) (err error) {
	admin := Administrator{s}
	programs := Programs{Path: filepath.SplitList(os.Getenv("PATH")), Home: os.Getenv("HOME")}
	progress := func(done, total int64) { out.Progress++; out.Done, out.Total = done, total }
	switch o.Do {
	case "find":
	case "has":
		out.Has, err = s.Has(ctx, o.Database)
	case "ensure":
		out.Made, err = s.Ensure(ctx, o.Database)
	case "ensure for":
		out.Made, err = admin.Ensure(ctx, o.Request)
	case "undo":
		err = s.Undo(ctx, o.Database, o.Made)
	case "undo for":
		err = admin.Undo(ctx, o.Request, o.Made)
	case "probe":
		err = s.Probe(ctx, o.Database)
	case "drop":
		err = s.Drop(ctx, o.Database, o.CutOff)
	case "unused":
		err = s.Unused(ctx, o.Database)
	case "list":
		out.Databases, err = s.List(ctx)
	case "list for":
		out.Databases, err = admin.Databases(ctx, o.Request.Role)
	case "size":
		out.Bytes, err = s.Size(ctx, o.Database)
	case "dump":
		out.Dumped, err = s.Dump(ctx, o.Database, o.File, programs, progress)
	case "restore":
		out.Restored, err = s.Restore(ctx, o.Database, o.File, programs, progress)
	case "environment":
		out.Environment, err = s.Environment(o.Database, o.File)
	case "shell":
		out.Argv, _, err = s.Shell(ctx, o.Database, programs)
	case "wait":
		err = s.Wait(ctx, o.Database)
	case "openings":
		out.Openings, err = admin.Openings(ctx)
	case "obstacles":
		out.Openings, err = admin.Obstacles(ctx)
	case "revoke":
		err = admin.Revoke(ctx, o.Request.Role)
	case "allow":
		err = admin.Allow(ctx, o.Request.Role)
	case "limit role":
		err = admin.LimitRole(ctx, o.Request.Role, o.Request.RoleConnections)
	default:
		err = fmt.Errorf("unknown order %q", o.Do)
	}
	return err
}

func (out outcome) String() string {
	text, err := json.Marshal(out)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), `\u0026`, "&")
}
