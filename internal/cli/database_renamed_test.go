package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/postgres"
)

// former is the database of an account that was called a_b.
func former(name string) *plan.Database {
	return &plan.Database{Name: name, User: "a_b", Source: plan.FromHost}
}

// TestTheDatabaseOfAnAccountThatWasRenamed: a new and empty one is not made.
func TestTheDatabaseOfAnAccountThatWasRenamed(t *testing.T) {
	h, _ := testHome(t)
	h.User.Name = "renamed"
	noRole := &postgres.Error{Kind: postgres.NoRole, Message: "no role"}
	for name, c := range map[string]struct {
		before *plan.Database
		answer existence
		old    bool   // the database of before is there
		want   string // in the message and the hint
	}{
		"no role": {former("a_b_x"), existence{err: noRole}, false, "your account is called renamed now, and its role in the Postgres server was called a_b\n" +
			`your administrator types in psql, unless it is done: ALTER ROLE "a_b" RENAME TO "renamed"; ALTER ROLE "renamed" LOGIN; ALTER DATABASE "a_b_x" RENAME TO "renamed_x"`},
		"no role, and a database of another name": {former("renamed_x"), existence{err: noRole}, false, `ALTER ROLE "renamed" LOGIN` + "\n"},
		"the role is renamed":                     {former("a_b_x"), existence{}, true, `write postgres = "a_b_x" below [database], or your administrator types in psql: ALTER DATABASE "a_b_x" RENAME TO "renamed_x"`},
		"both are renamed":                        {former("a_b_x"), existence{has: true}, false, ""},
		"the database was dropped":                {former("a_b_x"), existence{}, false, ""},
		"never renamed":                           {nil, existence{err: noRole}, false, ""},
	} {
		db := &database{home: h, name: "renamed_x", before: c.before}
		err := db.renamed(t.Context(), c.answer, func(_ context.Context, name string) (bool, error) { return c.old && name == "a_b_x", nil })
		said := ""
		if err != nil && c.before != nil {
			said = err.Error() + "\n" + hint.Of(err) + "\n"
		}
		if !strings.Contains(said, c.want) || c.want == "" && said != "" {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}
}

func TestAnAccountThatWasRenamedGoesByItsNewName(t *testing.T) {
	h, c := testHome(t)
	sockets := t.TempDir()
	write(t, filepath.Join(sockets, ".s.PGSQL.5432"), "")
	last := former("a_b_x")
	last.Variables = []plan.Variable{{Name: "PGHOST", Value: sockets}, {Name: "PGPORT", Value: "5432"}, {Name: "PGUSER", Value: "a_b"}}
	text, err := json.Marshal(plan.Plan{Version: plan.Version, Database: last})
	if err != nil {
		t.Fatal(err)
	}
	path := h.places.PlanFile("x")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text))
	c.getenv = func(string) string { return "" }
	h.User.Name = "renamed"
	db := &database{home: h, app: "x"}
	if err := db.keepOrFind(t.Context()); err != nil {
		t.Fatal(err)
	}
	if db.server.Host != sockets || db.server.User != "renamed" || db.before == nil {
		t.Errorf("%+v, before %v", db.server, db.before)
	}
	h.User.Name = "a_b"
	db = &database{home: h, app: "x"}
	if err := db.keepOrFind(t.Context()); err != nil || db.server.User != "a_b" || db.before != nil {
		t.Errorf("%v: %+v, before %v", err, db.server, db.before)
	}
}

func TestStatusOfAnAccountThatWasRenamed(t *testing.T) {
	h, _ := testHome(t)
	h.User.Name = "renamed"
	refused := &postgres.Error{Kind: postgres.Refused, Message: "it does not take this account"}
	if err := h.explainStatus(former("a_b_x"), refused); !strings.Contains(hint.Of(err), `ALTER DATABASE "a_b_x" RENAME TO "renamed_x"`) {
		t.Errorf("%v: %s", err, hint.Of(err))
	}
	far := former("a_b_x")
	far.Source = plan.FromShell
	if err := h.explainStatus(far, refused); !errors.Is(err, refused) {
		t.Error(err)
	}
}
