package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/postgres"
)

// findTimeout is for all servers of the host together. Each of them has a
// shorter one of its own.
const findTimeout = 20 * time.Second

// database is the database of an app, and the server that it is on.
type database struct {
	home        *home
	app         string
	server      postgres.Server
	name        string
	source      string // one of plan's
	urlFile     plan.File
	environment postgres.Environment
	problem     error          // why there is no server
	before      *plan.Database // of the last enable, where the account had another name then
	answer      chan existence
}

// database finds out which database the descriptor means, or returns nil where
// it wants none. path is that of the descriptor.
func (h *home) database(ctx context.Context, d *descriptor.Descriptor, path string) *database {
	if d.Database == nil || !d.Database.Postgres.Wanted {
		return nil
	}
	db := &database{home: h, app: d.Name, name: d.Database.Postgres.Name}
	named, err := db.choose(ctx, h.ServerSettings(plan.NeedsOf(d), d.Env, filepath.Dir(path)))
	if db.name == "" {
		db.name = named
	}
	if err == nil && db.name == "" {
		db.name, err = postgres.DatabaseName(h.User.Name, d.Name)
	}
	if err == nil && db.server.Host != "" {
		err = db.describe()
	}
	db.problem = err
	return db
}

// choose decides which server it is: the one that the app's files name, else
// the one that the shell names, else the one of before, else one of this host.
// Only the last is asked. named is the database that the files name, or "".
func (db *database) choose(ctx context.Context, s detect.ServerSettings) (named string, err error) {
	db.urlFile = s.URLFile
	switch {
	case s.URLFile.Problem != "":
		return "", nil // the plan complains about the file
	case s.URLFile.Path != "":
		db.source = plan.FromURLFile
		db.server, named, err = postgres.FromURL(s.URL)
	case s.Environment["PGHOST"] != "":
		db.source = plan.FromEnvironment
		db.server, named, err = db.fromVariables(func(name string) string { return s.Environment[name] })
	case db.home.getenv("PGHOST") != "":
		// Another database than the app's may be named there.
		db.source = plan.FromShell
		db.server, _, err = db.fromVariables(db.home.getenv)
	default:
		err = db.keepOrFind(ctx)
	}
	if db.server.Host != "" && db.server.PassFile == "" {
		db.server.PassFile = db.home.ownPassFile()
	}
	return named, err
}

// fromVariables takes the user's own name for the role where none is said.
func (db *database) fromVariables(get func(string) string) (postgres.Server, string, error) {
	return postgres.FromVariables(func(name string) string {
		if value := get(name); value != "" || name != "PGUSER" {
			return value
		}
		return db.home.User.Name
	})
}

// keepOrFind keeps the server of the last enable, so that what an app connects
// to does not depend on what runs at the moment, and asks those of this host
// when it is gone.
func (db *database) keepOrFind(ctx context.Context) error {
	var kept postgres.Server
	last, err := db.home.lastPlan(db.app)
	if err == nil && last.Database != nil && (last.Database.Source == plan.FromShell || last.Database.Source == plan.FromHost) {
		db.source = last.Database.Source
		kept, _, err = db.fromVariables(func(name string) string { return valueOf(last.Database.Variables, name) })
		if db.source == plan.FromHost {
			db.takeNewName(last.Database, &kept)
		}
		if err == nil && (db.source == plan.FromShell || socketThere(kept)) {
			db.server = kept
			return nil
		}
	}
	db.source = plan.FromHost
	limited, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	name := db.name
	if name == "" {
		if name, err = postgres.DatabaseName(db.home.User.Name, db.app); err != nil {
			return err
		}
	}
	db.server, err = postgres.Find(limited, postgres.Sought{
		User: db.home.User.Name, Database: name, PassFile: db.home.ownPassFile(), Dirs: postgres.SocketDirs(),
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && kept.Host != "":
		db.server = kept // it is down, and will be back
		return nil
	case db.made(err):
		return nil
	}
	return err
}

// made says whether the host service makes what is missing.
func (db *database) made(err error) bool {
	kind := postgres.KindOf(err)
	return (kind == postgres.NoRole || kind == postgres.NotAllowed) && db.source == plan.FromHost && db.hosted()
}

// hosted says whether the host service makes databases.
func (db *database) hosted() bool {
	s := db.home.hosting()
	return s != nil && s.broken() == "" && s.policy.Databases.Allowed
}

// describe finds out what programs need to reach the database.
func (db *database) describe() error {
	own := db.home.places.PassFile(db.app)
	e, err := db.server.Environment(db.name, own)
	if err != nil {
		return err
	}
	if e.PassFile == nil && db.server.PassFile == own {
		// The password came from a shell, and is nowhere else.
		if e.PassFile, err = os.ReadFile(own); err != nil {
			return err
		}
	}
	db.environment = e
	return nil
}

// keepPassword writes the file that PGPASSFILE names, for programs that run
// before the app is enabled.
func (db *database) keepPassword() error {
	if db == nil || db.environment.PassFile == nil {
		return nil
	}
	file := db.home.places.PassFile(db.app)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, hint.Reason(err))
	}
	if err := renameio.WriteFile(file, db.environment.PassFile, 0o600, renameio.WithTempDir(filepath.Dir(file))); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, hint.Reason(err))
	}
	return nil
}

// facts are the answer for the plan.
func (db *database) facts() *plan.DatabaseFacts {
	f := &plan.DatabaseFacts{
		Name: db.name, Host: db.server.Host, Port: db.server.Port, User: db.server.User,
		Source: db.source, URLFile: db.urlFile, Variables: []plan.Variable{},
	}
	for _, v := range db.environment.Variables {
		f.Variables = append(f.Variables, plan.Variable(v))
	}
	if db.environment.PassFile != nil {
		f.PassFile = db.home.places.PassFile(db.app)
	}
	if db.problem != nil {
		f.Problem, f.Hint = db.problem.Error(), hint.Of(db.problem)
	}
	return f
}

// String is the database as enable and status speak of it.
func (db *database) String() string {
	password := valueOf(db.facts().Variables, "PGPASSFILE") != ""
	switch {
	case strings.HasPrefix(db.server.Host, "/") && !password:
		return db.name + " (peer authentication, no password)"
	case password:
		return db.name + " (on " + db.server.Host + ", with a password)"
	}
	return db.name + " (on " + db.server.Host + ")"
}

// ownPassFile is where libpq looks for passwords.
func (h *home) ownPassFile() string { return filepath.Join(h.User.Home, ".pgpass") }

func socketThere(s postgres.Server) bool {
	_, err := os.Stat(filepath.Join(s.Host, ".s.PGSQL."+strconv.Itoa(s.Port)))
	return err == nil
}

func valueOf(variables []plan.Variable, name string) string {
	for _, v := range variables {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}
