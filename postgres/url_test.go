package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestFromURL(t *testing.T) {
	for text, want := range map[string]string{
		"postgresql://alice:s3cret@db.example.org/tasks":              "db.example.org 5432 alice s3cret tasks map[]",
		"postgres://alice@db:5433/":                                   "db 5433 alice   map[]",
		"postgresql://alice@/tasks?host=/run/pg&port=5434":            "/run/pg 5434 alice  tasks map[]",
		"postgresql://alice@%2Frun%2Fpg/tasks":                        "/run/pg 5432 alice  tasks map[]",
		"postgresql://al%40ice:p%3Aa%20s@[2001:db8::1]:1/x%2Fy":       "2001:db8::1 1 al@ice p:a s x/y map[]",
		"postgresql://db?user=alice&password=x&dbname=y":              "db 5432 alice x y map[]",
		"postgresql://a@db/x?sslmode=require&sslrootcert=/etc/ca.pem": "db 5432 a  x map[sslmode:require sslrootcert:/etc/ca.pem]",
		"  postgresql://a:pa+ss%2B@db/x\n":                            "db 5432 a pa+ss+ x map[]",
		"postgresql://a:p?w#d@db/x":                                   "db 5432 a p?w#d x map[]",
		"postgresql+psycopg2://a:secret@db/x":                         "!driver",
		"mysql://a:secret@db/x":                                       "!postgresql://",
		"":                                                            "!postgresql://",
		"postgresql://a:secret@db1,db2/x":                             "!several hosts",
		"postgresql://a:secret@db/x?options=-c%20role%3Droot":         "!none of host",
		"postgresql://a:secret@db/x?service=mine":                     "!none of host",
		"postgresql://a:secret@db/x?sslmode":                          "!NAME=VALUE",
		"postgresql://a:secret@db:99999/x":                            "!99999",
		"postgresql://a:secret@db:no/x":                               "!not a number",
		"postgresql://a:secret%zz@db/x":                               "!two digits",
		"postgresql://a:secret%00@db/x":                               "!two digits",
		"postgresql://a:se cret@db/x":                                 "!space",
		"postgresql://db/x":                                           "!no role",
		"postgresql:///x?user=a":                                      "!one host",
		"postgresql://a:secret@[::1/x":                                "!not closed",
		"postgresql://a:secret@%00/x":                                 "!two digits",
		"postgresql://a:secret%0A@db/x":                               "!line break",
		"postgresql://" + strings.Repeat("a", 64) + ":secret@db/x":    "!63",
	} {
		s, database, err := FromURL(text)
		got := fmt.Sprintf("%s %d %s %s %s %v", s.Host, s.Port, s.User, string(s.Password), database, s.Parameters)
		if problem, bad := strings.CutPrefix(want, "!"); bad {
			if KindOf(err) == "" || !strings.Contains(err.Error(), problem) {
				t.Errorf("%s: %v, want an error with %q", text, err, problem)
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: a password in %v", text, err)
			}
		} else if err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", text, got, err, want)
		}
	}
}

// FuzzFromURL: what is taken is taken as pgx does, which follows libpq.
func FuzzFromURL(f *testing.F) {
	for _, seed := range []string{
		"postgresql://alice:s3cret@db.example.org/tasks", "postgres://a@h:1?dbname=x&user=y", "postgresql://u:p@[::1]:5433/d?sslmode=disable",
		"postgresql://u@%2Ftmp/%20?host=/x&port=1", "postgresql://a:b@c@d/e", "postgresql://u@h/d?password=%25", "postgresql://u@?host=h", "postgres://0@%0000000?host=0",
	} {
		f.Add(seed)
	}
	ownEnvironment(f)
	f.Fuzz(func(t *testing.T, text string) {
		s, database, err := FromURL(text)
		if err != nil || s.Parameters != nil {
			t.Skip()
		}
		config, err := pgconn.ParseConfig(strings.TrimSpace(text))
		if err != nil {
			t.Fatalf("%q: pgx does not take it: %v", text, err)
		}
		same := func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }
		if !same(config.Host, s.Host) || int(config.Port) != s.Port || !same(config.User, s.User) || !same(config.Database, database) || !same(config.Password, string(s.Password)) {
			t.Errorf("%q: %+v, pgx: %+v", text, s, config)
		}
	})
}

func TestFromVariables(t *testing.T) {
	set := map[string]string{"PGUSER": "alice", "PGPORT": "5433", "PGDATABASE": "x", "PGPASSWORD": "p", "PGSSLMODE": "require", "PGOPTIONS": "-c x=y"}
	get := func(name string) string { return set[name] }
	if s, _, err := FromVariables(get); s.Host != "" || err != nil {
		t.Errorf("without PGHOST: %+v %v", s, err)
	}
	set["PGHOST"] = "db"
	s, database, err := FromVariables(get)
	if err != nil || s.String() != "the Postgres server on db, port 5433" || s.User != "alice" || database != "x" || s.Password != "p" || len(s.Parameters) != 1 {
		t.Errorf("%+v %q %v", s, database, err)
	}
	for name, bad := range map[string]string{"PGPORT": "x", "PGHOST": "a,b", "PGUSER": ""} {
		before := set[name]
		set[name] = bad
		if _, _, err := FromVariables(get); KindOf(err) != BadSettings {
			t.Errorf("%s=%s: %v", name, bad, err)
		}
		set[name] = before
	}
}
