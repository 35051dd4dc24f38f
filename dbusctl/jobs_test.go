package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestJobResults(t *testing.T) {
	for _, test := range []struct {
		result string
		props  map[string]any
		want   string
	}{
		{
			"failed",
			map[string]any{"Result": "exit-code", "ExecMainCode": int32(1), "ExecMainStatus": int32(3)},
			"cannot start web.service: exited with status 3",
		},
		{
			"failed",
			map[string]any{"Result": "timeout", "TimeoutStartUSec": uint64(30_000_000)},
			"cannot start web.service: start timed out after 30s",
		},
		{"timeout", nil, "cannot start web.service: the job timed out before the unit's turn or end came"},
		{"canceled", nil, "cannot start web.service: another request replaced this one"},
		{"skipped", nil, "cannot start web.service: skipped, because a condition of the unit does not hold"},
		{
			"dependency",
			map[string]any{"Requires": []string{"basic.target"}},
			"cannot start web.service: a unit that it needs failed",
		},
		{"unheard-of", nil, `cannot start web.service: the job ended as "unheard-of"`},
	} {
		t.Run(test.result, func(t *testing.T) {
			f, m := connected(t)
			f.end("web.service", test.result)
			f.set(unitPath("web.service"), test.props)
			err := m.Start(shortly(t), "web.service", "worker.service")
			var failed *JobError
			if !errors.As(err, &failed) || failed.Unit != "web.service" || failed.Result != test.result {
				t.Fatalf("got %#v", err)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

func TestJobsAreQueuedTogether(t *testing.T) {
	f, m := connected(t)
	if err := m.Restart(shortly(t), "a.service", "b.service"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ResetFailedUnit a.service", "ResetFailedUnit b.service",
		"RestartUnit a.service replace", "RestartUnit b.service replace",
	}
	if got := f.asked()[1:]; !slices.Equal(got, want) { // after AddMatch
		t.Errorf("asked for %q, want %q", got, want)
	}
	if err := m.Stop(shortly(t), "a.service"); err != nil {
		t.Fatal(err)
	}
	if got := f.asked()[5:]; !slices.Equal(got, []string{"StopUnit a.service replace"}) {
		t.Errorf("asked for %q to stop", got)
	}
}

// A socket would start the service again for whoever waits at it, in place of
// what stops it.
func TestWhatStartsOthersIsStoppedFirst(t *testing.T) {
	f, m := connected(t)
	if err := m.Stop(shortly(t), "app-web.slice", "web-job.timer", "web.service", "web.path", "web.socket", "web.target"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"StopUnit web-job.timer replace", "StopUnit web.path replace", "StopUnit web.socket replace",
		"StopUnit app-web.slice replace", "StopUnit web.service replace", "StopUnit web.target replace",
	}
	if got := f.asked()[1:]; !slices.Equal(got, want) { // after AddMatch
		t.Errorf("asked for %q, want %q", got, want)
	}
}

func TestDependencyNamesTheCulprit(t *testing.T) {
	f, m := connected(t)
	f.on("StartUnit", func(c *fakeConn, call *dbus.Message) {
		job := func(n int) dbus.ObjectPath { return dbus.ObjectPath(fmt.Sprintf("/job/%d", n)) }
		c.reply(call, job(1))
		c.signal(managerPath, managerFace, "JobRemoved", uint32(3), job(3), "db.service", "failed")
		c.signal(managerPath, managerFace, "JobRemoved", uint32(2), job(2), "cache.service", "dependency")
		c.signal(managerPath, managerFace, "JobRemoved", uint32(1), job(1), "web.service", "dependency")
	})
	f.set(unitPath("web.service"), map[string]any{
		"Requires": []string{"app.slice", "cache.service"}, "BindsTo": []string{}, "Requisite": []string{},
	})
	f.set(unitPath("cache.service"), map[string]any{"Requires": []string{"db.service"}})
	f.set(unitPath("db.service"), map[string]any{
		"Result": "signal", "ExecMainCode": int32(2), "ExecMainStatus": int32(11),
	})
	err := m.Start(shortly(t), "web.service")
	want := "cannot start web.service: db.service, which it needs, failed: killed by SIGSEGV"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRefusedJobs(t *testing.T) {
	f, m := connected(t)
	f.on("ResetFailedUnit", func(c *fakeConn, call *dbus.Message) {
		c.fail(call, systemdName+".NoSuchUnit", "Unit not loaded.")
	})
	f.on("StartUnit", func(c *fakeConn, call *dbus.Message) {
		switch call.Body[0] {
		case "gone.service":
			c.fail(call, systemdName+".NoSuchUnit", "Unit gone.service not found.")
		case "needy.service":
			c.fail(call, systemdName+".NoSuchUnit", "Unit dep.service not found.")
		default:
			c.fail(call, systemdName+".UnitMasked", "Unit web.service is masked.")
		}
	})
	err := m.Start(shortly(t), "gone.service", "needy.service", "web.service")
	want := `cannot start gone.service: there is no such unit
cannot start needy.service: Unit dep.service not found
cannot start web.service: the unit is masked`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if !errors.Is(err, ErrNoSuchUnit) {
		t.Error("not ErrNoSuchUnit")
	}
}

func TestJobEndsWithContext(t *testing.T) {
	f, m := connected(t)
	f.end("slow.service", "never")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := m.Start(ctx, "quick.service", "slow.service")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "quick") || !strings.Contains(err.Error(), "cannot start slow.service") {
		t.Errorf("names the wrong units: %v", err)
	}
	if err := m.Start(shortly(t), "quick.service"); err != nil {
		t.Errorf("the connection is of no use any more: %v", err)
	}
}

func TestJobEndsWithConnection(t *testing.T) {
	f, m := connected(t)
	f.end("slow.service", "never")
	time.AfterFunc(50*time.Millisecond, f.drop)
	if err := m.Start(shortly(t), "slow.service"); !errors.Is(err, ErrLost) {
		t.Errorf("during a job: %v", err)
	}
	if err := m.Start(shortly(t), "slow.service"); !errors.Is(err, ErrLost) {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := m.Version(shortly(t)); !errors.Is(err, ErrLost) {
		t.Errorf("afterwards, a call: %v", err)
	}
	if err := m.Reload(shortly(t)); !errors.Is(err, ErrLost) {
		t.Errorf("afterwards, a call of go-systemd: %v", err)
	}
}

// Signals that come ahead of the reply, when nobody waits for them yet, must not
// hold it up.
func TestUnreadSignals(t *testing.T) {
	f, m := connected(t)
	f.on("StartUnit", func(c *fakeConn, call *dbus.Message) {
		for i := range 1000 {
			c.signal(managerPath, managerFace, "JobRemoved", uint32(i), dbus.ObjectPath("/other"), "other.service", "failed")
		}
		c.reply(call, dbus.ObjectPath("/job"))
		c.signal(managerPath, managerFace, "JobRemoved", uint32(1), dbus.ObjectPath("/job"), "web.service", "done")
	})
	for range 3 {
		if err := m.Start(shortly(t), "web.service"); err != nil {
			t.Fatal(err)
		}
	}
}
