//go:build machine

package journal

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

func TestMachine(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			h.persistent()
			h.tail()
			h.follow()
			h.volatile()
		})
	}
}

func (h host) persistent() {
	all := func(units ...string) Query { return Query{Units: units, Lines: -1} }
	h.unit("bob", "hello.service", `echo one; printf 'two\377\n'; sleep 0.1; echo three >&2; exit 3`)
	h.unit("bob", "work@1.service", "echo first")
	h.unit("bob", "work@2.service", "echo second")
	h.unit("carol", "hello.service", "echo hers")
	time.Sleep(500 * time.Millisecond)

	h.want("bob", h.printed("bob", all("hello.service")), "hello.service:one hello.service:two\ufffd hello.service:three")
	h.want("carol", h.printed("carol", all("hello.service")), "hello.service:hers")
	for _, since := range []string{"", "-1h", "1 hour ago", At(time.Now().Add(-time.Hour))} {
		q := Query{Units: []string{"hello.service"}, Lines: 4, Since: since}
		h.want("last lines since "+since, h.printed("bob", q), "hello.service:three")
	}
	h.want("future", h.printed("bob", Query{Units: []string{"hello.service"}, Lines: 5, Since: At(time.Now().Add(time.Hour))}), "")
	h.want("never run", h.printed("bob", all("never.service")), "")
	h.want("no journal yet", h.printed("dave", all("hello.service")), "")
	for _, q := range []Query{all("work@*.service"), all("work@1.service", "work@2.service")} {
		both := h.printed("bob", q)
		if !strings.Contains(both, "first") || !strings.Contains(both, "second") {
			h.t.Errorf("instances: got %q", both)
		}
	}

	entries, a := h.ask("bob", request{Do: "read", Query: all("hello.service")})
	h.t.Logf("%d entries read in %s", len(entries), a.Took)
	manager, invocation := 0, ""
	for _, e := range entries {
		if e.Manager {
			manager++
			invocation = e.InvocationID
		}
		if e.Unit != "hello.service" || time.Since(e.Time) > time.Hour || e.PID == 0 {
			h.t.Errorf("bad entry: %+v", e)
		}
	}
	if manager < 3 || len(invocation) != 32 {
		h.t.Errorf("%d of the entries are systemd's, of %q: %+v", manager, invocation, entries)
	}
	h.unit("bob", "hello.service", "echo again; sleep 0.1") // systemd-run made the failed one stay
	h.root("runuser", "-u", "bob", "--", "env", "XDG_RUNTIME_DIR=/run/user/1000", "systemctl", "--user", "reset-failed")
	h.unit("bob", "hello.service", "echo again; sleep 0.1")
	h.want("one run", h.printed("bob", Query{Units: []string{"hello.service"}, Lines: -1, Invocation: invocation}),
		"hello.service:one hello.service:two\ufffd hello.service:three")

	_, a = h.ask("bob", request{Do: "read", Query: Query{Units: []string{"hello.service"}, Since: "bla"}})
	h.want("bad time", a.Error, `cannot read the journal: "bla" is not a time`)
	h.reason("bob", "")
	h.reason("carol", "")
	h.reason("dave", "")
	h.reason("sysuser", SystemUser)
	if h.Suite == machine.Trixie {
		h.reason("aduser", SystemUser)
	} else {
		h.reason("aduser", "")
	}
}

// volatile takes the stored journal away, and gives it back as the hint says.
func (h host) volatile() {
	h.root("rm", "-rf", "/var/log/journal")
	if err := h.Reboot(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	for _, user := range []string{"bob", "carol"} {
		if err := h.Linger(h.t.Context(), user); err != nil {
			h.t.Fatal(err)
		}
		h.unit(user, "fresh.service", "echo fresh; sleep 0.2")
	}
	fresh := Query{Units: []string{"fresh.service"}, Lines: -1}
	closed := h.reason("bob", Volatile)
	_, a := h.ask("bob", request{Do: "read", Query: fresh})
	h.want("bob reads", string(a.Reason), string(Volatile))
	h.reason("dave", Volatile)
	h.reason("carol", "")
	h.want("carol", h.printed("carol", fresh), "fresh.service:fresh")

	_, cure, _ := strings.Cut(closed.Hint, "types: ")
	h.root("sh", "-c", cure)
	h.unit("bob", "cured.service", "echo cured; sleep 0.2")
	for range 50 {
		if h.printed("bob", Query{Units: []string{"cured.service"}, Lines: -1}) != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.want("bob", h.printed("bob", Query{Units: []string{"cured.service"}, Lines: -1}), "cured.service:cured")
	h.want("carol", h.printed("carol", fresh), "fresh.service:fresh")
	h.reason("bob", "")

	h.root("sh", "-c", `mkdir -p /etc/systemd/journald.conf.d; printf '[Journal]\nStorage=none\n' > /etc/systemd/journald.conf.d/none.conf; rm -rf /var/log/journal`)
	if err := h.Reboot(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.reason("bob", NotKept)
}
