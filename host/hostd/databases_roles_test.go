package hostd

import (
	"os"
	"slices"
	"strings"
	"testing"

	"ecounit/host"
	"ecounit/host/hostd/bus"
	"ecounit/host/pghelper/order"
)

// withRoles answers with the roles of alice, who is there, and of others who
// are not.
func withRoles(t *testing.T, roles ...order.Role) (testService, *fakeDesk) {
	s, d := newDatabaseService(t, databasePolicy)
	d.answer.Roles = append([]order.Role{{Name: "alice", ByUs: true, Databases: 1}}, roles...)
	return s, d
}

func texts(found []host.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, f.Severity+": "+f.What+" -> "+f.Hint)
	}
	return strings.Join(all, "\n")
}

func TestDatabasesOfAccountsThatAreGoneAreMarked(t *testing.T) {
	s, d := newDatabaseService(t, databasePolicy)
	d.answer.Databases = []order.Database{
		{Name: "alice_x", Owner: "alice", ByUs: true},
		{Name: "carol_x", Owner: "carol", ByUs: true},
		{Name: "wiki", Owner: "wiki"}, // of a program, made by hand
		{Name: "alice_y", Owner: "alice", ByUs: true, Rights: "a superuser", Bytes: 2 << 30},
	}
	got, err := s.handle(t.Context(), bus.Call{Sender: ":root", Method: "Databases", Args: []any{""}})
	if err != nil {
		t.Fatal(err)
	}
	all := got[0].([]host.DatabaseUse)
	for i, gone := range []bool{false, true, false, false} {
		if all[i].Gone != gone {
			t.Errorf("%+v", all[i])
		}
	}
	if want := "the owner is a superuser, takes more than 1.0G"; all[3].Warning != want {
		t.Errorf("warning %q, want %q", all[3].Warning, want)
	}
}

func TestCheckTellsOfRolesOfAccountsThatAreGone(t *testing.T) {
	s, _ := withRoles(t, order.Role{Name: "carol", ByUs: true, Databases: 2}, order.Role{Name: "dave", ByUs: true, Revoked: true}, order.Role{Name: "wiki", Databases: 1})
	said := texts(s.checkDatabases(t.Context()))
	for _, want := range []string{
		"warning: databases: the account carol is gone, and its role has 2 databases: whoever gets the name next would have them -> ecounit host reconcile",
		"ecounit host db list carol", `DROP ROLE "carol"`,
		"warning: databases: the account dave is gone, and its role, which is shut out, has no database -> ecounit host db list dave",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "wiki") || strings.Contains(said, "alice") {
		t.Errorf("of the others, too:\n%s", said)
	}
}

func TestCheckTellsOfRolesThatCanGetAtTheDatabasesOfOthers(t *testing.T) {
	s, d := withRoles(t, order.Role{Name: "wiki", Rights: "a superuser", Databases: 1})
	d.answer.Roles[0].Rights = "one that may make roles"
	said := texts(s.checkDatabases(t.Context()))
	if !strings.Contains(said, "warning: databases: the role of the account alice is one that may make roles") || strings.Contains(said, "wiki") {
		t.Error(said)
	}
}

func TestRolesOfAccountsThatAreGoneAreShutOut(t *testing.T) {
	root := caller{uid: 0}
	s, d := withRoles(t, order.Role{Name: "carol", ByUs: true}, order.Role{Name: "dave", ByUs: true, Revoked: true}, order.Role{Name: "wiki", Databases: 1})
	said := texts(s.shutOutDeparted(t.Context(), root))
	want := []order.Order{{Do: order.Look}, {Do: order.Revoke, Role: "carol"}}
	if !slices.Equal(d.orders, want) || !strings.HasPrefix(said, "ok: databases: the role carol is shut out") {
		t.Errorf("ordered %+v: %s", d.orders, said)
	}
}

func TestNobodyIsShutOutWhenTheDirectoryIsInDoubt(t *testing.T) {
	root := caller{uid: 0}
	look := []order.Order{{Do: order.Look}}
	t.Run("no answer", func(t *testing.T) {
		s, d := withRoles(t, order.Role{Name: "carol", ByUs: true})
		text := "#!/bin/sh\ncase \"$3\" in postgres) echo postgres:x:110:110::/:/bin/sh;; *) exit 1;; esac\n"
		if err := os.WriteFile(s.accounts.Getent, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		said := texts(s.shutOutDeparted(t.Context(), root))
		if !slices.Equal(d.orders, look) || !strings.HasPrefix(said, "warning: databases: cannot find out") {
			t.Errorf("ordered %+v: %s", d.orders, said)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		var roles []order.Role
		for _, name := range []string{"c", "d", "e", "f", "g"} {
			roles = append(roles, order.Role{Name: name, ByUs: true})
		}
		s, d := withRoles(t, roles...)
		said := texts(s.shutOutDeparted(t.Context(), root))
		if !slices.Equal(d.orders, look) || !strings.Contains(said, "5 of 6 accounts") {
			t.Errorf("ordered %+v: %s", d.orders, said)
		}
	})
	t.Run("no databases by the policy", func(t *testing.T) {
		s, d := newDatabaseService(t, "")
		if found := s.shutOutDeparted(t.Context(), root); len(found)+len(d.orders) > 0 {
			t.Errorf("ordered %+v: %v", d.orders, found)
		}
	})
}
