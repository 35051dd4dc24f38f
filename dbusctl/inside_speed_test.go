//go:build machine

package dbusctl

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

func TestInsideSpeed(t *testing.T) {
	ctx, m := insideManager(t)
	files := map[string]string{}
	var names []string
	for i := range 100 {
		name := fmt.Sprintf("speed-%d.service", i)
		files[name], names = service(sleeper), append(names, name)
	}
	unitFiles(ctx, t, m, files)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.Start(ctx, names...))
	systemctl := func(args ...string) {
		cmd := exec.CommandContext(ctx, "systemctl", append([]string{"--user"}, args...)...)
		cmd.Env = append(os.Environ(), fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", os.Getuid()))
		must(cmd.Run())
	}
	report := func(what string, do func()) {
		var all []time.Duration
		for range 11 {
			start := time.Now()
			do()
			all = append(all, time.Since(start))
			time.Sleep(5 * time.Millisecond)
		}
		slices.Sort(all)
		t.Logf("measured: %-44s median %v, least %v", what, all[5].Round(10*time.Microsecond), all[0].Round(10*time.Microsecond))
	}
	fresh := func(do func(m *Manager)) func() {
		return func() {
			m, err := Connect(ctx, os.Getuid())
			must(err)
			defer m.Close()
			do(m)
		}
	}
	report("Connect", fresh(func(*Manager) {}))
	report("Units of 100", func() { _, err := m.Units(ctx, names...); must(err) })
	report("Details of 1", func() { _, err := m.Details(ctx, names[0]); must(err) })
	report("DetailsOf 100", func() { _, err := m.DetailsOf(ctx, names...); must(err) })
	report("Processes of app.slice, 100 services", func() { _, err := m.Processes(ctx, "app.slice"); must(err) })
	report("Restart", func() { must(m.Restart(ctx, names[0])) })
	report("Connect and Restart", fresh(func(m *Manager) { must(m.Restart(ctx, names[0])) }))
	report("systemctl --user restart (and exec)", func() {
		must(m.ResetFailed(ctx, names[0]))
		systemctl("restart", names[0])
	})
	report("systemctl --version (exec alone)", func() { systemctl("--version") })
	_, s := insideSystem(t)
	report("ConnectSystem and Linger", func() {
		s, err := ConnectSystem(ctx)
		must(err)
		defer s.Close()
		_, err = s.Linger(ctx, os.Getuid())
		must(err)
	})
	report("Linger", func() { _, err := s.Linger(ctx, os.Getuid()); must(err) })
	report("Reload", func() { must(m.Reload(ctx)) })
}
