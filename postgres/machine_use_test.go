//go:build machine

package postgres

import (
	"encoding/json"
	"strings"
	"time"
)

func (h *host) testAccess() {
	o := forUser("bob", "bob_app")
	h.must("postgres", o)
	session, err := h.As("bob").Start(h.T.Context(), "/usr/bin/psql", "-d", "bob_app", "-c", "SELECT pg_sleep(600)")
	if err != nil {
		h.Fatal(err)
	}
	defer session.Stop()
	h.eventually("connected", func() bool {
		list := h.must("postgres", order{Do: "list for", Database: "postgres", Request: Request{Role: "bob"}}).Databases
		return len(list) == 1 && list[0].Connections == 1
	})
	o.Do = "revoke"
	h.must("postgres", o)
	select {
	case <-session.Done():
	case <-time.After(10 * time.Second):
		h.Error("a revoked role stays connected")
	}
	h.fails("bob", order{Do: "has", Database: "bob_app"}, NoRole)
	h.fails("postgres", forUser("bob", "bob_app"), Revoked)
	o.Do = "allow"
	h.must("postgres", o)
	if !h.must("bob", order{Do: "has", Database: "bob_app"}).Has {
		h.Error("not allowed again")
	}
	o.Do, o.Request.RoleConnections = "limit role", 3
	h.must("postgres", o)
	h.equal("limit", h.sql("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'bob'"), "3")
	h.fails("postgres", order{Do: "revoke", Request: Request{Role: "postgres"}}, NotAllowed, "superuser")
	h.fails("postgres", order{Do: "revoke", Request: Request{Role: "nobody"}}, NoRole)
	h.sql("postgres", "DROP DATABASE bob_app", "DROP ROLE bob")
}

func (h *host) eventually(what string, is func() bool) {
	h.Helper()
	for range 200 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	h.Fatalf("not within ten seconds: %s", what)
}

// hba runs a function while pg_hba.conf begins with a line.
func (h *host) hba(line string, during func()) {
	h.Helper()
	h.root("sh", "-euc", `f=$(ls /etc/postgresql/*/main/pg_hba.conf); cp -p "$f" "$f.before"; { echo "$1"; cat "$f.before"; } > "$f"`, "sh", line)
	h.sql("postgres", "SELECT pg_reload_conf()")
	time.Sleep(200 * time.Millisecond)
	during()
	h.root("sh", "-euc", `f=$(ls /etc/postgresql/*/main/pg_hba.conf); cp -p "$f.before" "$f"`)
	h.sql("postgres", "SELECT pg_reload_conf()")
	time.Sleep(200 * time.Millisecond)
}

