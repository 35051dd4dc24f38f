package dbusctl

import (
	"errors"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestQueueRestartWaitsForNothing(t *testing.T) {
	f, m := connected(t)
	f.end("after.service", "never")
	if err := m.QueueRestart(shortly(t), "after.service"); err != nil {
		t.Fatal(err)
	}
	if want := "RestartUnit after.service replace"; !slices.Contains(f.asked(), want) {
		t.Errorf("asked for %q, and not %s", f.asked(), want)
	}
	f.on("RestartUnit", func(c *fakeConn, call *dbus.Message) {
		c.fail(call, systemdName+".NoSuchUnit", "Unit gone.service not found.")
	})
	if err := m.QueueRestart(shortly(t), "gone.service"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("of a unit that is not there: %v", err)
	}
}
