//go:build machine

package moving

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/test/load"
)

// TestMovingThere is the whole way of somebody who followed the old guide: there,
// through a reboot, and back.
func TestMovingThere(t *testing.T) {
	a := oldGuide(t)
	before := a.everything()
	t.Run("dry run changes nothing", func(t *testing.T) { a.in(t).dryRun(before) })
	t.Run("an app that does not come up", func(t *testing.T) { a.in(t).broken() })
	t.Run("killed at any moment", func(t *testing.T) { a.in(t).killed(before) })
	t.Run("interrupted", func(t *testing.T) { a.in(t).interrupted() })
	if t.Failed() {
		return
	}
	t.Run("under load", func(t *testing.T) { a.in(t).underLoad() })
	t.Run("again", func(t *testing.T) { a.in(t).again() })
	t.Run("after a reboot", func(t *testing.T) { a.in(t).reboots() })
	t.Run("and back", func(t *testing.T) { a.in(t).undoes(before) })
}

func (a *alice) dryRun(before string) {
	a.Host.Contains(a.OK("migrate", "--dry-run"),
		"tasks        becomes tasks/ecounit.toml",
		"run until now by supervisord with supervisord.conf, as tasks",
		"port 8000: the new one begins to listen before the old one ends, so that no request is lost",
		"http://localhost/tasks/ is asked before and after",
		"line 4 of the crontab is commented out: 30 4 * * *",
		"supervisord  process",
		"line 3 of the crontab is commented out: @reboot")
	a.Host.Contains(a.OK("migrate", "--dry-run", "--json"), `"handover": true`, `"done": false`, `"name": "stats"`)
	a.Fails(1, []string{"migrate", "tasks"}, "cannot migrate tasks without stats: one supervisord runs them")
	a.Fails(4, []string{"migrate", "task"}, "did you mean tasks?")
	a.same(before)
}

var bothApps = []string{"http://localhost/tasks/", "http://localhost/stats/"}

// visitors ask for pages while something happens, half of them on a new
// connection each time.
func (a *alice) visitors(pages []string, during func()) (results []load.Result, lost int) {
	a.Host.T.Helper()
	ctx, stop := context.WithCancel(a.Host.T.Context())
	defer stop()
	type outcome struct {
		result load.Result
		err    error
	}
	ended := make(chan outcome)
	for _, page := range pages {
		for _, keep := range []bool{false, true} {
			go func() {
				result, err := load.Run(ctx, load.Options{URL: page, Workers: 3, KeepAlive: keep, Duration: 5 * time.Minute, Dial: a.Host.DialContext})
				ended <- outcome{result, err}
			}()
		}
	}
	time.Sleep(300 * time.Millisecond)
	during()
	time.Sleep(300 * time.Millisecond)
	stop()
	for range 2 * len(pages) {
		o := <-ended
		if !errors.Is(o.err, context.Canceled) {
			a.Host.T.Error(o.err)
		}
		a.Host.T.Log(o.result)
		results, lost = append(results, o.result), lost+o.result.Failures
	}
	return results, lost
}

func (a *alice) underLoad() {
	said := ""
	results, lost := a.visitors(bothApps, func() { said = a.OK("migrate") })
	a.Host.T.Log(said)
	asked := 0
	for _, r := range results {
		asked += r.Requests
	}
	a.Host.T.Logf("%d of %d requests failed", lost, asked)
	if lost > 0 || asked < 200 {
		a.Host.T.Errorf("%d of %d requests failed while the ports changed hands", lost, asked)
	}
	a.Host.Contains(said, "port 8000 changed hands without a gap", "port 8001 changed hands without a gap",
		"http://localhost/tasks/ answers as before", "supervisord", "2 lines are commented out", "ecounit migrate --undo")
	a.moved()
}

// moved is how everything is after a migration.
func (a *alice) moved() {
	a.Host.T.Helper()
	a.runsUnder("systemd")
	if got := a.Sh("pgrep -u alice -f '[s]upervisord -c' || true"); got != "" {
		a.Host.T.Errorf("supervisord runs: %s", got)
	}
	table := a.Sh("crontab -l")
	lines := strings.Split(table, "\n")
	for i, line := range strings.Split(crontab, "\n") {
		isMoved := strings.HasPrefix(line, "@reboot") || strings.HasPrefix(line, "30 4")
		if !isMoved && lines[i] != line || isMoved && (!strings.HasPrefix(lines[i], "# ecounit migrate 20") || !strings.HasSuffix(lines[i], ": "+line)) {
			a.Host.T.Errorf("line %d of the crontab is %q", i+1, lines[i])
		}
	}
	a.Host.Contains(a.OK("list"), "tasks", "stats")
	a.Host.Contains(a.Sh("systemctl --user list-timers --all --no-legend"), "tasks-clean.timer")
	if got := a.Sh("find .config/systemd/user -name '*migrate*'; sha256sum < supervisord.conf"); strings.Contains(got, "migrate") {
		a.Host.T.Errorf("left behind: %s", got)
	}
}

