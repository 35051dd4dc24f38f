//go:build machine

package hostd

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func (h host) testDatabaseAdministration() {
	h.root("systemctl stop ecounit-hostd")
	for _, words := range [][]string{{"Databases", "s", ""}, {"RevokeDatabases", "sb", "bob", "false"}, {"LimitDatabases", "su", "bob", "0"}} {
		h.refuses("alice", words, nil)
	}
	if said := h.mustCall("root", "Databases", "s", "bob"); !strings.Contains(said, `a(sstuubbbs) 1 "bob_tasks" "bob" `) || !strings.Contains(said, ` 3 true false false "takes more than 1M"`) {
		h.Errorf("databases: %s", said)
	}
	h.mustCall("root", "LimitDatabases", "su", "bob", "7")
	if got := h.sql("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'bob'"); got != "7" {
		h.Errorf("the limit is %s", got)
	}
	role := h.sql("SELECT oid FROM pg_roles WHERE rolname = 'bob'")
	database := h.sql("SELECT oid FROM pg_database WHERE datname = 'bob_tasks'")
	h.mustCall("root", "RevokeDatabases", "sb", "bob", "false")
	if said, ok := h.psql("bob", "bob_tasks", "SELECT 1"); ok {
		h.Errorf("bob is still let in: %s", said)
	}
	const hint = "it is shut out of the Postgres server"
	h.refuses("bob", []string{"MakeDatabase", "s", "bob_tasks"}, []string{hint})
	h.refuses("bob", []string{"MakeDatabase", "s", "bob_new"}, []string{hint})
	// Who undoes all would get a new role, which is let in.
	h.refuses("bob", []string{"UnmakeDatabase", "suu", "bob_tasks", role, database}, []string{hint})
	if said := h.mustCall("root", "Databases", "s", "bob"); !strings.Contains(said, " 7 true true ") {
		h.Errorf("databases: %s", said)
	}
	h.mustCall("root", "RevokeDatabases", "sb", "bob", "true")
	if said, ok := h.psql("bob", "bob_tasks", "SELECT 1"); !ok {
		h.Errorf("bob is not let in again: %s", said)
	}
	h.refuses("root", []string{"RevokeDatabases", "sb", "postgres", "false"}, []string{"superuser"})
	h.refuses("root", []string{"RevokeDatabases", "sb", "nobody-there", "false"}, []string{"no such role"})
	h.says(5*time.Second, "journalctl -q ECOUNIT_ACTION=revoke-databases ECOUNIT_USER=bob", "revoke-databases of bob by uid 0")
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"ok" "databases: the Postgres server in`) {
		h.Errorf("check: %s", said)
	}
	hba := h.sql("SHOW hba_file")
	h.root(fmt.Sprintf("cp -p %[1]s /tmp/hba; sed -i '1i local all all trust' %[1]s; systemctl reload postgresql", hba))
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"warning" "databases: line 1 of pg_hba.conf`) {
		h.Errorf("check: %s", said)
	}
	h.root(fmt.Sprintf("cp -p /tmp/hba %[1]s; sed -i '1i local all postgres peer\\nlocal all all scram-sha-256' %[1]s; systemctl reload postgresql", hba))
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"warning" "databases: line 2 of pg_hba.conf (local all all scram-sha-256) comes before any line with peer`) {
		h.Errorf("check: %s", said)
	}
	h.root(fmt.Sprintf("cp -p /tmp/hba %s; systemctl reload postgresql", hba))
	h.sql("ALTER ROLE bob SUPERUSER")
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"databases: the role of the account bob is a superuser`) {
		h.Errorf("check: %s", said)
	}
	h.sql("ALTER ROLE bob NOSUPERUSER")
}

// testDepartedOwner: the next account of a name does not get the data of the
// one before.
func (h host) testDepartedOwner() {
	h.user("carol")
	h.made("carol", "carol_secret")
	h.root("userdel -r carol 2>/dev/null")
	if said := h.mustCall("root", "Databases", "s", "carol"); !strings.Contains(said, ` true "takes`) {
		h.Errorf("databases: %s", said)
	}
	// The change of /etc/passwd is noticed by itself.
	h.soon(time.Minute, func(context.Context) error {
		if got := h.sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'carol'"); got != "f" {
			return fmt.Errorf("carol may log in: %s", got)
		}
		return nil
	})
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"databases: the account carol is gone, and its role, which is shut out, has one database"`) {
		h.Errorf("check: %s", said)
	}
	h.user("carol")
	if said, ok := h.psql("carol", "carol_secret", "SELECT 1"); ok {
		h.Errorf("the new carol sees the old one's: %s", said)
	}
	h.refuses("carol", []string{"MakeDatabase", "s", "carol_secret"}, []string{"it is shut out of the Postgres server"})
	h.mustCall("root", "RevokeDatabases", "sb", "carol", "true")
	h.mustCall("root", "Reconcile")
	if said, ok := h.psql("carol", "carol_secret", "SELECT 1"); !ok {
		h.Errorf("carol is not let in again: %s", said)
	}
	h.sql("DROP DATABASE carol_secret")
	h.sql("DROP ROLE carol")
}