func (h *host) testErrors() {
	h.must("postgres", forUser("bob", "bob_app"))
	has := order{Do: "has", Host: "/var/run/postgresql", Port: 5432, Database: "bob_app"}
	h.hba("local all bob reject", func() { h.fails("bob", has, Refused, "pg_hba.conf", "local all all peer") })
	h.hba("local all bob scram-sha-256", func() { h.fails("bob", has, PasswordMissing, "bob", ".pgpass") })
	h.hba("local all bob md5", func() { h.fails("bob", has, PasswordMissing) })
	h.hba("local all bob password", func() { h.fails("bob", has, PasswordMissing) })
	h.hba("local postgres,template1 bob reject", func() {
		if !h.must("bob", has).Has {
			h.Error("not found without the maintenance databases")
		}
		h.fails("bob", order{Do: "ensure", Database: "bob_new"}, Refused)
	})
	openings := order{Do: "openings", Database: "postgres"}
	if got := h.must("postgres", openings).Openings; len(got) != 0 {
		h.Errorf("openings: %q", got)
	}
	h.hba("local all bob trust", func() {
		h.must("bob", has)
		if got := h.must("postgres", openings).Openings; len(got) != 1 || !strings.Contains(got[0], "line 1 of pg_hba.conf (local all bob trust)") {
			h.Errorf("openings: %q", got)
		}
	})
	h.fails("bob", openings, NotAllowed)
	openings.Do = "obstacles"
	if got := h.must("postgres", openings).Openings; len(got) != 0 {
		h.Errorf("obstacles: %q", got)
	}
	h.hba("local all bob scram-sha-256", func() {
		const want = "line 1 of pg_hba.conf (local all bob scram-sha-256) comes before any line with peer for the owner of bob_app"
		if got := h.must("postgres", openings).Openings; len(got) != 1 || got[0] != want {
			h.Errorf("obstacles: %q", got)
		}
	})
	h.helper()

	// Connections.
	h.sql("postgres", "ALTER ROLE bob CONNECTION LIMIT 0")
	h.fails("bob", has, TooManyConnections)
	h.sql("postgres", "ALTER ROLE bob CONNECTION LIMIT -1", "ALTER DATABASE bob_app CONNECTION LIMIT 0")
	h.fails("bob", has, TooManyConnections)
	h.sql("postgres", "ALTER DATABASE bob_app CONNECTION LIMIT -1")

	// The owner took the right to connect from everybody, and from himself.
	h.sql("postgres", "REVOKE CONNECT ON DATABASE bob_app FROM bob")
	h.fails("bob", has, NotAllowed, "GRANT CONNECT")
	h.sql("postgres", "GRANT CONNECT ON DATABASE bob_app TO bob")

	// A DROP DATABASE that was interrupted.
	h.sql("postgres", "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'bob_app'")
	h.fails("postgres", forUser("bob", "bob_app"), HalfDropped, "DROP DATABASE")
	h.must("bob", order{Do: "list", Database: "bob_app"})
	h.must("bob", order{Do: "drop", Database: "bob_app"})

	// No right to make a table.
	h.must("postgres", forUser("bob", "bob_app"))
	h.sql("bob_app", "ALTER SCHEMA public OWNER TO postgres; REVOKE CREATE ON SCHEMA public FROM bob, PUBLIC")
	h.fails("bob", order{Do: "probe", Database: "bob_app"}, NotAllowed, "make a table")
	h.sql("postgres", "DROP DATABASE bob_app")

	h.sql("postgres", "ALTER ROLE bob CREATEDB", "ALTER ROLE bob SET default_transaction_read_only = on")
	h.fails("bob", order{Do: "ensure", Database: "bob_new"}, ReadOnly)
	h.sql("postgres", "ALTER ROLE bob RESET default_transaction_read_only")

	h.fails("bob", order{Do: "has", Host: "127.0.0.1", Port: 5433, Database: "x"}, Down)
	h.fails("bob", order{Do: "has", Host: "no.such.host.invalid", Port: 5432, Database: "x"}, Down, "no.such.host.invalid")
	h.fails("bob", order{Do: "has", Host: "127.0.0.1", Port: 5432, Database: "x"}, PasswordMissing)
	h.root("chmod", "0700", "/var/run/postgresql")
	h.fails("bob", has, NoAccess)
	h.root("chmod", "2775", "/var/run/postgresql")
	h.sql("postgres", "DROP ROLE bob")
	h.testDiskFull()
	h.testOtherLocale()
}

// helper makes a database from a unit without any rights but to be the account
// postgres.
func (h *host) helper() {
	h.Helper()
	o := forUser("bob", "bob_helper")
	o.User = "postgres"
	text, err := json.Marshal(o)
	if err != nil {
		h.Fatal(err)
	}
	argv := []string{"systemd-run", "--wait", "--pipe", "--quiet", "--setenv=" + orderVariable + "=" + string(text)}
	for _, property := range []string{
		"User=postgres", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "PrivateNetwork=yes", "IPAddressDeny=any", "RestrictAddressFamilies=AF_UNIX",
		"ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "ProtectHostname=yes", "ProtectClock=yes",
		"ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "RestrictNamespaces=yes",
		"RestrictRealtime=yes", "RestrictSUIDSGID=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "SystemCallArchitectures=native",
		"SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM", "UMask=0077",
	} {
		argv = append(argv, "-p", property)
	}
	var out outcome
	if err := json.Unmarshal([]byte(h.root(append(argv, "/opt/postgres/postgres.test")...)), &out); err != nil || out.Made.Database == 0 {
		h.Errorf("from a unit: %v %v", out, err)
	}
	h.Logf("measured: a database from a unit in %s", out.Took)
	h.must("bob", order{Do: "drop", Database: "bob_helper"})
}

