//go:build machine

package hostd

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// withDatabases is a policy under which each user may have two.
const withDatabases = policy + `
[names]
Carl = "carl"

[database]
postgres = true
per_user = 2
connections = 3
warn_size = "1M"
`

func TestDatabases(t *testing.T) {
	for _, suite := range machine.Suites() {
		if suite == machine.Bullseye {
			continue // Postgres there is tried by the package postgres
		}
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			for _, name := range []string{"alice", "bob", "a", "a_b"} {
				h.user(name)
			}
			run := func(name string, test func(host)) { t.Run(name, func(t *testing.T) { test(h.in(t)) }) }
			run("off by default", host.testDatabasesOff)
			h.write("/etc/ecounit/host.toml", withDatabases)
			run("server down", host.testServerDown)
			h.root("systemctl start postgresql")
			run("two users", host.testTwoUsers)
			run("unmake", host.testUnmake)
			run("hostile names", host.testHostileNames)
			run("adopted and refused", host.testAdoption)
			run("quota", host.testQuota)
			run("two at once", host.testTwoOrders)
			run("administrators", host.testDatabaseAdministration)
			run("departed", host.testDepartedOwner)
			run("killed", host.testHelperKilled)
			run("rules of polkit", host.testDatabaseRule)
			run("flood", host.testDatabaseFlood)
			run("sandbox", host.testHelperSandbox)
		})
	}
}

// busctl is a method called as a user, in the words of busctl.
func (h host) busctl(user string, words ...string) (said string, ok bool) {
	h.Helper()
	argv := append([]string{"/usr/bin/busctl", "--system", "--timeout=100", "call", "org.ecounit.Host1", "/org/ecounit/Host1", "org.ecounit.Host1"}, words...)
	r, err := h.As(user).Exec(h.T.Context(), argv...)
	if err != nil {
		h.Fatal(err)
	}
	return r.Stdout + r.Stderr, r.Code == 0
}

func (h host) mustCall(user string, words ...string) string {
	h.Helper()
	said, ok := h.busctl(user, words...)
	if !ok {
		h.Fatalf("%q of %s: %s", words, user, said)
	}
	return said
}

// refuses makes a call that has to be refused with each of some texts.
func (h host) refuses(user string, words, texts []string) {
	h.Helper()
	said, ok := h.busctl(user, words...)
	if ok {
		h.Errorf("%q of %s was done: %s", words, user, said)
	}
	for _, text := range texts {
		if !strings.Contains(said, text) {
			h.Errorf("%q of %s: %s, without %q", words, user, said, text)
		}
	}
}

// breathe lets a user's calls be few again.
func (h host) breathe() { time.Sleep(6 * time.Second) }

