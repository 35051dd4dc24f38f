//go:build machine

package e2e

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// keeper keeps rows with psql, which is libpq with nothing around it. POST
// writes what is sent, GET answers all rows.
const keeper = `
import os, subprocess

def psql(statement, *words):
    argv = ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-w']
    for i, word in enumerate(words):
        argv += ['-v', 'w%d=%s' % (i, word)]
    return subprocess.run(argv + [os.environ['DATABASE_URL']], input=statement, capture_output=True, text=True, timeout=20)

def app(environ, start_response):
    r = psql('CREATE TABLE IF NOT EXISTS row (word text)')
    if environ['REQUEST_METHOD'] == 'POST' and r.returncode == 0:
        word = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH'])).decode()
        r = psql("INSERT INTO row VALUES (:'w0')", word)
    elif r.returncode == 0:
        r = psql('SELECT word FROM row ORDER BY word')
    start_response('200 OK' if r.returncode == 0 else '503 Down', [('Content-Type', 'text/plain')])
    return [(r.stdout + r.stderr).encode()]
`

// TestDatabase goes through the life of an app's database, on a host where the
// user may make databases and there is no host service.
func TestDatabase(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice, bob := h.user("alice"), h.user("bob")
			h.root("systemctl", "enable", "--quiet", "--now", "postgresql")
			for _, name := range []string{"alice", "bob"} {
				h.asPostgres("CREATE ROLE " + name + " LOGIN CREATEDB")
			}
			for _, step := range []struct {
				name string
				test func(alice, bob *user)
			}{
				{"enable", databaseEnable},
				{"failed enable", databaseFailedEnable},
				{"restart of the server", databaseRestart},
				{"dump, drop and restore", databaseDump},
				{"strict sandbox", databaseStrict},
				{"two users", databaseOfOthers},
				{"a server with a password", databasePassword},
				{"example", databaseExample},
				{"reboot", databaseReboot},
				{"disable", databaseDisable},
			} {
				t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) {
					step.test(alice.in(t), bob.in(t))
				})
			}
		})
	}
}

