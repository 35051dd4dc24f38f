//go:build machine

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// ending is a process that ends in the way that a signal says.
const ending = `trap "exit 0" USR1; trap "exit 3" USR2; trap "exit 143" HUP; echo up; while :; do sleep 0.02; done`

func TestRestartPolicies(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice := h.user("alice")
			for _, policy := range []struct {
				name string
				ends map[string]string // signal to the state afterwards; active: it was restarted
			}{
				{"always", map[string]string{"USR1": "active", "USR2": "active", "HUP": "active", "KILL": "active", "TERM": "active"}},
				{"on-failure", map[string]string{"USR1": "inactive", "USR2": "active", "HUP": "inactive", "KILL": "active", "TERM": "inactive"}},
				{"never", map[string]string{"USR1": "inactive", "USR2": "failed", "HUP": "inactive", "KILL": "failed", "TERM": "inactive"}},
			} {
				t.Run(policy.name, func(t *testing.T) { alice.in(t).restartPolicy(policy.name, policy.ends) })
			}
			t.Run("done", func(t *testing.T) { processesThatAreDone(alice.in(t)) })
			t.Run("growing_delay", func(t *testing.T) { restartGrowingDelay(alice.in(t), suite.SystemdVersion()) })
			t.Run("asked_to_end", func(t *testing.T) { askedToEnd(alice.in(t)) })
		})
	}
}

func (u *user) restartPolicy(policy string, ends map[string]string) {
	h := u.host
	u.descriptor("/home/alice/"+policy, fmt.Sprintf("name = %q", policy), "[process.it]", fmt.Sprintf(`command = ["sh", "-c", '''%s''']`, ending),
		"[restart]", fmt.Sprintf("policy = %q", policy), `delay = "50ms"`)
	u.OK("enable", "./"+policy)
	unit := policy + "-it.service"
	for signal, want := range ends {
		u.OK("restart", policy)
		// Until it has set its traps, any signal ends it.
		u.Sh(fmt.Sprintf("pid=$(systemctl --user show -p MainPID --value %s); until grep -q '^SigCgt:.*[1-9a-f]' /proc/$pid/status && pgrep -P $pid >/dev/null; do sleep 0.02; done; kill -%s $pid", unit, signal))
		deadline := time.Now().Add(10 * time.Second)
		for {
			got := u.properties(unit, "ActiveState", "NRestarts")
			restarted := !strings.Contains(got, "NRestarts=0\n")
			if strings.Contains(got, "ActiveState="+want+"\n") && restarted == (want == "active") {
				break
			}
			if time.Now().After(deadline) {
				h.t.Fatalf("%s after %s: %s, want %s", policy, signal, got, want)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if want != "active" {
			time.Sleep(150 * time.Millisecond) // it stays so
			u.Fails(3, []string{"status", policy}, want)
			h.Contains(u.properties(unit, "ActiveState"), "="+want+"\n")
		}
	}
	u.OK("disable", policy)
}

// processesThatAreDone: what ends well and is not to be started again is no
// failure, where the descriptor says that it may end.
func processesThatAreDone(alice *user) {
	h := alice.host
	with := func(policy string) {
		alice.descriptor("/home/alice/once", `name = "once"`, "[process.work]", `command = "sleep 1000"`,
			"[process.setup]", `command = ["sh", "-c", "echo ran >> runs"]`, "[restart]", fmt.Sprintf("policy = %q", policy))
	}
	with("on-failure")
	alice.Fails(1, []string{"enable", "./once"}, "once-setup.service ended right after its start, without a failure; what is meant to end is for [job.NAME]")
	alice.Sh("rm once/runs")
	with("never")
	alice.OK("enable", "./once")
	h.Contains(alice.OK("status", "once"), "active for", "once-setup.service: done")
	h.Contains(alice.OK("list"), "once", "active")
	h.Contains(alice.OK("enable", "./once"), "nothing to do")
	h.Contains(alice.Sh("wc -l < once/runs"), "1")
	alice.OK("stop", "once")
	alice.Fails(3, []string{"status", "once"}, "inactive")
	alice.OK("start", "once")
	h.Contains(alice.Sh("wc -l < once/runs"), "2")
	alice.OK("disable", "once")
}

// restartGrowingDelay: what systemd can do is in the unit, and what it cannot
// is said.
func restartGrowingDelay(alice *user, systemd int) {
	h := alice.host
	alice.Write("/home/alice/patient/script", "test -e fine && exec sleep 1000; exit 9\n")
	alice.Sh("touch patient/fine")
	alice.descriptor("/home/alice/patient", `name = "patient"`, "[process.it]", `command = "sh script"`, "[restart]", `delay = "20ms"`, `max_delay = "1s"`)
	said := alice.OK("enable", "./patient")
	unit := alice.OK("cat", "patient")
	if systemd < 254 {
		h.Contains(said, fmt.Sprintf("patient/ecounit.toml:6:13: warning: `restart.max_delay` has no effect: systemd %d is older than 254, the delay stays at 20ms", systemd))
		if strings.Contains(unit, "RestartSteps") || strings.Contains(unit, "RestartMaxDelaySec") {
			h.t.Errorf("not for systemd %d:\n%s", systemd, unit)
		}
		alice.OK("disable", "patient")
		return
	}
	if strings.Contains(said, "warning") {
		h.t.Error(said)
	}
	h.Contains(unit, "RestartSteps=5", "RestartMaxDelaySec=1s", "RestartSec=20ms")
	h.Contains(alice.properties("patient-it.service", "RestartSteps", "RestartMaxDelayUSec"), "RestartSteps=5", "RestartMaxDelayUSec=1s")
	alice.Sh("rm patient/fine && kill $(systemctl --user show -p MainPID --value patient-it.service)")
	for begin := time.Now(); !strings.Contains(alice.properties("patient-it.service", "RestartUSecNext"), "=1s\n"); time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > 15*time.Second {
			h.t.Fatal(alice.properties("patient-it.service", "RestartUSecNext", "NRestarts"))
		}
	}
	alice.OK("disable", "patient")
}

// askedToEnd: servers that report SIGTERM with status 143, as npm and Java do,
// or that die of it, have not failed when they are stopped.
func askedToEnd(alice *user) {
	h := alice.host
	for name, handler := range map[string]string{
		"polite": "process.on('SIGTERM', () => process.exit(143))",
		"simple": "",
		"closes": "process.on('SIGTERM', () => server.close(() => process.exit(0)))",
	} {
		alice.Write("/home/alice/"+name+"/server.js", "const server = require('http').createServer((q, r) => r.end('hello from node')).listen(process.env.PORT, '127.0.0.1')\n"+handler+"\n")
		alice.descriptor("/home/alice/"+name, fmt.Sprintf("name = %q", name), "[web]", `command = ["node", "server.js"]`, "[restart]", `policy = "on-failure"`)
		alice.OK("enable", "./"+name)
		h.Contains(alice.page(name, "/"), "hello from node")
		begin := time.Now()
		alice.OK("stop", name)
		if took := time.Since(begin); took > 5*time.Second {
			h.t.Errorf("%s: stopping took %s", name, took)
		}
		h.Contains(alice.properties(name+".service", "ActiveState", "Result", "NRestarts"), "ActiveState=inactive", "Result=success", "NRestarts=0")
		alice.Fails(3, []string{"status", name}, "inactive")
		alice.OK("start", name)
		alice.OK("restart", name)
		alice.Sh("until ecounit status " + name + " | grep 'answers 200'; do sleep 0.02; done")
		alice.OK("disable", name)
	}
}
