//go:build machine

package postgres

import (
	"encoding/json"
	"fmt"
	"strings"
)

// testBoot has services of a user start at boot, beside the server, that need
// it once: one waits for it first, one does not.
func (h *host) testBoot() {
	ctx := h.T.Context()
	h.must("postgres", forUser("alice", "alice_boot"))
	text, err := json.Marshal(order{Do: "wait", User: "alice", Host: "/var/run/postgresql", Port: 5432, Database: "alice_boot", Seconds: 20})
	if err != nil {
		h.Fatal(err)
	}
	const service = "[Service]\nType=exec\nRestart=always\nRestartSec=1\n%sExecStart=/bin/sh -c \"/usr/bin/psql -XAtqd alice_boot -c 'SELECT 1' && exec sleep inf\"\n[Install]\nWantedBy=default.target\n"
	waits := fmt.Sprintf("Environment='%s=%s'\nExecStartPre=-/opt/postgres/postgres.test\n", orderVariable, text)
	for name, lines := range map[string]string{"waits": waits, "hurries": ""} {
		unit := fmt.Sprintf(service, lines)
		if err := h.WriteFile(ctx, "/home/alice/.config/systemd/user/"+name+".service", []byte(unit), "alice", 0o644); err != nil {
			h.Fatal(err)
		}
	}
	if err := h.Linger(ctx, "alice"); err != nil {
		h.Fatal(err)
	}
	alice := h.As("alice").WithManager()
	show := func(what string) {
		h.Helper()
		var lines []string
		for _, name := range []string{"waits", "hurries"} {
			h.eventually(name+" runs", func() bool {
				out, err := alice.Output(ctx, "systemctl", "--user", "show", "-p", "SubState,NRestarts,MainPID", "--value", name)
				return err == nil && strings.Contains(out, "running") && !strings.HasPrefix(out, "0\n")
			})
			out, err := alice.Output(ctx, "systemctl", "--user", "show", "-p", "NRestarts", "--value", name)
			if err != nil {
				h.Fatal(err)
			}
			lines = append(lines, name+" was restarted "+out+" times")
			if name == "waits" && out != "0" {
				h.Errorf("%s: it waited, and was restarted %s times", what, out)
			}
		}
		h.Logf("measured: %s: %s", what, strings.Join(lines, ", "))
	}
	if _, err := alice.Output(ctx, "systemctl", "--user", "enable", "waits", "hurries"); err != nil {
		h.Fatal(err)
	}
	h.root("systemctl", "enable", "postgresql")
	slow := []byte("[Service]\nExecStartPre=/bin/sleep 2\n")
	if err := h.WriteFile(ctx, "/etc/systemd/system/postgresql@.service.d/slow.conf", slow, "root", 0o644); err != nil {
		h.Fatal(err)
	}
	if err := h.Reboot(ctx); err != nil {
		h.Fatal(err)
	}
	show("after a boot")
	// A power failure makes the server repair itself before it lets anybody in.
	h.CutPower()
	if err := h.PowerOn(ctx); err != nil {
		h.Fatal(err)
	}
	show("after a power failure")
}
