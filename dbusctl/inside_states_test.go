//go:build machine

package dbusctl

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestInsideBroken(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"crash.service": service("Restart=always", "RestartSec=1h", "ExecStart=/bin/sh -c 'sleep 0.05; exit 5'"),
		"calm.service":  service(sleeper),
	})
	if err := m.Start(ctx, "crash.service", "calm.service"); err != nil {
		t.Fatal(err)
	}
	waitUntil(ctx, t, m, "crash.service", Unit.Broken)
	all, err := m.DetailsOf(ctx, "crash.service", "calm.service")
	if err != nil {
		t.Fatal(err)
	}
	if crash := all[0]; !crash.Broken() || crash.ExecMainStatus != 5 {
		t.Errorf("the one that waits to be started again: %+v", crash)
	}
	if calm := all[1]; calm.ActiveState != "active" || calm.Broken() || calm.NRestarts != 0 {
		t.Errorf("the other unit: %+v", calm)
	}
}

func TestInsideDetails(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"web.service":   "[Unit]\nDescription=Web\n" + service("Type=exec", "ExecStart=/bin/sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec sleep inf'"),
		"night.timer":   "[Timer]\nOnCalendar=*-*-* 04:30:00\n",
		"night.service": service("Type=oneshot", "ExecStart=/bin/true"),
		"web.socket":    "[Socket]\nListenStream=%t/web.sock\n",
	})
	start := time.Now()
	if err := m.Start(ctx, "web.service", "night.timer"); err != nil {
		t.Fatal(err)
	}
	all, err := m.DetailsOf(ctx, "web.service", "night.timer", "web.socket", "app.slice", "default.target", "gone.service")
	if err != nil {
		t.Fatal(err)
	}
	web, night, slice, gone := all[0], all[1], all[3], all[5]
	if web.LoadState != "loaded" || web.ActiveState != "active" || web.SubState != "running" || web.Description != "Web" ||
		web.MainPID == 0 || web.Result != "success" ||
		len(web.InvocationID) != 32 || !strings.HasSuffix(web.ControlGroup, "/app.slice/web.service") ||
		web.Activated.Before(start.Add(-time.Second)) || web.CPUUsage == nil {
		t.Errorf("web.service: %+v", web)
	}
	if next := night.NextElapse; next.Before(start) || next.After(start.Add(25*time.Hour)) || night.ActiveState != "active" {
		t.Errorf("night.timer: %+v", night)
	}
	if slice.ActiveState != "active" || slice.ControlGroup == "" || gone.LoadState != "not-found" {
		t.Errorf("app.slice: %+v\ngone.service: %+v", slice, gone)
	}
	units, err := m.Units(ctx, "web.service", "gone.service", "night.timer")
	if err != nil || len(units) != 3 {
		t.Errorf("Units: %+v, %v", units, err)
	}
	units, err = m.UnitsMatching(ctx, "web.*", "night.*")
	names := []string{}
	for _, u := range units {
		names = append(names, u.Name)
	}
	if err != nil || !slices.Contains(names, "web.service") || !slices.Contains(names, "night.timer") || slices.Contains(names, "default.target") {
		t.Errorf("UnitsMatching: %q, %v", names, err)
	}
}

func TestInsideProcesses(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{"web.service": service("Type=exec", "ExecStart=/bin/sh -c 'sleep 1000 & wait'"), "off.service": service(sleeper)})
	if err := m.Start(ctx, "web.service"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // the shell's child
	for _, unit := range []string{"web.service", "app.slice"} {
		all, err := m.Processes(ctx, unit)
		found := slices.ContainsFunc(all, func(p Process) bool {
			return strings.HasSuffix(p.ControlGroup, "/web.service") && p.Command == "sleep 1000" && p.PID > 1
		})
		if err != nil || !found {
			t.Errorf("Processes of %s: %+v, %v", unit, all, err)
		}
	}
	if all, err := m.Processes(ctx, "off.service"); err != nil || len(all) != 0 {
		t.Errorf("Processes of one that is off: %+v, %v", all, err)
	}
}

// systemd tells its codes itself.
func TestInsideExitCodes(t *testing.T) {
	ctx := insideMachine(t)
	out, err := exec.CommandContext(ctx, "systemd-analyze", "--no-pager", "exit-status").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		field := strings.Fields(line)
		if len(field) != 3 || field[2] != "systemd" || field[1] == "255" {
			continue
		}
		n++
		status, err := strconv.Atoi(field[1])
		if err != nil {
			t.Fatal(err)
		}
		if known := exitCodes[int32(status)]; known.name != field[0] {
			t.Errorf("%d is %s in systemd, %q here", status, field[0], known.name)
		}
	}
	if n < 30 {
		t.Errorf("found only %d codes in\n%s", n, out)
	}
}