func (a *alice) again() {
	a.Host.Contains(a.OK("migrate"), "everything is migrated")
	a.Host.Contains(a.OK("migrate", "--undo", "--dry-run"), "disable tasks", "start tasks:tasks", "crontab: @reboot", "remove tasks/ecounit.toml")
	a.Host.Contains(a.OK("enable", "tasks"), "nothing to do")
}

func (a *alice) reboots() {
	a.Host.Must(a.Host.Reboot(a.Host.T.Context()))
	a.Host.Root("systemctl start apache2 postgresql")
	a.moved()
}

func (a *alice) undoes(before string) {
	began := time.Now()
	a.Host.T.Log(a.OK("migrate", "--undo"))
	a.Host.T.Logf("took %s", time.Since(began))
	a.runsUnder("supervisor")
	a.same(before)
	a.Host.Contains(a.OK("migrate", "--undo"), "nothing to do")
}

// broken has a descriptor whose app is not to be found: the old program is not
// even stopped.
func (a *alice) broken() {
	a.OK("import", "supervisor", "supervisord.conf")
	a.Sh(`sed -i 's/wsgi = .*/wsgi = "nothing:app"/' stats/ecounit.toml && touch stats/nothing.py`)
	before := a.everything()
	took := time.Duration(0)
	_, lost := a.visitors(bothApps, func() {
		began := time.Now()
		a.Fails(1, []string{"migrate"}, "stats: stats.service", "everything is as it was")
		took = time.Since(began)
	})
	if lost > 0 {
		a.Host.T.Errorf("%d requests failed, in %s, while the new app did not come up", lost, took)
	}
	a.runsUnder("supervisor")
	a.same(before)
	a.Sh("rm */ecounit.toml stats/nothing.py")
}

// killed ends migrate at one moment after the other, then the way back, and
// takes it back.
func (a *alice) killed(before string) {
	for _, delay := range []time.Duration{50, 300, 600, 900, 1300, 1800, 2500} {
		there := a.killedAfter(delay*time.Millisecond, "migrate")
		back := a.killedAfter(delay/6*time.Millisecond, "migrate", "--undo")
		a.OK("migrate", "--undo")
		a.runsUnder("supervisor")
		a.same(before)
		if a.Host.T.Failed() {
			a.Host.T.Fatalf("killed after %d ms: %s%s", delay, there, back)
		}
	}
}

// killedAfter starts a command, ends it with SIGKILL, and returns what it said.
func (a *alice) killedAfter(delay time.Duration, words ...string) string {
	a.Host.T.Helper()
	run, err := a.Start(a.Host.T.Context(), append([]string{"ecounit"}, words...)...)
	a.Host.Must(err)
	time.Sleep(delay)
	if err := run.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		a.Host.T.Fatal(err)
	}
	result, err := run.Wait()
	a.Host.Must(err)
	return result.Stdout + result.Stderr
}

// interrupted presses Ctrl-C while an app does not come up.
func (a *alice) interrupted() {
	a.OK("import", "supervisor", "supervisord.conf")
	a.Write("stats/hang.py", "import time\ntime.sleep(3600)\n")
	a.Sh(`sed -i 's/wsgi = .*/wsgi = "hang:app"/' stats/ecounit.toml`)
	before := a.everything()
	run, err := a.Start(a.Host.T.Context(), "ecounit", "migrate")
	a.Host.Must(err)
	time.Sleep(2 * time.Second)
	a.Host.Must(run.Signal(syscall.SIGINT))
	result, err := run.Wait()
	a.Host.Must(err)
	if result.Code != 130 {
		a.Host.T.Errorf("exit %d\n%s%s", result.Code, result.Stdout, result.Stderr)
	}
	a.runsUnder("supervisor")
	a.same(before)
	a.Sh("rm */ecounit.toml stats/hang.py")
}
