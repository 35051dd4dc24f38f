//go:build machine

package dbusctl

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInsideJobs(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"one.service":    service(sleeper),
		"two.service":    service("Type=exec", sleeper, "ExecReload=/bin/true"),
		"reload.service": service("Type=exec", sleeper, "ExecReload=/bin/false"),
	})
	state := func(name string) Details {
		t.Helper()
		d, err := m.Details(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.Start(ctx, "one.service", "two.service", "reload.service"))
	before := state("one.service")
	if before.SubState != "running" || before.MainPID == 0 {
		t.Errorf("after Start: %+v", before)
	}
	must(m.Start(ctx, "one.service"))
	if pid := state("one.service").MainPID; pid != before.MainPID {
		t.Error("a second Start started it anew")
	}
	must(m.Restart(ctx, "one.service", "two.service"))
	if after := state("one.service"); after.MainPID == before.MainPID || after.NRestarts != 0 || after.InvocationID == before.InvocationID {
		t.Errorf("after Restart: %+v, before %+v", after, before)
	}
	must(m.ReloadUnits(ctx, "two.service"))
	for unit, want := range map[string]string{
		"one.service":    "cannot reload one.service: it has no reload",
		"reload.service": "cannot reload reload.service: ExecReload=false exited with status 1",
	} {
		if err := m.ReloadUnits(ctx, unit); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	must(m.Stop(ctx, "one.service", "two.service"))
	must(m.Stop(ctx, "one.service"))
	if d := state("one.service"); d.ActiveState != "inactive" || d.MainPID != 0 {
		t.Errorf("after Stop: %+v", d)
	}
	if err := m.ReloadUnits(ctx, "two.service"); err == nil || err.Error() != "cannot reload two.service: it is not running" {
		t.Errorf("reload of one that does not run: %v", err)
	}
	err := m.Start(ctx, "one.service", "gone.service")
	if !errors.Is(err, ErrNoSuchUnit) || err.Error() != "cannot start gone.service: there is no such unit" {
		t.Errorf("a unit that does not exist: %v", err)
	}
	if d := state("one.service"); d.ActiveState != "active" {
		t.Error("the other one was not started")
	}
	if err := m.Stop(ctx, "gone.service"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("stop of a unit that does not exist: %v", err)
	}
}

// The later one comes first in the call: only when both jobs are queued before
// the first begins does After= decide.
func TestInsideOrder(t *testing.T) {
	ctx, m := insideManager(t)
	dir := t.TempDir()
	unitFiles(ctx, t, m, map[string]string{
		"first.service": service("Type=oneshot", "ExecStart=/bin/sleep 0.02", "ExecStart=/usr/bin/touch "+dir+"/done"),
		"later.service": "[Unit]\nAfter=first.service\n" + service("Type=oneshot", "ExecStart=/usr/bin/test -e "+dir+"/done"),
	})
	for range 30 {
		os.Remove(filepath.Join(dir, "done"))
		if err := m.Restart(ctx, "later.service", "first.service"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInsideUnitFiles(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"app.target":    "[Unit]\nDescription=App\n[Install]\nWantedBy=default.target\n",
		"other.target":  "[Install]\nWantedBy=default.target\n",
		"plain.service": service(sleeper),
	})
	links, err := m.Enable(ctx, "app.target")
	if err != nil || len(links) != 1 || !strings.HasSuffix(links[0].Path, "/default.target.wants/app.target") ||
		!strings.HasSuffix(links[0].Target, "/app.target") {
		t.Fatalf("Enable: %+v, %v", links, err)
	}
	if links, err := m.Enable(ctx, "app.target"); err != nil || len(links) != 0 {
		t.Errorf("a second Enable: %+v, %v", links, err)
	}
	if err := m.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if d, err := m.Details(ctx, "app.target"); err != nil || d.Description != "App" {
		t.Errorf("Details: %+v, %v", d, err)
	}
	if links, err := m.Enable(ctx, "plain.service"); err == nil || !strings.Contains(err.Error(), "no [Install] section") {
		t.Errorf("Enable without [Install]: %+v, %v", links, err)
	}
	if links, err := m.Enable(ctx, "gone.service"); err == nil {
		t.Errorf("Enable of a unit that does not exist: %+v, %v", links, err)
	}
	links, err = m.Disable(ctx, "app.target")
	if err != nil || len(links) != 1 || !strings.HasSuffix(links[0].Path, "/default.target.wants/app.target") {
		t.Errorf("Disable: %+v, %v", links, err)
	}
	if links, err := m.Disable(ctx, "app.target", "plain.service"); err != nil || len(links) != 0 {
		t.Errorf("a second Disable: %+v, %v", links, err)
	}
	// Neither a unit that does not exist nor one whose file was deleted keeps
	// the links of the others.
	if _, err := m.Enable(ctx, "app.target", "other.target"); err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(home + "/.config/systemd/user/app.target"); err != nil {
		t.Fatal(err)
	}
	links, err = m.Disable(ctx, "gone.service", "app.target", "other.target")
	if err != nil || len(links) != 2 {
		t.Errorf("Disable of units that are gone: %+v, %v", links, err)
	}
	for _, link := range links {
		if _, err := os.Lstat(link.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there", link.Path)
		}
	}
}

func TestInsideKill(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"deaf.service": service("Type=exec", "ExecStart=/bin/sh -c 'trap : TERM; while :; do sleep 0.1; done'"),
		"off.service":  service(sleeper),
	})
	if err := m.Start(ctx, "deaf.service"); err != nil {
		t.Fatal(err)
	}
	if err := m.Kill(ctx, "deaf.service", "off.service", "gone.service"); err != nil {
		t.Error(err)
	}
	waitUntil(ctx, t, m, "deaf.service", Unit.Broken)
	if reason, err := m.Failure(ctx, "deaf.service"); reason != "killed by SIGKILL" || err != nil {
		t.Errorf("Failure: %q, %v", reason, err)
	}
	if err := m.Kill(ctx, "deaf.service"); err != nil {
		t.Errorf("of one that has no processes: %v", err)
	}
}
