//go:build machine

package e2e

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestWorksInEveryKindOfSession runs ecounit in the ways in which people get
// onto a server, each with an environment that misleads in its own manner.
func TestWorksInEveryKindOfSession(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			h.root("sh", "-c", "echo 'bob ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/bob")
			bob := h.user("bob")
			type session struct {
				name string
				as   func(script string) machine.Result
			}
			sessions := []session{
				{"no XDG_RUNTIME_DIR at all", func(s string) machine.Result { return h.exec(h.As("alice"), "sh", "-c", s) }},
				{"XDG_RUNTIME_DIR of root", func(s string) machine.Result {
					return h.exec(h.As("alice").Env("XDG_RUNTIME_DIR=/run/user/0"), "sh", "-c", s)
				}},
				{"a stale bus address", func(s string) machine.Result {
					return h.exec(h.As("alice").Env("DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp/dbus-gone", "XDG_RUNTIME_DIR=/nowhere"), "sh", "-c", s)
				}},
				{"su", func(s string) machine.Result { return h.exec(h.As("root"), "su", "alice", "-c", s) }},
				{"su -", func(s string) machine.Result { return h.exec(h.As("root"), "su", "-", "alice", "-c", s) }},
				{"sudo -u", func(s string) machine.Result {
					return h.exec(bob.User.User, "sudo", "-u", "alice", "sh", "-c", "cd && "+s)
				}},
				{"sudo -i -u", func(s string) machine.Result {
					return h.exec(bob.User.User, "sudo", "-i", "-u", "alice", "sh", "-c", s)
				}},
				{"su within su", func(s string) machine.Result {
					return h.exec(h.As("root").Env("XDG_RUNTIME_DIR=/run/user/0"), "su", "bob", "-c", "sudo su alice -c '"+s+"'")
				}},
			}
			if suite == machine.Bookworm { // it takes up to a minute, and is the same cron everywhere
				sessions = append(sessions, session{"cron", func(s string) machine.Result { return h.cron("alice", s) }})
			}
			alice := h.user("alice")
			alice.hello("hello", "hello")
			for _, session := range sessions {
				r := session.as("cd /home/alice && ecounit enable ./hello && ecounit restart hello && ecounit status hello && ecounit disable hello --linger=off")
				if r.Code != 0 || !strings.Contains(r.Stdout, "active for") {
					t.Errorf("%s: exit %d\n%s%s", session.name, r.Code, r.Stdout, r.Stderr)
				}
			}
		})
	}
}

func (h *host) exec(u machine.User, argv ...string) machine.Result {
	h.t.Helper()
	r, err := u.Exec(h.t.Context(), argv...)
	h.Must(err)
	return r
}

// cron has cron itself run the script, at the next minute, and waits for it.
func (h *host) cron(user, script string) machine.Result {
	h.t.Helper()
	h.root("sh", "-c", "rm -f /tmp/cron.*; echo '* * * * * "+user+" ( "+script+" ) >/tmp/cron.out 2>&1; echo $? >/tmp/cron.code' > /etc/cron.d/once")
	deadline := time.Now().Add(100 * time.Second)
	for {
		r, err := h.Exec(h.t.Context(), "sh", "-c", "cat /tmp/cron.code && cat /tmp/cron.out && rm /etc/cron.d/once")
		h.Must(err)
		if code, out, found := strings.Cut(r.Stdout, "\n"); found {
			result := machine.Result{Stdout: out}
			if code != "0" {
				result.Code = 1
			}
			return result
		}
		if time.Now().After(deadline) {
			h.t.Fatal("cron did not run the command")
		}
		time.Sleep(time.Second)
	}
}

func TestRootIsToldToBeTheUser(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	for _, verb := range []string{"enable", "disable", "status", "list", "restart", "logs", "stop", "diff", "cat"} {
		r := h.exec(h.As("root").Env("SUDO_USER=alice"), "ecounit", verb)
		if r.Code != 1 || !strings.Contains(r.Stderr, "you are root") || !strings.Contains(r.Stderr, "hint: sudo -u alice ecounit") {
			t.Errorf("%s: exit %d\n%s%s", verb, r.Code, r.Stdout, r.Stderr)
		}
	}
}

// TestWithoutPolkit: an administrator's help is needed, and the command says
// which.
func TestWithoutPolkitTheAdministratorIsNamed(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	alice.hello("hello", "hello")
	h.root("sh", "-c", "systemctl mask --now polkit.service 2>&1")
	alice.Fails(1, []string{"enable", "./hello"}, "cannot switch lingering on", "loginctl enable-linger alice")
	if left := alice.Sh("find . -path './.*' -name '*hello*'"); left != "" {
		t.Errorf("left behind: %s", left)
	}
	h.root("loginctl", "enable-linger", "alice")
	alice.OK("enable", "./hello")
}
