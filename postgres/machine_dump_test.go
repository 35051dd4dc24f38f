//go:build machine

package postgres

import "strings"

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