// asPostgres runs statements as the server's superuser.
func (h *host) asPostgres(statements ...string) string {
	h.t.Helper()
	argv := []string{"runuser", "-u", "postgres", "--", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"}
	for _, s := range statements {
		argv = append(argv, "-c", s)
	}
	return strings.TrimSpace(h.root(argv...))
}

func (h *host) databases() string {
	h.t.Helper()
	return strings.Join(strings.Fields(h.asPostgres("SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') ORDER BY 1")), " ")
}

// again is how long an enable with nothing to change takes.
func (u *user) again(name string) time.Duration {
	u.host.t.Helper()
	took, err := time.ParseDuration(strings.TrimSpace(u.Sh("s=$(date +%s%N); for i in 1 2 3 4 5 6 7 8 9 10; do ecounit enable " + name + " 2>/dev/null; done; echo $((($(date +%s%N) - s) / 10))ns")))
	u.host.Must(err)
	return took
}

// keeps makes an app that keeps rows.
func (u *user) keeps(name string, lines ...string) {
	u.host.t.Helper()
	u.Sh("mkdir -p " + name)
	u.Write("/home/"+u.name+"/"+name+"/app.py", keeper)
	u.descriptor("/home/"+u.name+"/"+name, `name = "`+name+`"`, append([]string{"[web]", `wsgi = "app:app"`, "[database]", "postgres = true"}, lines...)...)
}

// keep sends a row to the app.
func (u *user) keep(name, word string) {
	u.host.t.Helper()
	_, address, _ := strings.Cut(strings.TrimSpace(u.Sh("grep ListenStream .config/systemd/user/"+name+".socket")), "=")
	u.Sh("curl -sf --max-time 10 -d " + word + " http://" + address + "/" + u.name + "_" + name + "/")
}

func databaseEnable(alice, _ *user) {
	h := alice.host
	alice.keeps("rows", "[process.worker]", `command = ["sh", "-c", "env | grep ^PG; exec sleep 1000"]`)
	h.Contains(alice.OK("enable", "./rows", "--dry-run"), "database alice_rows\n")
	if left := h.databases(); left != "" {
		h.t.Errorf("--dry-run made %s", left)
	}
	h.Contains(alice.OK("enable", "./rows"), "database     alice_rows (peer authentication, no password)", "answers 200")
	h.Contains(alice.OK("enable", "rows"), "as it should be, nothing to do")
	alice.keep("rows", "first")
	h.Contains(alice.answers("rows"), "first")
	h.Contains(alice.OK("logs", "rows", "-p", "worker"), "PGDATABASE=alice_rows", "PGHOST=/var/run/postgresql", "PGPORT=5432", "PGUSER=alice")
	h.Contains(alice.OK("exec", "rows", "--", "sh", "-c", "echo $DATABASE_URL"), "postgresql:///alice_rows?host=/var/run/postgresql&user=alice")
	h.Contains(alice.OK("db", "url", "rows"), "postgresql:///alice_rows?host=/var/run/postgresql&user=alice")
	h.Contains(alice.OK("db", "list", "rows"), "alice_rows")
	h.Contains(alice.OK("db", "size", "rows"), "M")
	h.Contains(alice.OK("db", "create", "rows"), "is there already")
	h.Contains(alice.Sh("echo 'SELECT word FROM row' | ecounit db shell rows"), "first")
	h.Contains(alice.OK("status", "rows"), "alice_rows")
	h.Contains(alice.Sh("grep ExecStartPre .config/systemd/user/rows-worker.service"), "ExecStartPre=-/usr/bin/ecounit db wait rows")
	alice.hello("plain", "x")
	alice.OK("enable", "./plain")
	for range 3 {
		h.t.Logf("enable with nothing to change: %s, without a database %s", alice.again("rows"), alice.again("plain"))
	}
	alice.OK("disable", "plain")
}

// databaseFailedEnable: what was made goes, what was there stays.
func databaseFailedEnable(alice, _ *user) {
	h := alice.host
	alice.keeps("bad")
	alice.Write("/home/alice/bad/app.py", "1/0\n")
	alice.Fails(1, []string{"enable", "./bad"}, "bad.service does not stay up", "nothing of bad was left behind")
	if left := h.databases(); left != "alice_rows" {
		h.t.Errorf("the databases are %s", left)
	}
	alice.OK("db", "create", "./bad")
	alice.Fails(1, []string{"enable", "./bad"}, "bad.service does not stay up")
	if left := h.databases(); left != "alice_bad alice_rows" {
		h.t.Errorf("the databases are %s", left)
	}
	alice.OK("db", "drop", "./bad", "--yes", "--no-dump")

	alice.Write("/home/alice/rows/broken.py", "1/0\n")
	alice.Sh("sed -i s/app:app/broken:app/ rows/ecounit.toml")
	alice.Fails(1, []string{"enable", "rows"}, "rows.service does not stay up", "the previous version of rows runs again")
	h.Contains(alice.answers("rows"), "first")
	alice.Sh("sed -i s/broken:app/app:app/ rows/ecounit.toml")
	h.Contains(alice.OK("enable", "rows"), "nothing to do")
}

func databaseRestart(alice, _ *user) {
	h := alice.host
	h.root("systemctl", "restart", "postgresql@*")
	h.Contains(alice.answers("rows"), "first")
	h.root("systemctl", "stop", "postgresql", "postgresql@*") // the first alone returns before the server is down
	alice.keeps("late")
	alice.Fails(1, []string{"enable", "./late"}, "Postgres server", "systemctl status postgresql")
	if r := alice.Run("status", "rows"); !strings.Contains(r.Stdout, "does not run") {
		h.t.Errorf("status does not say that the server is down:\n%s%s", r.Stdout, r.Stderr)
	}
	begin := time.Now()
	restarted, err := alice.Start(h.t.Context(), "ecounit", "restart", "rows")
	h.Must(err)
	time.Sleep(2 * time.Second)
	h.root("systemctl", "start", "postgresql")
	if r, err := restarted.Wait(); err != nil || r.Code != 0 {
		h.t.Errorf("the restart failed: %v %s%s", err, r.Stdout, r.Stderr)
	}
	h.t.Logf("a restart with the server down for 2 s took %s", time.Since(begin))
	h.Contains(alice.answers("rows"), "first")
}

func databaseDump(alice, _ *user) {
	h := alice.host
	h.Contains(alice.OK("db", "dump", "rows", "rows.dump"), "rows.dump: 1 row in 1 table")
	alice.Fails(1, []string{"db", "dump", "rows", "rows.dump"}, "rows.dump")
	if mode := strings.TrimSpace(alice.Sh("stat -c %a rows.dump")); mode != "600" {
		h.t.Errorf("the dump has the mode %s", mode)
	}
	alice.Fails(1, []string{"db", "restore", "rows", "rows.dump"}, "alice_rows")
	alice.Fails(2, []string{"db", "drop", "rows"}, "--yes")
	h.Contains(alice.OK("db", "drop", "rows", "--dry-run"), "dump     alice_rows", "drop     alice_rows")
	held, err := alice.Start(h.t.Context(), "ecounit", "exec", "rows", "--", "psql", "-c", "SELECT pg_sleep(60)")
	h.Must(err)
	defer held.Stop()
	for !strings.Contains(alice.OK("db", "list", "rows", "--json"), `"connections": 1`) {
		time.Sleep(50 * time.Millisecond)
	}
	for _, options := range []string{"--no-dump", "--yes"} {
		alice.Fails(1, []string{"db", "drop", "rows", "--yes", options}, "alice_rows", "ecounit db drop --force")
	}
	alice.Sh("! ls alice_rows-*.dump") // nothing is dumped that is not dropped then
	h.Contains(alice.OK("db", "drop", "rows", "--yes", "--force"), "dumped       alice_rows-", "dropped      alice_rows")
	alice.Fails(1, []string{"db", "size", "rows"}, "hint: ecounit db create")
	h.Contains(alice.OK("db", "create", "rows"), "alice_rows")
	h.Contains(alice.OK("db", "restore", "rows", "rows.dump"), "alice_rows: 1 row in 1 table")
	h.Contains(alice.answers("rows"), "first")
}

func databaseStrict(alice, _ *user) {
	h := alice.host
	alice.keeps("cell", "[sandbox]", `level = "strict"`)
	alice.OK("enable", "./cell")
	alice.keep("cell", "inside")
	h.Contains(alice.answers("cell"), "inside")
	if said := alice.OK("logs", "cell"); strings.Contains(said, "starts without its database") {
		h.t.Errorf("db wait has no way out of the sandbox:\n%s", said)
	}
	alice.OK("disable", "cell")
	alice.OK("db", "drop", "./cell", "--yes", "--no-dump")
}

func databaseOfOthers(alice, bob *user) {
	h := bob.host
	bob.keeps("spy")
	bob.Sh("sed -i 's/postgres = true/postgres = \"alice_rows\"/' spy/ecounit.toml")
	bob.Fails(1, []string{"enable", "./spy"}, "alice_rows", "alice")
	bob.Fails(1, []string{"db", "dump", "./spy", "stolen"}, "alice_rows")
	bob.keeps("mine")
	bob.OK("enable", "./mine")
	bob.keep("mine", "bobs")
	h.Contains(bob.answers("mine"), "bobs")
	bob.Sh("! psql -d alice_rows -c 'SELECT 1'")
	alice.Sh("! psql -d bob_mine -c 'SELECT 1'")
}

// databasePassword: the password is nowhere but in files of the user's.
func databasePassword(alice, _ *user) {
	h := alice.host
	const secret = "Zq9xSesame"
	h.asPostgres("CREATE ROLE remote LOGIN CREATEDB PASSWORD '" + secret + "'")
	alice.keeps("far", `url_file = ".url"`)
	alice.Sh("chmod 755 . far") // 700 on newer hosts, which hides what is in it
	alice.Write("/home/alice/far/.url", "postgresql://remote:"+secret+"@127.0.0.1/\n")
	h.Contains(alice.OK("check", "./far"), "can be read by everyone", "chmod 600")
	alice.Sh("chmod 600 far/.url")
	h.Contains(alice.OK("enable", "./far"), "database     alice_far (on 127.0.0.1, with a password)", "answers 200")
	h.Contains(alice.OK("enable", "far"), "nothing to do")
	alice.keep("far", "away")
	h.Contains(alice.answers("far"), "away")
	shown := alice.OK("show", "far") + alice.OK("show", "far", "--units") + alice.OK("show", "far", "--json") + alice.OK("db", "url", "far") +
		alice.OK("cat", "far") + alice.OK("status", "far") + alice.OK("logs", "far") + alice.Sh("cat .local/state/ecounit/far/plan.json") +
		alice.OK("exec", "far", "--", "env") + alice.Sh("ps axww -o args")
	alice.Sh("sed -i s/127.0.0.1/localhost/ far/.url")
	shown += alice.OK("diff", "far") + alice.OK("diff", "far", "--json") + alice.OK("enable", "far", "--dry-run", "--json") + h.root("journalctl", "--no-pager")
	if strings.Contains(shown, secret) {
		h.t.Error("the password is shown")
	}
	if mode := strings.TrimSpace(alice.Sh("stat -c %a .local/state/ecounit/far/pgpass")); mode != "600" {
		h.t.Errorf("pgpass has the mode %s", mode)
	}
	alice.OK("disable", "far")
	alice.Sh("! test -e .local/state/ecounit/far")
}

func databaseReboot(alice, _ *user) {
	h := alice.host
	h.Must(h.Reboot(h.t.Context()))
	deadline := time.Now().Add(40 * time.Second)
	for alice.Run("status", "rows").Code != 0 {
		if time.Now().After(deadline) {
			h.t.Fatalf("not up after a reboot:\n%s", alice.Run("status", "rows").Stdout)
		}
		time.Sleep(200 * time.Millisecond)
	}
	h.Contains(alice.answers("rows"), "first")
	h.Contains(alice.answers("flasktasks"), "Read Fechner")
}

// databaseExample: the rows of the example are in Postgres.
func databaseExample(alice, _ *user) {
	h := alice.host
	dir := alice.app("flask-tasks")
	alice.Sh("sed -i 's/^# \\[database\\].*/[database]/; s/^# postgres = true/postgres = true/' " + dir + "/ecounit.toml")
	h.Contains(alice.OK("enable", dir), "database     alice_flasktasks", "answers 200")
	h.Contains(alice.answers("flasktasks"), "Stroop")
	_, address, _ := strings.Cut(strings.TrimSpace(alice.Sh("grep ListenStream .config/systemd/user/flasktasks.socket")), "=")
	alice.Sh("curl -sf --max-time 10 -d title=Read+Fechner http://" + address + "/alice_flasktasks/tasks")
	h.root("systemctl", "restart", "postgresql@*")
	h.Contains(alice.answers("flasktasks"), "Read Fechner")
	h.Contains(alice.Sh("echo 'SELECT title FROM task' | ecounit db shell flasktasks"), "Read Fechner")
}

func databaseDisable(alice, _ *user) {
	h := alice.host
	alice.OK("disable", "rows")
	if !strings.Contains(h.databases(), "alice_rows") {
		h.t.Error("disable dropped the database")
	}
	alice.OK("enable", "./rows")
	h.Contains(alice.answers("rows"), "first")
}
