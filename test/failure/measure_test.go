//go:build machine

package failure

import (
	"testing"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

func TestMeasure(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bullseye, machine.Bookworm, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := &scene.Host{Machine: machine.New(t, suite), T: t}
			for name, unit := range map[string]string{
				"execpost":   "Type=exec\nExecStopPost=-/bin/true\n",
				"exec":       "Type=exec\n",
				"simplepost": "Type=simple\nExecStopPost=-/bin/true\n",
				"notifypost": "Type=notify\nExecStopPost=-/bin/true\n",
			} {
				u := h.User(name)
				h.Root("loginctl enable-linger " + name + "; sleep 0.7")
				u.Write(".config/systemd/user/c@.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=20ms\nExecStart=/bin/sh -c 'kill -SEGV $$$$'\n"+unit)
				u.Sh("systemctl --user daemon-reload; timeout 5 systemctl --user start --no-block c@1 c@2 c@3 c@4 c@5 c@6; sleep 8; timeout 4 systemctl --user show -p NRestarts c@1 >r 2>&1 || echo STUCK >> r")
				t.Log(name, u.Sh("cat r"), h.Root("journalctl -q _UID=$(id -u "+name+") | grep -c 'Looping too fast' || :"))
				h.Root("loginctl disable-linger " + name + "; pkill -9 -u " + name + " || :")
			}
		})
	}
}