func (h host) sql(statement string) string {
	h.Helper()
	out, err := h.As("postgres").Output(h.T.Context(), "/usr/bin/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", statement)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// psql runs a statement as a user of the host.
func (h host) psql(user, database, statement string) (said string, ok bool) {
	h.Helper()
	r, err := h.As(user).Exec(h.T.Context(), "/usr/bin/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)
	if err != nil {
		h.Fatal(err)
	}
	return strings.TrimSpace(r.Stdout + r.Stderr), r.Code == 0
}

func (h host) testDatabasesOff() {
	h.refuses("alice", []string{"MakeDatabase", "s", "alice_tasks"}, []string{"cannot make a database: on this host nobody may"})
	h.refuses("alice", []string{"UnmakeDatabase", "suu", "alice_tasks", "0", "1"}, []string{"nobody may"})
	if said := h.mustCall("root", "Check"); strings.Contains(said, "databases:") {
		h.Errorf("check is about databases: %s", said)
	}
}

func (h host) testServerDown() {
	h.root("systemctl stop postgresql 'postgresql@*'")
	h.refuses("alice", []string{"MakeDatabase", "s", "alice_tasks"}, []string{"Postgres server"})
	if said := h.mustCall("root", "Check"); !strings.Contains(said, `"error" "databases:`) {
		h.Errorf("check does not miss the server: %s", said)
	}
}

var answered = regexp.MustCompile(`^\(ssquus\) "(\S+)" "(\S+)" 5432 ([0-9]+) ([0-9]+) "(.*)"`)

// made makes a database, and returns the ids of what is new.
func (h host) made(user, name string) (role, database int) {
	h.Helper()
	said := h.mustCall(user, "MakeDatabase", "s", name)
	m := answered.FindStringSubmatch(said)
	if m == nil || m[1] != name || !strings.HasSuffix(m[2], "/run/postgresql") {
		h.Fatalf("the answer is %s", said)
	}
	role, _ = strconv.Atoi(m[3])
	database, _ = strconv.Atoi(m[4])
	return role, database
}

func (h host) testTwoUsers() {
	for _, user := range []string{"alice", "bob"} {
		begin := time.Now()
		role, database := h.made(user, user+"_tasks")
		if role == 0 || database == 0 {
			h.Errorf("%s: made %d %d", user, role, database)
		}
		h.Logf("measured: a first database in %s", time.Since(begin))
		if role, database := h.made(user, user+"_tasks"); role != 0 || database != 0 {
			h.Errorf("%s: made %d %d once more", user, role, database)
		}
		if said, ok := h.psql(user, user+"_tasks", "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT * FROM t"); !ok || said != "1" {
			h.Errorf("%s cannot use the database: %s", user, said)
		}
	}
	if said, ok := h.psql("bob", "alice_tasks", "SELECT * FROM t"); ok || !strings.Contains(said, "permission denied for database") {
		h.Errorf("bob sees alice's: %s", said)
	}
	if said, ok := h.psql("bob", "bob_tasks", "CREATE DATABASE bob_more"); ok {
		h.Errorf("bob makes databases: %s", said)
	}
	if got := h.sql("SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit FROM pg_roles WHERE rolname = 'bob'"); got != "f|f|f|f|f|3" {
		h.Errorf("bob's role: %s", got)
	}
	// An empty database is larger than the policy's 1M.
	if said := h.mustCall("bob", "MakeDatabase", "s", "bob_tasks"); !strings.Contains(said, "bob_tasks takes ") {
		h.Errorf("no warning: %s", said)
	}
	h.says(5*time.Second, "journalctl -q ECOUNIT_ACTION=make-database ECOUNIT_USER=alice ECOUNIT_DATABASE=alice_tasks", "make-database alice_tasks of alice")
}

func (h host) testUnmake() {
	role, database := h.made("a", "a_x")
	unmake := func(user, name string, role, database int) {
		h.Helper()
		h.mustCall(user, "UnmakeDatabase", "suu", name, strconv.Itoa(role), strconv.Itoa(database))
	}
	unmake("a", "a_x", role+1, database+1)
	theirs, _ := strconv.Atoi(h.sql("SELECT oid FROM pg_database WHERE datname = 'alice_tasks'"))
	owner, _ := strconv.Atoi(h.sql("SELECT oid FROM pg_roles WHERE rolname = 'alice'"))
	h.refuses("a", []string{"UnmakeDatabase", "suu", "alice_tasks", strconv.Itoa(owner), strconv.Itoa(theirs)}, []string{"belongs to alice"})
	unmake("a", "a_x", owner, 0)
	if got := h.sql("SELECT count(*) FROM pg_database WHERE datname IN ('a_x', 'alice_tasks')"); got != "2" {
		h.Errorf("%s of two are left", got)
	}
	unmake("a", "a_x", role, database)
	if got := h.sql("SELECT count(*) FROM pg_database WHERE datname = 'a_x'") + h.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'a'"); got != "00" {
		h.Errorf("left: %s", got)
	}
}

func (h host) testHostileNames() {
	h.breathe()
	for i, name := range []string{
		"alice_other", "a_b_c", "", "postgres", "template1", `a_x"; DROP DATABASE alice_tasks; --`, "a_x' OR 1=1", "A_x", "a_", "_x", "a_x\ny",
		"a_" + strings.Repeat("x", 62), strings.Repeat("x", 300), "a_x=y", "postgresql:///alice_tasks", "dbname=alice_tasks", "a_..", "a_é",
	} {
		h.refuses("a", []string{"MakeDatabase", "s", name}, nil)
		if i%8 == 7 {
			h.root("systemctl stop ecounit-hostd") // a fresh count of calls
		}
	}
	h.root("systemctl stop ecounit-hostd")
	h.refuses("a", []string{"MakeDatabase", "s", "a_b_c"}, []string{"begin with the name of their owner"})
	h.made("a_b", "a_b_c")
	if got := h.sql("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"); got != "a_b_c alice_tasks bob_tasks postgres" {
		h.Errorf("databases: %s", got)
	}
	if got := h.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'a'"); got != "0" {
		h.Error("a role was made for a refused database")
	}
}

func (h host) testAdoption() {
	h.sql("CREATE DATABASE survey OWNER alice")
	if role, database := h.made("alice", "survey"); role != 0 || database != 0 {
		h.Errorf("made %d %d", role, database)
	}
	h.refuses("bob", []string{"MakeDatabase", "s", "survey"}, []string{"survey", "belongs to alice"})
	h.refuses("bob", []string{"MakeDatabase", "s", "alice_tasks"}, []string{"belongs to alice"})
	h.refuses("bob", []string{"MakeDatabase", "s", "postgres"}, []string{"belongs to postgres"})
	h.sql("CREATE DATABASE bob_byhand")
	h.refuses("bob", []string{"MakeDatabase", "s", "bob_byhand"}, []string{"belongs to postgres"})
	h.sql("DROP DATABASE bob_byhand")
}

