package plan

import (
	"path"
	"strings"
	"time"
)

// DatabaseWait is how long a start waits for the database at most.
const DatabaseWait = 20 * time.Second

// Database is the app's database, and how its processes reach it. Nothing in it
// is secret.
type Database struct {
	Name      string     `json:"name"`
	Host      string     `json:"host"` // the folder of a socket, or the name of a host
	Port      int        `json:"port"`
	User      string     `json:"user"`
	PassFile  string     `json:"pass_file,omitempty"` // of ours, for the password of a URL
	Source    string     `json:"source"`              // what says which server it is
	Variables []Variable `json:"variables"`
	Wait      []string   `json:"wait"` // the command that waits for the server
}

// The values of Source.
const (
	FromURLFile     = "url_file"
	FromEnvironment = "env"   // the app's [env] and env_files
	FromShell       = "shell" // of whoever typed enable
	FromHost        = "host"  // the server was found
)

// DatabaseFacts are the answer about the database and its server.
type DatabaseFacts struct {
	Name      string
	Host      string
	Port      int
	User      string
	PassFile  string
	Source    string
	Variables []Variable
	URLFile   File // its Path is "" where the descriptor names none
	Problem   string
	Hint      string
}

// database takes what was found about the database. A problem with the file of
// the URL is said about the file.
func (b *builder) database() {
	if b.d.Database == nil || !b.d.Database.Postgres.Wanted {
		return
	}
	f := b.facts.Database
	if f == nil {
		b.fail("database", "", "`database`: nothing was found out about it")
		return
	}
	if file := f.URLFile; file.Path != "" {
		const key = "database.url_file"
		switch {
		case file.Problem != "":
			b.fail(key, file.Hint, "`%s`: %s", key, file.Problem)
		case file.Exposed != "":
			b.warn(key, "chmod 600 "+file.Path, "`%s`: %s can be read by %s, and there is a password in it", key, file.Path, file.Exposed)
		}
	}
	if f.Problem != "" {
		b.fail("database.postgres", f.Hint, "`database.postgres`: %s", f.Problem)
	}
	b.plan.Database = &Database{
		Name: f.Name, Host: f.Host, Port: f.Port, User: f.User, PassFile: f.PassFile, Source: f.Source, Variables: f.Variables,
		Wait: []string{b.facts.Ecounit, "db", "wait", b.d.Name},
	}
	if string(b.d.Sandbox.Level) == "strict" && (f.Host == "/tmp" || strings.HasPrefix(path.Clean(f.Host), "/tmp/")) {
		b.fail("sandbox.level", `use level = "basic", or ask an administrator for a socket in /run/postgresql`,
			"`sandbox.level`: strict hides the socket of the Postgres server, which is in %s", f.Host)
	}
}
