package postgres

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

// ownEnvironment keeps what the tester has set out of a test; pgx looks at it.
func ownEnvironment(t testing.TB) {
	t.Helper()
	for _, assignment := range os.Environ() {
		if name, _, _ := strings.Cut(assignment, "="); strings.HasPrefix(name, "PG") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", t.TempDir())
}

func TestEnvironment(t *testing.T) {
	ownEnvironment(t)
	passFile := filepath.Join(t.TempDir(), "pgpass")
	if err := os.WriteFile(passFile, []byte("db.example.org:5432:alice_app:alice:file\n*:*:*:alice:any\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	local := Server{Host: "/var/run/postgresql", Port: 5432, User: "alice"}
	for _, c := range []struct {
		name     string
		server   Server
		want     []string
		passFile string
	}{
		{name: "peer", server: local, want: []string{
			"DATABASE_URL=postgresql:///alice_app?host=/var/run/postgresql&user=alice",
			"PGDATABASE=alice_app", "PGHOST=/var/run/postgresql", "PGPORT=5432", "PGUSER=alice",
		}},
		{name: "another port and odd names", server: Server{Host: "/srv/a b%", Port: 5433, User: `DOM\al:ice@x`}, want: []string{
			"DATABASE_URL=postgresql:///alice_app?host=/srv/a%20b%25&port=5433&user=DOM%5Cal%3Aice%40x",
			"PGDATABASE=alice_app", "PGHOST=/srv/a b%", "PGPORT=5433", `PGUSER=DOM\al:ice@x`,
		}},
		{
			name:   "password",
			server: Server{Host: "db.example.org", Port: 5433, User: "alice", Password: `p:a\ss`, Parameters: map[string]string{"sslmode": "verify-full", "sslrootcert": "system"}},
			want: []string{
				"DATABASE_URL=postgresql://alice@db.example.org:5433/alice_app?sslmode=verify-full&sslrootcert=system",
				"PGDATABASE=alice_app", "PGHOST=db.example.org", "PGPASSFILE=/state/pgpass", "PGPORT=5433", "PGSSLMODE=verify-full", "PGSSLROOTCERT=system", "PGUSER=alice",
			},
			passFile: "db.example.org:5433:alice_app:alice:p\\:a\\\\ss\n",
		},
		{name: "password file", server: Server{Host: "db.example.org", Port: 5432, User: "alice", PassFile: passFile}, want: []string{
			"DATABASE_URL=postgresql://alice@db.example.org/alice_app", "PGDATABASE=alice_app", "PGHOST=db.example.org",
			"PGPASSFILE=" + passFile, "PGPORT=5432", "PGUSER=alice",
		}},
		{name: "nothing in the password file", server: Server{Host: "::1", Port: 5432, User: "bob", PassFile: passFile}, want: []string{
			"DATABASE_URL=postgresql://bob@[::1]/alice_app", "PGDATABASE=alice_app", "PGHOST=::1", "PGPORT=5432", "PGUSER=bob",
		}},
		{
			name: "password on a socket", server: Server{Host: "/srv/x", Port: 5432, User: "alice", PassFile: passFile}, want: []string{
				"DATABASE_URL=postgresql:///alice_app?host=/srv/x&user=alice", "PGDATABASE=alice_app", "PGHOST=/srv/x",
				"PGPASSFILE=/state/pgpass", "PGPORT=5432", "PGUSER=alice",
			},
			passFile: "/srv/x:5432:alice_app:alice:any\nlocalhost:5432:alice_app:alice:any\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := c.server.Environment("alice_app", "/state/pgpass")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range e.Variables {
				got = append(got, v.Name+"="+v.Value)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(c.passFile, string(e.PassFile)); diff != "" {
				t.Errorf("password file, -want +got:\n%s", diff)
			}
		})
	}
}

// What is in the process's environment has no part in a connection.
func TestOwnEnvironment(t *testing.T) {
	ownEnvironment(t)
	for name, value := range map[string]string{
		"PGHOST": "evil.example.org", "PGPORT": "1", "PGUSER": "mallory", "PGDATABASE": "evil", "PGPASSWORD": "x", "PGOPTIONS": "-c role=mallory",
		"PGSSLMODE": "nonsense", "PGTARGETSESSIONATTRS": "nonsense", "PGMINPROTOCOLVERSION": "9", "PGCHANNELBINDING": "x", "PGREQUIREAUTH": "x",
		"PGCONNECT_TIMEOUT": "x", "PGSSLCERTMODE": "x", "PGAPPNAME": "x", "PGTZ": "x",
	} {
		t.Setenv(name, value)
	}
	config, err := Server{Host: "/run/x", Port: 5433, User: "alice"}.config("alice_app")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %d %s %s %q %v %s", config.Host, config.Port, config.User, config.Database, config.Password, config.RuntimeParams, config.RequireAuth)
	if want := `/run/x 5433 alice alice_app "" map[application_name:ecounit client_encoding:UTF8] none`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSecret(t *testing.T) {
	s := Server{Host: "h", Password: "hunter2"}
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s.Password, s.Password), string(asJSON)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a password in %s", text)
		}
	}
}

// FuzzURL: pgx, and with it libpq's rules, reads what was meant.
func FuzzURL(f *testing.F) {
	f.Add("alice", "alice_app", "/var/run/postgresql", 5432)
	f.Add("a@b:c/d?e#f", "x y+z%20", "/tmp/a,b", 5433)
	f.Add("u", "d", "db.example.org", 1)
	f.Add("u", "d", "2001:db8::1", 5432)
	ownEnvironment(f)
	f.Fuzz(func(t *testing.T, user, database, host string, port int) {
		s := Server{Host: host, Port: port, User: user, Parameters: map[string]string{"sslmode": "disable"}}
		if s.check() != nil || checkName("database", database) != nil || strings.ContainsAny(host, "[]%/?:@") && !s.local() && !strings.HasPrefix(host, "2001:") {
			t.Skip()
		}
		// What libpq cuts off a host or a name cannot be said in a URL, nor two
		// sockets in one.
		for _, text := range []string{user, database, host} {
			if strings.TrimSpace(text) != text {
				t.Skip()
			}
		}
		text := s.URL(database)
		config, err := pgconn.ParseConfig(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if config.Database != database || config.User != user || config.Host != host || int(config.Port) != port {
			t.Errorf("%s: %q %q %q %d", text, config.Database, config.User, config.Host, config.Port)
		}
		back, name, err := FromURL(text)
		if err != nil || name != database || back.String() != s.String() || back.User != user {
			t.Errorf("%s: %+v %q %v", text, back, name, err)
		}
	})
}
