//go:build machine

package e2e

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestDatabaseOfTheHostService: the user has no role, nobody makes one by hand,
// and there is no password.
func TestDatabaseOfTheHostService(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := newHostedHost(t, suite)
			alice, bob := h.user("alice"), h.user("bob")
			h.root("systemctl", "enable", "--quiet", "--now", "postgresql")
			for _, step := range []struct {
				name string
				test func(alice, bob *user)
			}{
				{"not allowed", hostedNotAllowed},
				{"failed enable", hostedFailedEnable},
				{"enable", hostedEnable},
				{"adopted", hostedAdopted},
				{"two users", hostedOthers},
				{"drop and restore", hostedDrop},
				{"reboot", hostedDatabaseReboot},
				{"renamed", hostedRenamed},
			} {
				t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) {
					step.test(alice.in(t), bob.in(t))
				})
			}
		})
	}
}

func (h *host) roles() string {
	h.t.Helper()
	return strings.Join(strings.Fields(h.asPostgres("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY 1")), " ")
}

// asks asks the app rows on its socket.
func (u *user) asks(options ...string) string {
	u.host.t.Helper()
	return u.Sh("curl -sf --max-time 30 --unix-socket $(sed -n s/ListenStream=//p .config/systemd/user/rows.socket) " + strings.Join(options, " ") + " http://x/alice_rows/")
}

func hostedNotAllowed(alice, _ *user) {
	alice.keeps("rows")
	alice.Fails(1, []string{"enable", "./rows"}, "alice", "role", "administrator")
	alice.host.policy("[database]", "postgres = true", "per_user = 3")
}

func hostedFailedEnable(alice, _ *user) {
	h := alice.host
	alice.keeps("bad")
	alice.Write("/home/alice/bad/app.py", "1/0\n")
	alice.Fails(1, []string{"enable", "./bad"}, "bad.service does not stay up", "nothing of bad was left behind")
	if left := h.databases() + h.roles(); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}

func hostedEnable(alice, _ *user) {
	h := alice.host
	h.Contains(alice.OK("check", "./rows"), "ecounit.toml")
	h.asleep(func() {
		h.Contains(alice.OK("enable", "./rows", "--dry-run"), "database alice_rows")
		if made := h.databases() + h.roles(); made != "" {
			h.t.Errorf("--dry-run made %s", made)
		}
	})
	h.Contains(alice.OK("enable", "./rows"), "database     alice_rows (peer authentication, no password)", "answers 200")
	h.asleep(func() { h.Contains(alice.OK("enable", "rows"), "nothing to do") })
	alice.asks("-d", "first")
	if made := h.databases() + " of " + h.roles(); made != "alice_rows of alice" {
		h.t.Errorf("there are %s", made)
	}
	alice.Fails(1, []string{"exec", "rows", "--", "psql", "-c", "CREATE DATABASE more"}, "permission denied")
}

// hostedAdopted: a failed version leaves a database that was there.
func hostedAdopted(alice, _ *user) {
	h := alice.host
	alice.OK("db", "create", "./bad")
	alice.Fails(1, []string{"enable", "./bad"}, "bad.service does not stay up")
	if there := h.databases(); there != "alice_bad alice_rows" {
		h.t.Errorf("there are %s", there)
	}
	alice.keeps("third")
	alice.keeps("fourth")
	alice.OK("db", "create", "./third")
	alice.Fails(1, []string{"db", "create", "./fourth"}, "3")
	for _, name := range []string{"bad", "third"} {
		alice.OK("db", "drop", "./"+name, "--yes", "--no-dump")
	}
}

func hostedOthers(alice, bob *user) {
	bob.keeps("spy")
	bob.Sh("sed -i 's/postgres = true/postgres = \"alice_rows\"/' spy/ecounit.toml")
	bob.Fails(1, []string{"enable", "./spy"}, "alice_rows")
	bob.keeps("mine")
	bob.OK("enable", "./mine")
	bob.Sh("! psql -d alice_rows -c 'SELECT 1'")
	alice.Sh("! psql -d bob_mine -c 'SELECT 1'")
}

func hostedDrop(alice, _ *user) {
	h := alice.host
	alice.OK("db", "dump", "rows", "rows.dump")
	alice.OK("db", "drop", "rows", "--yes", "--no-dump")
	alice.Fails(1, []string{"db", "size", "rows"}, "hint: ecounit db create")
	alice.OK("db", "create", "rows")
	h.Contains(alice.OK("db", "restore", "rows", "rows.dump"), "1 row in 1 table")
}

func hostedDatabaseReboot(alice, _ *user) {
	h := alice.host
	h.Must(h.Reboot(h.t.Context()))
	deadline := time.Now().Add(40 * time.Second)
	for alice.Run("status", "rows").Code != 0 {
		if time.Now().After(deadline) {
			h.t.Fatalf("not up after a reboot:\n%s", alice.Run("status", "rows").Stdout)
		}
		time.Sleep(200 * time.Millisecond)
	}
	h.Contains(alice.asks(), "first")
}

// hostedRenamed: an account that is renamed gets no new and empty database, and
// is told what to do.
func hostedRenamed(alice, _ *user) {
	h := alice.host
	there := h.databases()
	h.root("sh", "-euc", `loginctl disable-linger alice; loginctl terminate-user alice || :
		while pgrep -u alice >/dev/null; do sleep 0.1; done
		usermod -l anna alice`)
	// logind 257 starts no manager for a uid that has just had another name.
	h.Must(h.Reboot(h.t.Context()))
	h.root("sh", "-euc", "until runuser -u postgres -- psql -qc '' >/dev/null 2>&1; do sleep 0.1; done")
	h.Must(h.Linger(h.t.Context(), "anna"))
	anna := h.account("anna")
	const why, role = "your account is called anna now", `ALTER ROLE "alice" RENAME TO "anna"`
	if r := anna.Run("status", "rows"); !strings.Contains(r.Stdout+r.Stderr, why) || !strings.Contains(r.Stdout+r.Stderr, role) {
		h.t.Errorf("status says\n%s%s", r.Stdout, r.Stderr)
	}
	for _, words := range [][]string{{"enable", "rows"}, {"db", "create", "rows"}, {"db", "size", "rows"}} {
		anna.Fails(1, words, why, role, `ALTER DATABASE "alice_rows" RENAME TO "anna_rows"`)
	}
	h.asPostgres("ALTER ROLE alice RENAME TO anna", "ALTER ROLE anna LOGIN")
	for _, words := range [][]string{{"enable", "rows"}, {"db", "create", "rows"}} {
		anna.Fails(1, words, why, `postgres = "alice_rows"`, `ALTER DATABASE "alice_rows" RENAME TO "anna_rows"`)
	}
	if now := h.databases(); now != there {
		h.t.Errorf("there are %s, and were %s", now, there)
	}
	h.asPostgres("ALTER DATABASE alice_rows RENAME TO anna_rows")
	h.Contains(anna.OK("exec", "rows", "--", "psql", "-Atc", "SELECT word FROM row"), "first")
	h.Contains(anna.OK("enable", "rows"), "database")
	h.Contains(anna.OK("db", "url", "rows"), "anna_rows", "user=anna")
}