// testDiskFull has a server write to a small file system.
func (h *host) testDiskFull() {
	h.root("sh", "-euc", `version=$(ls /usr/lib/postgresql)
		mkdir /small; mount -t tmpfs -o size=64m none /small
		pg_createcluster -d /small/data -p 5441 $version small -- --waldir=/var/lib/postgresql/small-wal >/dev/null
		systemctl start postgresql@$version-small
		runuser -u postgres -- psql -qXp 5441 -c "CREATE ROLE bob LOGIN CREATEDB" -c CHECKPOINT
		fallocate -l $(( $(df --output=avail -B1 /small | tail -1) - 2000000 )) /small/fill`)
	own := order{Do: "ensure", Host: "/var/run/postgresql", Port: 5441, Database: "bob_app"}
	h.fails("bob", own, DiskFull, "disk of the server is full")
	made := forUser("carol", "carol_app")
	made.Host, made.Port, made.User = own.Host, own.Port, "postgres"
	h.fails("postgres", made, DiskFull)
	h.root("rm", "/small/fill")
	h.must("bob", own)
	if out := h.must("postgres", made); out.Made.Role == 0 || out.Made.Database == 0 {
		h.Errorf("made %+v", out.Made)
	}
	list := h.must("postgres", order{Do: "list for", Host: own.Host, Port: own.Port, User: "postgres"}).Databases
	if len(list) != 3 || list[0].Name != "bob_app" || list[1].Name != "carol_app" {
		h.Errorf("databases: %+v", list)
	}
	h.root("sh", "-euc", "pg_dropcluster --stop $(ls /usr/lib/postgresql) small; umount /small; rmdir /small")
}

// testOtherLocale makes a database on a server whose locale is not UTF-8.
func (h *host) testOtherLocale() {
	h.equal("encoding", h.sql("postgres", "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template0'"), h.sql("postgres", "SHOW server_encoding"))
	h.root("sh", "-euc", "pg_createcluster --locale=C -e SQL_ASCII $(ls /usr/lib/postgresql) plain -p 5440 >/dev/null; systemctl start postgresql@$(ls /usr/lib/postgresql)-plain")
	o := forUser("bob", "bob_app")
	o.Host, o.Port, o.User = "/var/run/postgresql", 5440, "postgres"
	h.must("postgres", o)
	out, err := h.As("bob").Output(h.T.Context(), "/usr/bin/psql", "-XAtq", "-p", "5440", "-d", "bob_app", "-c", "SHOW server_encoding")
	if err != nil || out != "UTF8" {
		h.Errorf("encoding %q %v", out, err)
	}
	// Of two servers the one that knows the user is found.
	h.equal("found", h.must("bob", order{Do: "find", Database: "bob_app"}).Server, "the Postgres server in /var/run/postgresql, port 5440")
	h.root("sh", "-euc", "pg_dropcluster --stop $(ls /usr/lib/postgresql) plain")
}

const odd = `CREATE SCHEMA "Odd ""one"; CREATE TABLE "Odd ""one"."the. table" (a text, "b c" bytea);
	INSERT INTO "Odd ""one"."the. table" VALUES (E'line\nCOPY x.y (a) FROM stdin;\n\\.\n', '\x00ff'), (NULL, NULL);
	CREATE TABLE "nothing" (); INSERT INTO "nothing" DEFAULT VALUES; CREATE TABLE empty (a int);
	CREATE TABLE parent (a int); CREATE TABLE child () INHERITS (parent); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2), (3);
	CREATE TABLE parts (a int) PARTITION BY RANGE (a); CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM (0) TO (10); INSERT INTO parts VALUES (1), (2);
	CREATE TABLE big AS SELECT n, md5(n::text) FROM generate_series(1, 50000) n; CREATE SEQUENCE s; SELECT nextval('s');
	CREATE VIEW v AS SELECT * FROM big; CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM big; COMMENT ON TABLE big IS 'COPY a.b (c) FROM stdin;';
	CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO empty VALUES (1); RETURN NEW; END'; CREATE TRIGGER t AFTER INSERT ON big FOR EACH ROW EXECUTE FUNCTION f();
	SELECT lo_from_bytea(0, 'a large object')`

