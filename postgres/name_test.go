package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestDatabaseName(t *testing.T) {
	for _, c := range []struct {
		account, name, want string
		kind                Kind
	}{
		{"alice", "tasks", "alice_tasks", ""},
		{"j.smith", "my-app", "j.smith_my-app", ""},
		{`DOM\alice`, "a", `DOM\alice_a`, ""},
		{strings.Repeat("u", 32), strings.Repeat("a", 30), strings.Repeat("u", 32) + "_" + strings.Repeat("a", 30), ""},
		{strings.Repeat("u", 32), strings.Repeat("a", 31), strings.Repeat("u", 32) + "_" + strings.Repeat("a", 31), BadName},
		{strings.Repeat("ü", 31), "a", strings.Repeat("ü", 31) + "_a", BadName},
	} {
		got, err := DatabaseName(c.account, c.name)
		if got != c.want || KindOf(err) != c.kind {
			t.Errorf("%q, %q: %q, %v", c.account, c.name, got, err)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"alice": true, `a"b`: true, "a b": true, "Ü": true, "-": true, "'; DROP TABLE x; --": true,
		"": false, "a\x00": false, "a\nb": false, "\xff": false, "a\u202eb": false, "a\x1b[0m": false,
	} {
		if err := checkName("database", name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		} else if err != nil && strings.ContainsAny(err.Error(), "\x00\n\x1b\u202e") {
			t.Errorf("%q is shown as it is: %v", name, err)
		}
	}
}

// FuzzQuoted: an identifier stays one, by Postgres' own rule for reading it.
func FuzzQuoted(f *testing.F) {
	f.Add(`x"; DROP TABLE y; --`)
	f.Add(`"`)
	f.Fuzz(func(t *testing.T, name string) {
		if checkName("database", name) != nil {
			t.Skip()
		}
		text := Quoted(name)
		inside := text[1 : len(text)-1]
		if text[0] != '"' || text[len(text)-1] != '"' || strings.Contains(strings.ReplaceAll(inside, `""`, ""), `"`) ||
			strings.ReplaceAll(inside, `""`, `"`) != name {
			t.Errorf("%q becomes %s", name, text)
		}
	})
}

// FuzzConninfo: what pgx reads is what was said.
func FuzzConninfo(f *testing.F) {
	f.Add("alice_app", `it's a \'test\`)
	f.Add("a=b host=evil", "x y")
	f.Fuzz(func(t *testing.T, database, user string) {
		if checkName("database", database) != nil || checkName("role", user) != nil {
			t.Skip()
		}
		s := Server{Host: "/run/x", Port: 5432, User: user}
		config, err := pgconn.ParseConfig(s.connString(database))
		if err != nil {
			t.Fatalf("%q, %q: %v", database, user, err)
		}
		if config.Database != database || config.User != user || config.Host != "/run/x" || config.Password != "" || len(config.Fallbacks) != 0 {
			t.Errorf("%q, %q: %+v", database, user, config)
		}
	})
}
