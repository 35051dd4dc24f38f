package cutover

import (
	"strings"
	"testing"
)

func TestUnitOf(t *testing.T) {
	for text, want := range map[string]string{
		"0::/user.slice/user-1000.slice/user@1000.service/app.slice/supervisor.service\n":                             "supervisor.service",
		"1:name=systemd:/user.slice/user-1000.slice/user@1000.service/x.service\n0::/user.slice\n":                    "x.service",
		"0::/user.slice/user-1000.slice/session-3.scope\n":                                                            "",
		"0::/system.slice/cron.service\n":                                                                             "",
		"0::/user.slice/user-1000.slice/user@1000.service/init.scope\n":                                               "",
		"0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome\\x2dterminal.slice/vte-spawn-1.scope\n": "",
		"": "",
	} {
		if got := unitOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatSystemdRunsIsManaged(t *testing.T) {
	for argv, want := range map[string]bool{"/lib/systemd/systemd --user": true, "/usr/bin/gunicorn app:app": false} {
		if got := (Process{Argv: strings.Fields(argv)}).IsManaged(); got != want {
			t.Errorf("%s: %t", argv, got)
		}
	}
}