func (h *host) testDump() {
	h.must("postgres", forUser("bob", "bob_app"))
	h.must("postgres", forUser("bob", "bob_copy"))
	if out, ok := h.psql("bob", "bob_app", odd); !ok {
		h.Fatal(out)
	}
	dump := order{Do: "dump", Database: "bob_app", File: "/home/bob/bob_app.dump"}
	out := h.must("bob", dump)
	if out.Dumped.Tables != 7 || out.Dumped.Rows != 2+1+3+2+50000 || out.Dumped.Bytes < 100000 || out.Progress < 2 || out.Done != out.Dumped.Bytes || out.Total < out.Done {
		h.Errorf("dumped %+v, %d calls, %d of %d", out.Dumped, out.Progress, out.Done, out.Total)
	}
	h.Logf("measured: dump of %d rows in %s", out.Dumped.Rows, out.Took)
	h.equal("files", h.root("sh", "-c", "cd /home/bob; stat -c '%n %a %U' bob_app.dump; ls -A | grep new || true"), "bob_app.dump 600 bob")
	h.fails("bob", dump, FileExists, "bob_app.dump")

	restore := order{Do: "restore", Database: "bob_copy", File: dump.File}
	restored := h.must("bob", restore)
	if restored.Restored.Rows != out.Dumped.Rows || restored.Restored.WithoutGrants || restored.Progress < 2 || restored.Done != restored.Total {
		h.Errorf("restored %+v, %d calls, %d of %d", restored.Restored, restored.Progress, restored.Done, restored.Total)
	}
	h.equal("a sequence", h.sql("bob_copy", "SELECT last_value FROM s"), "1")
	h.fails("bob", restore, NotEmpty, "bob_copy")
	h.must("bob", order{Do: "drop", Database: "bob_copy"})

	// Rights of a role that is not there any more.
	h.sql("postgres", "CREATE ROLE reader")
	h.psql("bob", "bob_app", "GRANT SELECT ON big TO reader")
	dump.File = "/home/bob/grants.dump"
	h.must("bob", dump)
	h.must("postgres", forUser("bob", "bob_copy"))
	restore.File = dump.File
	if out := h.must("bob", restore); out.Restored.WithoutGrants {
		h.Error("grants were left out")
	}
	h.must("bob", order{Do: "drop", Database: "bob_copy"})
	h.sql("bob_app", "DROP OWNED BY reader")
	h.sql("postgres", "DROP ROLE reader")
	h.must("postgres", forUser("bob", "bob_copy"))
	if out := h.must("bob", restore); !out.Restored.WithoutGrants {
		h.Error("grants were not left out")
	}
	h.must("bob", order{Do: "drop", Database: "bob_copy"})
	h.must("postgres", forUser("bob", "bob_copy"))

	// What is no dump, one that is cut off, and one that cannot be restored.
	h.root("sh", "-euc", "cd /home/bob; echo hello > text; : > nothing; head -c 5000 grants.dump > short; mkfifo fifo; chmod 644 *")
	for _, file := range []string{"text", "nothing", "short"} {
		restore.File = "/home/bob/" + file
		h.fails("bob", restore, NotADump)
	}
	for _, file := range []string{"fifo", "gone"} {
		restore.File = "/home/bob/" + file
		h.fails("bob", restore, "", "cannot read the dump", file)
	}
	h.sql("bob_app", "CREATE EXTENSION file_fdw")
	dump.File = "/home/bob/extension.dump"
	h.must("bob", dump)
	restore.File = dump.File
	h.fails("bob", restore, Failed, "file_fdw")
	h.equal("nothing half restored", h.sql("bob_copy", "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0")
	// An extension that the administrator put there is no hindrance, even with rows of its own.
	h.sql("bob_copy", "CREATE EXTENSION file_fdw")
	h.must("bob", restore)

	// Rows that the role does not see.
	h.sql("bob_app", "CREATE TABLE hidden (a int); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; GRANT SELECT ON hidden TO bob")
	dump.File = "/home/bob/hidden.dump"
	h.fails("bob", dump, NotAllowed, "hidden")
	h.equal("no file", h.root("sh", "-c", "ls -A /home/bob | grep -e hidden -e 'new$' || true"), "")
	h.sql("bob_app", "DROP TABLE hidden")

	// A disk that is full, and a time limit.
	h.root("sh", "-euc", "mkdir -p /home/bob/small; mount -t tmpfs -o size=100k,mode=777 none /home/bob/small")
	dump.File = "/home/bob/small/x.dump"
	h.fails("bob", dump, DiskFull)
	h.equal("no file", h.root("ls", "-A", "/home/bob/small"), "")
	h.root("umount", "/home/bob/small")
	dump.File = "/home/bob/slow.dump"
	h.sql("bob_app", "INSERT INTO big SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 200000) n")
	dump.Seconds = 0.5
	if out := h.do("bob", dump); !strings.Contains(out.Message, "deadline") && out.Kind != Down {
		h.Errorf("within half a second: %+v", out)
	}
	h.equal("no file", h.root("sh", "-c", "ls -A /home/bob | grep -e slow -e 'new$' || true"), "")
	h.eventually("nobody left connected", func() bool {
		return h.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bob_app' AND backend_type = 'client backend'") == "0"
	})
	h.fails("bob", order{Do: "dump", Database: "bob_app", File: "/nowhere/x.dump"}, Failed, "cannot write the dump")
	h.killedDump()
	h.sql("postgres", "DROP DATABASE bob_copy", "DROP DATABASE bob_app", "DROP ROLE bob")
}

// killedDump kills a dump that waits for a table: pg_dump ends as well, and the
// next dump removes what was left.
func (h *host) killedDump() {
	h.Helper()
	locker, err := h.As("bob").Start(h.T.Context(), "/usr/bin/psql", "-Xq", "-d", "bob_app", "-c", "BEGIN; LOCK TABLE big; SELECT pg_sleep(600)")
	if err != nil {
		h.Fatal(err)
	}
	defer locker.Stop()
	connected := func(condition string) string {
		return h.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bob_app' AND backend_type = 'client backend' AND "+condition)
	}
	h.eventually("locked", func() bool {
		return h.sql("bob_app", "SELECT count(*) FROM pg_locks WHERE relation = 'big'::regclass AND mode = 'AccessExclusiveLock' AND granted") == "1"
	})
	dump := order{Do: "dump", Database: "bob_app", File: "/home/bob/killed.dump"}
	process := h.start("bob", dump)
	h.eventually("waiting", func() bool { return connected("application_name = 'pg_dump' AND wait_event_type = 'Lock'") == "1" })
	h.root("pkill", "-KILL", "-x", "postgres.test")
	if _, killed := h.result(process); !killed {
		h.Error("it was not killed")
	}
	h.eventually("pg_dump has ended", func() bool { return connected("application_name = 'pg_dump'") == "0" })
	const list = "ls -A /home/bob | grep -e killed -e 'new$' || true"
	if left := h.root("sh", "-c", list); !strings.HasPrefix(left, ".bob_app.dump.") {
		h.Errorf("left: %q", left)
	}
	h.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bob_app'")
	h.eventually("unlocked", func() bool { return connected("true") == "0" })
	h.must("bob", dump)
	h.equal("files", h.root("sh", "-c", list), "killed.dump")
}

func (h *host) testDrop() {
	h.must("postgres", forUser("bob", "bob_app"))
	session, err := h.As("bob").Start(h.T.Context(), "/usr/bin/psql", "-d", "bob_app", "-c", "SELECT pg_sleep(600)")
	if err != nil {
		h.Fatal(err)
	}
	defer session.Stop()
	h.eventually("connected", func() bool {
		return h.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'") == "1"
	})
	h.fails("bob", order{Do: "unused", Database: "bob_app"}, InUse, "cannot drop", "one connection")
	h.fails("bob", order{Do: "drop", Database: "bob_app"}, InUse, "one connection")
	h.must("bob", order{Do: "drop", Database: "bob_app", CutOff: true})
	h.fails("bob", order{Do: "drop", Database: "bob_app"}, NoDatabase)
	h.must("postgres", forUser("bob", "bob_app"))
	h.must("bob", order{Do: "unused", Database: "bob_app"})
	h.must("bob", order{Do: "drop", Database: "bob_app"})
	h.sql("postgres", "DROP ROLE bob")
}

func (h *host) testPasswords() {
	h.sql("postgres", "CREATE ROLE remote LOGIN CREATEDB PASSWORD 'se:c\\ret'", "CREATE ROLE bob LOGIN")
	url := "postgresql://remote:se%3Ac%5Cret@127.0.0.1/postgres?sslmode=prefer"
	h.fails("bob", order{Do: "has", URL: "postgresql://remote:wrong@127.0.0.1/", Database: "x"}, PasswordWrong)
	h.fails("bob", order{Do: "has", URL: "postgresql://remote@127.0.0.1/", Database: "x"}, PasswordMissing)
	h.must("bob", order{Do: "ensure", URL: url, Database: "remote_app"})
	h.must("bob", order{Do: "probe", URL: url, Database: "remote_app"})

	// The app's own variables, with the password in a file.
	try := func(o order) {
		h.Helper()
		out := h.must("bob", o)
		if out.Environment.PassFile != nil {
			if err := h.WriteFile(h.T.Context(), o.File, out.Environment.PassFile, "bob", 0o600); err != nil {
				h.Fatal(err)
			}
		}
		var env []string
		address := ""
		for _, v := range out.Environment.Variables {
			if strings.Contains(v.Value, "ret") && v.Name != "PGPASSFILE" {
				h.Errorf("a password in %s=%s", v.Name, v.Value)
			}
			env = append(env, v.Name+"="+v.Value)
			if v.Name == "DATABASE_URL" {
				address = v.Value
			}
		}
		for _, argv := range [][]string{{"/usr/bin/psql", "-wXAtq", "-c", "SELECT current_user, current_database()"}, {"/usr/bin/psql", "-wXAtq", address, "-c", "SELECT current_user, current_database()"}} {
			got, err := h.As("bob").Env(env...).Output(h.T.Context(), argv...)
			if err != nil || got != "remote|remote_app" {
				h.Errorf("%v with %v: %q %v", argv, env, got, err)
			}
		}
	}
	try(order{Do: "environment", URL: url, Database: "remote_app", File: "/home/bob/app.pgpass"})
	pass := []byte("# mine\n*:*:remote_app:remote:se\\:c\\\\ret\n")
	if err := h.WriteFile(h.T.Context(), "/home/bob/.pgpass", pass, "bob", 0o600); err != nil {
		h.Fatal(err)
	}
	plain := order{Do: "environment", URL: "postgresql://remote@127.0.0.1/", PassFile: "/home/bob/.pgpass", Database: "remote_app", File: "/nowhere"}
	try(plain)
	h.hba("local all remote md5", func() { // takes both kinds of stored passwords
		local := order{Do: "environment", Host: "/var/run/postgresql", Port: 5432, User: "remote", PassFile: "/home/bob/.pgpass", Database: "remote_app", File: "/home/bob/app2.pgpass"}
		try(local)
		local.Do = "find"
		local.Host = ""
		h.must("bob", local)
	})
	h.must("bob", order{Do: "dump", URL: url, Database: "remote_app", File: "/home/bob/remote.dump"})
	h.root("chmod", "644", "/home/bob/.pgpass")
	plain.Do = "has"
	h.fails("bob", plain, BadSettings, "others can read it", "chmod 600 /home/bob/.pgpass")
	h.sql("postgres", "DROP DATABASE remote_app", "DROP ROLE remote", "DROP ROLE bob")
	h.root("rm", "-f", "/home/bob/.pgpass")
}

func (h *host) testWait() {
	h.must("postgres", forUser("bob", "bob_app"))
	o := order{Do: "wait", Host: "/var/run/postgresql", Port: 5432, Database: "bob_app"}
	h.Logf("measured: wait for a server that is there: %s", h.must("bob", o).Took)
	h.root("systemctl", "stop", "postgresql@*", "postgresql")
	o.Seconds = 0.7
	h.fails("bob", o, Down)
	o.Seconds = 60
	waits := h.start("bob", o)
	time.Sleep(500 * time.Millisecond)
	h.root("systemctl", "start", "postgresql")
	if out, _ := h.result(waits); out.Message != "" {
		h.Error(out.Message)
	}
	o.Database = "gone"
	h.fails("bob", o, NoDatabase)
	// A server that is just starting is waited for, too.
	o.Database = "bob_app"
	for range 3 {
		h.root("sh", "-c", "systemctl restart postgresql & sleep 0.3; wait")
		h.must("bob", o)
	}
	h.sql("postgres", "DROP DATABASE bob_app", "DROP ROLE bob")
}
