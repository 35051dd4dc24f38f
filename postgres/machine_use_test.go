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
