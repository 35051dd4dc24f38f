//go:build machine

package postgres

import (
	"fmt"
	"strings"
)

func (h *host) testNoServer() {
	h.fails("alice", order{Do: "find", Database: "alice_app"}, NoServer, "/var/run/postgresql", "systemctl status postgresql")
	h.fails("alice", order{Do: "has", Host: "/var/run/postgresql", Port: 5432, Database: "alice_app"}, Down, "/var/run/postgresql/.s.PGSQL.5432")
}

func (h *host) testFind() {
	// Somebody's own program in /tmp is not taken for the server.
	fake, err := h.As("bob").Start(h.T.Context(), "python3", "-c", "import socket,time; s=socket.socket(socket.AF_UNIX); s.bind('/tmp/.s.PGSQL.5432'); s.listen(); print('up', flush=True); time.sleep(600)")
	if err != nil {
		h.Fatal(err)
	}
	defer fake.Stop()
	out := h.fails("alice", order{Do: "find", Database: "alice_app"}, NoRole, "alice", "sudo -u postgres createuser alice")
	h.equal("host", out.Host, "/var/run/postgresql")
	h.equal("as postgres", h.must("postgres", order{Do: "find", Database: "postgres"}).Server, "the Postgres server in /var/run/postgresql")
	// A role that may not log in looks the same from outside.
	h.sql("postgres", "CREATE ROLE alice NOLOGIN")
	h.fails("alice", order{Do: "find", Database: "alice_app"}, NoRole)
	h.fails("postgres", forUser("alice", "alice_app"), Revoked, "ALTER ROLE \"alice\" LOGIN")
	h.sql("postgres", "DROP ROLE alice")
}

const roleRights = "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolpassword IS NULL FROM pg_authid WHERE rolname = 'alice'"