func (h host) testQuota() {
	// alice has alice_tasks and survey.
	h.refuses("alice", []string{"MakeDatabase", "s", "alice_third"}, []string{"you have 2, and this host allows 2"})
	h.made("alice", "alice_tasks")
	h.sql("DROP DATABASE survey")
	h.made("alice", "alice_third")
	h.sql("DROP DATABASE alice_third")
}

func (h host) testTwoOrders() {
	h.breathe()
	script := ""
	for _, name := range []string{"alice_one", "alice_two", "alice_one", "alice_two"} {
		script += "busctl --system call org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 MakeDatabase s " + name + " >/dev/null 2>&1 & "
	}
	h.as("alice", script+"wait")
	if got := h.sql("SELECT count(*) FROM pg_database WHERE starts_with(datname, 'alice_')"); got != "2" {
		h.Errorf("alice has %s databases at the same time", got)
	}
	h.root(`for d in alice_one alice_two; do runuser -u postgres -- psql -qXd postgres -c "DROP DATABASE IF EXISTS $d"; done`)
}

// testHelperKilled kills the helper over and over; whatever it left behind,
// the next call makes good. The kernel keeps 15 characters of its name.
func (h host) testHelperKilled() {
	h.breathe()
	for _, wait := range []string{"0", "0.02", "0.05", "0.1", "0.2"} {
		h.root("systemctl stop ecounit-hostd") // with its count of calls
		h.root("systemd-run -q --unit=killer sh -c 'until pgrep -x ecounit-postgre >/dev/null; do :; done; sleep " + wait + "; pkill -9 -x ecounit-postgre'")
		if said, ok := h.busctl("alice", "MakeDatabase", "s", "alice_killed"); !ok && !strings.Contains(said, "ecounit-postgres") {
			h.Errorf("killed after %s: %s", wait, said)
		}
		h.root("systemctl stop killer 2>/dev/null || :; systemctl reset-failed killer 2>/dev/null || :")
		h.made("alice", "alice_killed")
		if said, ok := h.psql("alice", "alice_killed", "CREATE TABLE t (a int)"); !ok {
			h.Errorf("killed after %s: %s", wait, said)
		}
		if got := h.sql("SELECT count(*) FROM pg_database WHERE starts_with(datname, 'unfinished')"); got != "0" {
			h.Errorf("killed after %s: %s unfinished databases", wait, got)
		}
		h.sql("DROP DATABASE alice_killed")
	}
	// The service itself, while its helper is at work.
	h.root(`systemctl stop ecounit-hostd; runuser -u alice -- busctl --system call org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 MakeDatabase s alice_killed >/dev/null 2>&1 &
		until pgrep -x ecounit-postgre >/dev/null; do :; done; pkill -9 -x ecounit-hostd; wait || :`)
	h.made("bob", "bob_tasks")
	h.made("alice", "alice_killed")
}

func (h host) testDatabaseRule() {
	h.write("/etc/polkit-1/rules.d/50-databases.rules", `polkit.addRule(function(action, subject) {
	if (action.id == "org.ecounit.host.database" && action.lookup("user") == "bob" && action.lookup("database") == "bob_secret") return polkit.Result.NO;
});`)
	h.root("systemctl restart polkit; systemctl stop ecounit-hostd")
	h.refuses("bob", []string{"MakeDatabase", "s", "bob_secret"}, []string{"does not let you have databases"})
	h.made("bob", "bob_tasks")
	h.root("rm /etc/polkit-1/rules.d/50-databases.rules; systemctl restart polkit")
}

// testDatabaseFlood: one user's calls do not keep another from the server.
func (h host) testDatabaseFlood() {
	h.root("systemctl stop ecounit-hostd")
	flood, err := h.As("bob").Start(h.T.Context(), "sh", "-c",
		"while :; do busctl --system call org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 MakeDatabase s bob_tasks >/dev/null 2>&1 & sleep 0.02; done")
	if err != nil {
		h.Fatal(err)
	}
	defer flood.Stop()
	time.Sleep(time.Second)
	begin := time.Now()
	h.made("alice", "alice_tasks")
	took := time.Since(begin)
	h.Logf("measured: a call beside a flood in %s", took)
	if took > 10*time.Second {
		h.Errorf("a call beside a flood took %s", took)
	}
}

func (h host) testHelperSandbox() {
	said := h.root("systemd-analyze --no-pager security ecounit-postgres.service")
	m := exposure.FindStringSubmatch(said)
	if m == nil {
		h.Fatalf("no level in\n%s", said)
	}
	h.Logf("measured: exposure %s", m[1])
	if level, err := strconv.ParseFloat(m[1], 64); err != nil || level > maxExposure {
		h.Errorf("the exposure is %s:\n%s", m[1], said)
	}
	h.noWarnings()
}