func (h *host) testEnsure() {
	made := h.must("postgres", forUser("alice", "alice_app")).Made
	if made.Role == 0 || made.Database == 0 {
		h.Errorf("made %+v", made)
	}
	h.equal("rights", h.sql("postgres", roleRights), "f|t|f|f|t|f|f|20|t")
	h.equal("database", h.sql("postgres", "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datconnlimit, datacl FROM pg_database WHERE datname = 'alice_app'"),
		"alice|UTF8|-1|{alice=CTc/alice}")
	h.equal("locale", h.sql("postgres", "SELECT count(DISTINCT (datcollate, datctype)) FROM pg_database WHERE datname IN ('alice_app', 'template0')"), "1")
	if again := h.must("postgres", forUser("alice", "alice_app")).Made; again != (Made{}) {
		h.Errorf("made again: %+v", again)
	}
	has := h.must("alice", order{Do: "has", Database: "alice_app"})
	if !has.Has || has.Statements > 2 {
		h.Errorf("has: %+v", has)
	}
	h.Logf("measured: has in %s", has.Took)
	h.must("alice", order{Do: "probe", Database: "alice_app"})
	if out, ok := h.psql("alice", "alice_app", "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT a FROM t"); !ok || out != "1" {
		h.Errorf("public schema: %s", out)
	}
	// A second database, with the role there already.
	made = h.must("postgres", forUser("alice", "alice_two")).Made
	if made.Role != 0 || made.Database == 0 {
		h.Errorf("made %+v", made)
	}
	h.equal("what was made", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE '%alice%' OR datname LIKE 'unfinished%' ORDER BY 1"), "alice_app\nalice_two")

	// By the user alone, where there is no host service.
	h.fails("alice", order{Do: "ensure", Database: "alice_three"}, NotAllowed, "may not make databases", `ALTER ROLE "alice" CREATEDB`)
	h.sql("postgres", "ALTER ROLE alice CREATEDB")
	made = h.must("alice", order{Do: "ensure", Database: "alice_three"}).Made
	if made.Role != 0 || made.Database == 0 {
		h.Errorf("made %+v", made)
	}
	h.equal("rights", h.sql("postgres", "SELECT pg_get_userbyid(datdba), datconnlimit, datacl FROM pg_database WHERE datname = 'alice_three'"), "alice|-1|{alice=CTc/alice}")
	h.must("alice", order{Do: "probe", Database: "alice_three"})
	h.sql("postgres", "ALTER ROLE alice NOCREATEDB", "ALTER DATABASE alice_app CONNECTION LIMIT 10")
	list := h.must("alice", order{Do: "list", Database: "postgres"}).Databases
	if len(list) != 3 || list[0].Name != "alice_app" || list[0].Limit != 10 || list[0].Bytes < 1<<20 || list[1].Limit != 0 {
		h.Errorf("list: %+v", list)
	}
	if out := h.must("alice", order{Do: "size", Database: "alice_app"}); out.Bytes < 1<<20 {
		h.Errorf("size: %d", out.Bytes)
	}
}

func (h *host) testTaken() {
	h.sql("postgres", "CREATE ROLE bob LOGIN", "CREATE DATABASE alice_bobs OWNER bob", "CREATE DATABASE bob_shared OWNER bob",
		"CREATE DATABASE alice_byhand OWNER alice", "CREATE DATABASE hidden OWNER bob", "REVOKE CONNECT ON DATABASE hidden FROM PUBLIC")
	for _, database := range []string{"alice_bobs", "bob_shared", "hidden"} {
		h.fails("alice", order{Do: "ensure", Database: database}, Taken, database, "belongs to bob")
		h.fails("alice", order{Do: "drop", Database: database, CutOff: true}, Taken, "belongs to bob")
		h.fails("postgres", forUser("alice", database), Taken, database, "belongs to bob")
	}
	// What was made by hand and is the user's own is taken as it is.
	before := h.sql("postgres", "SELECT * FROM pg_database WHERE datname = 'alice_byhand'")
	if made := h.must("postgres", forUser("alice", "alice_byhand")).Made; made != (Made{}) {
		h.Errorf("made %+v", made)
	}
	if made := h.must("alice", order{Do: "ensure", Database: "alice_byhand"}).Made; made != (Made{}) {
		h.Errorf("made %+v", made)
	}
	h.equal("adopted", h.sql("postgres", "SELECT * FROM pg_database WHERE datname = 'alice_byhand'"), before)
	h.sql("postgres", "DROP DATABASE hidden", "DROP DATABASE alice_bobs", "DROP DATABASE bob_shared", "DROP ROLE bob", "DROP DATABASE alice_byhand")
}

func (h *host) testUndo() {
	o := forUser("bob", "bob_app")
	o.Made = h.must("postgres", o).Made
	o.Do = "undo for"
	// Undoing what another call made, or nothing, does nothing.
	for _, made := range []Made{{}, {Role: 1, Database: 1}} {
		other := o
		other.Made = made
		h.must("postgres", other)
	}
	// Somebody else's cannot be had by their ids either.
	theirs := order{Do: "undo for", Request: Request{Role: "alice", Database: "bob_app"}, Made: o.Made}
	h.fails("postgres", theirs, Taken, "belongs to bob")
	theirs.Request, theirs.Made.Database = Request{Role: "alice", Database: "alice_none"}, 0
	h.must("postgres", theirs)
	h.equal("still there", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname = 'bob_app' UNION ALL SELECT rolname FROM pg_roles WHERE rolname = 'bob'"), "bob_app\nbob")
	session, err := h.As("bob").Start(h.T.Context(), "/usr/bin/psql", "-d", "bob_app", "-c", "CREATE TABLE t (); SELECT pg_sleep(600)")
	if err != nil {
		h.Fatal(err)
	}
	defer session.Stop()
	h.must("postgres", o)
	h.must("postgres", o)
	h.equal("gone", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname = 'bob_app' UNION ALL SELECT rolname FROM pg_roles WHERE rolname = 'bob'"), "")

	// A role that has got something of its own meanwhile stays.
	o.Do = "ensure for"
	o.Made = h.must("postgres", o).Made
	h.must("postgres", forUser("bob", "bob_other"))
	o.Do = "undo for"
	h.must("postgres", o)
	h.equal("left", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'bob%' UNION ALL SELECT rolname FROM pg_roles WHERE rolname = 'bob'"), "bob_other\nbob")
	h.sql("postgres", "DROP DATABASE bob_other", "ALTER ROLE bob CREATEDB")

	// The user's own.
	own := order{Do: "ensure", Database: "bob_own"}
	own.Made = h.must("bob", own).Made
	own.Do = "undo"
	h.must("bob", own)
	h.equal("gone", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'bob%'"), "")
	h.sql("postgres", "DROP ROLE bob")
}

func (h *host) testTwoAtOnce() {
	const rounds, several = 5, 4
	for round := range rounds {
		var processes []func() outcome
		for i := range several {
			user, o := "postgres", forUser("carol", fmt.Sprintf("carol_%d", round))
			if i == 0 && round > 0 { // the user at the same time as the service
				user, o = "carol", order{Do: "ensure", Database: o.Request.Database}
			}
			p := h.start(user, o)
			processes = append(processes, func() outcome {
				out, _ := h.result(p)
				return out
			})
		}
		var roles, databases int
		for _, wait := range processes {
			out := wait()
			if out.Message != "" {
				h.Errorf("round %d: %s", round, out.Message)
			}
			roles += min(int(out.Made.Role), 1)
			databases += min(int(out.Made.Database), 1)
		}
		if databases != 1 || (round == 0) != (roles == 1) {
			h.Errorf("round %d: made %d roles and %d databases", round, roles, databases)
		}
		h.sql("postgres", "ALTER ROLE carol CREATEDB")
	}
	h.equal("leftovers", h.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'unfinished%'"), "")
	for round := range rounds {
		h.sql("postgres", fmt.Sprintf("DROP DATABASE carol_%d", round))
	}
	h.sql("postgres", "DROP ROLE carol")
}

func (h *host) testIsolation() {
	h.must("postgres", forUser("alice", "alice_secret"))
	h.must("postgres", forUser("bob", "bob_secret"))
	if out, ok := h.psql("alice", "alice_secret", "CREATE TABLE diary (text text); INSERT INTO diary VALUES ('dear diary')"); !ok {
		h.Fatal(out)
	}
	for _, attempt := range []struct{ database, statement string }{
		{"alice_secret", "SELECT 1"},
		{"alice_secret", "SELECT relname FROM pg_class"},
		{"alice_secret", "SELECT * FROM diary"},
		{"bob_secret", "DROP DATABASE alice_secret"},
		{"bob_secret", "ALTER DATABASE alice_secret RENAME TO mine"},
		{"bob_secret", "ALTER DATABASE alice_secret OWNER TO bob"},
		{"bob_secret", "ALTER DATABASE alice_secret SET role = 'bob'"},
		{"bob_secret", "GRANT CONNECT ON DATABASE alice_secret TO bob"},
		{"bob_secret", "SET ROLE alice"},
		{"bob_secret", "ALTER ROLE alice PASSWORD 'x'"},
		{"bob_secret", "GRANT alice TO bob"},
		{"bob_secret", "ALTER ROLE bob CONNECTION LIMIT -1"},
		{"bob_secret", "ALTER ROLE bob CREATEDB"},
		{"bob_secret", "CREATE DATABASE bob_more"},
		{"bob_secret", "CREATE ROLE mallory"},
		{"bob_secret", "CREATE DATABASE copy TEMPLATE alice_secret"},
		{"bob_secret", "SELECT pg_read_file('/etc/passwd')"},
		{"bob_secret", "COPY (SELECT 1) TO PROGRAM 'id'"},
		{"bob_secret", "SELECT pg_database_size('alice_secret')"},
	} {
		// Without a grant of WARNING only: GRANT without the right is no error.
		if out, ok := h.psql("bob", attempt.database, attempt.statement); ok && !strings.HasPrefix(out, "WARNING") {
			h.Errorf("bob in %s: %s: %s", attempt.database, attempt.statement, out)
		}
	}
	if out, ok := h.psql("bob", "alice_secret", "SELECT 1"); ok {
		h.Errorf("bob got in: %s", out)
	}
	if result, err := h.As("bob").Exec(h.T.Context(), "/usr/bin/psql", "-U", "alice", "-d", "alice_secret", "-c", "SELECT 1"); err != nil || result.Code == 0 {
		h.Errorf("bob came as alice: %s %v", result.Stdout, err)
	}
	h.fails("bob", order{Do: "has", User: "alice", Host: "/var/run/postgresql", Port: 5432, Database: "alice_secret"}, Refused, "peer")
	h.fails("bob", order{Do: "has", Database: "alice_secret"}, Taken, "belongs to alice")
	h.fails("bob", order{Do: "dump", Database: "alice_secret", File: "/home/bob/x.dump"}, NotAllowed)
	h.fails("bob", order{Do: "drop", Database: "alice_secret", CutOff: true}, Taken)
	h.sql("postgres", "DROP DATABASE alice_secret", "DROP DATABASE bob_secret", "DROP ROLE bob")
}

func (h *host) testNames() {
	h.sql("postgres", "CREATE TABLE canary (a int)")
	names := []string{
		`x"; DROP TABLE canary; --`, `x'; DROP TABLE canary; --`, `"`, `'`, `\`, `\'; DROP TABLE canary`, "$1", "a b", "dbname=postgres",
		"postgres://x", "Ü", "ALICE", "-d", "--help", "%00${x}", "a/b",
	}
	for i, name := range names {
		role := fmt.Sprintf("%s %d", name, i)
		o := order{Do: "ensure for", Request: Request{Role: role, Database: name}}
		if out := h.do("postgres", o); out.Message != "" {
			h.Errorf("%q: %s", name, out.Message)
			continue
		}
		h.equal(name, h.sql("postgres", "SELECT pg_get_userbyid(datdba) FROM pg_database ORDER BY oid DESC LIMIT 1"), role)
		// To see it the role's account would have to have that name; the
		// administrator is the owner next, and does all the rest.
		h.sql("postgres", "REASSIGN OWNED BY "+Quoted(role)+" TO postgres")
		admin := order{Database: name, User: "postgres"}
		for _, do := range []string{"has", "probe", "size", "shell", "environment"} {
			admin.Do = do
			h.must("postgres", admin)
		}
		environment := h.must("postgres", admin).Environment
		for _, v := range environment.Variables {
			if v.Name == "DATABASE_URL" {
				out, err := h.As("postgres").Output(h.T.Context(), "/usr/bin/psql", "-XAtq", v.Value, "-c", "SELECT current_database()")
				if err != nil || out != name {
					h.Errorf("%q: by the URL %s: %q %v", name, v.Value, out, err)
				}
			}
		}
		admin.Do, admin.File = "dump", fmt.Sprintf("/tmp/names-%d.dump", i)
		h.must("postgres", admin)
		admin.Do = "restore"
		h.must("postgres", admin)
		admin.Do, admin.CutOff = "drop", true
		h.must("postgres", admin)
		o.Do = "revoke"
		h.must("postgres", o)
		o.Do = "allow"
		h.must("postgres", o)
		h.sql("postgres", "DROP ROLE "+Quoted(role))
	}
	h.equal("the canary", h.sql("postgres", "SELECT count(*) FROM canary"), "0")
	h.sql("postgres", "DROP TABLE canary")
	for _, name := range []string{"", strings.Repeat("x", 64), strings.Repeat("ü", 32), "a\x00b", "a\nb", "a\x1b[2Jb", "a\u202eb"} {
		h.fails("postgres", order{Do: "ensure for", Request: Request{Role: "fine", Database: name}}, BadName)
		h.fails("postgres", order{Do: "ensure for", Request: Request{Role: name, Database: "fine"}}, BadName)
	}
	for _, role := range []string{"pg_read_all_data2", "public", "none"} {
		h.fails("postgres", order{Do: "ensure for", Request: Request{Role: role, Database: "fine"}}, BadName, "reserved")
	}
	h.equal("none made", h.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'fine'"), "0")
}

func (h *host) testKilled() {
	const left = "SELECT datname, pg_get_userbyid(datdba), datacl FROM pg_database WHERE datname LIKE 'bob%' OR datname LIKE 'unfinished%'"
	complete := func(step string) {
		h.Helper()
		h.equal(step, h.sql("postgres", left), "bob_app|bob|{bob=CTc/bob}")
		h.must("bob", order{Do: "probe", Database: "bob_app"})
		h.sql("postgres", "DROP DATABASE bob_app")
	}
	kill := func(user string, o order, afterwards func()) {
		for n := 1; ; n++ {
			o.Kill = n
			_, killed := h.result(h.start(user, o))
			o.Kill = 0
			// Under its own name the database is complete from the beginning.
			for line := range strings.Lines(h.sql("postgres", left)) {
				if strings.HasPrefix(line, "bob_app") && strings.TrimSpace(line) != "bob_app|bob|{bob=CTc/bob}" {
					h.Errorf("after %d statements: %s", n, line)
				}
			}
			h.must(user, o)
			complete(fmt.Sprintf("killed after %d statements", n))
			afterwards()
			if !killed {
				h.Logf("%s: killed after each of %d statements", o.Do, n-1)
				return
			}
		}
	}
	kill("postgres", forUser("bob", "bob_app"), func() { h.sql("postgres", "DROP ROLE bob") })
	h.sql("postgres", "CREATE ROLE bob LOGIN CREATEDB")
	kill("bob", order{Do: "ensure", Database: "bob_app"}, func() {})

	// In the middle of statements, too: the server goes on with them.
	for i := range 20 {
		o := forUser("bob", "bob_app")
		o.KillSoon = 500 + i*4000
		h.result(h.start("postgres", o))
		o.KillSoon = 0
		h.must("postgres", o)
		complete(fmt.Sprintf("killed after %d ms", i*4))
	}
	h.sql("postgres", "DROP ROLE bob")
}
