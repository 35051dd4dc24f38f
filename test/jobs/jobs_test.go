//go:build machine

package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// user is somebody whose apps have jobs.
type user struct{ *scene.User }

func (u *user) in(t *testing.T) *user { return &user{u.User.In(t)} }

// app writes a descriptor into a folder of that name.
func (u *user) app(name string, lines ...string) {
	u.Host.T.Helper()
	u.Write(name+"/ecounit.toml", "name = \""+name+"\"\n"+strings.Join(lines, "\n")+"\n")
}

// job is what ecounit jobs --json says of one.
type job struct {
	App, Job, Unit, Schedule, Result, Failure string
	ExitCode                                  *int `json:"exit_code"`
	Runs                                      int
	Started, Next                             time.Time
	Seconds                                   *float64
	Waits                                     bool
}

func (u *user) jobs(app string) map[string]job {
	u.Host.T.Helper()
	var document struct{ Jobs []job }
	r := u.Run("jobs", app, "--json")
	if err := json.Unmarshal([]byte(r.Stdout), &document); err != nil || r.Code != 0 {
		u.Host.T.Fatalf("%v, exit %d: %s%s", err, r.Code, r.Stdout, r.Stderr)
	}
	all := map[string]job{}
	for _, j := range document.Jobs {
		all[j.Job] = j
	}
	return all
}

// soon waits until a shell condition holds.
func (u *user) soon(condition string) {
	u.Host.T.Helper()
	u.Host.Soon(15*time.Second, func(ctx context.Context) error {
		r, err := u.WithManager().Exec(ctx, "sh", "-c", condition)
		if err == nil && r.Code != 0 {
			err = fmt.Errorf("not yet: %s: %s%s", condition, r.Stdout, r.Stderr)
		}
		return err
	})
}

func TestJobs(t *testing.T) {
	h := scene.New(t, machine.Bookworm)
	alice := &user{h.User("alice")}
	for _, step := range []struct {
		name string
		test func(*user)
	}{
		{"what a run finds", surroundings},
		{"by hand", byHand},
		{"the next run", nextRun},
		{"mistakes", mistakes},
		{"no overlap", noOverlap},
		{"overlap", overlap},
		{"restart and stop", restartAndStop},
		{"a failed job shows", failedShows},
		{"changes", changes},
		{"the page", thePage},
		{"boots", boots},
	} {
		t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
	}
}

func TestJobsOfOldSystemd(t *testing.T) {
	h := scene.New(t, machine.Bullseye)
	alice := &user{h.User("alice")}
	t.Run("what_a_run_finds", func(t *testing.T) { surroundings(alice.in(t)) })
	t.Run("overlap", func(t *testing.T) { overlap(alice.in(t)) })
	t.Run("boots", func(t *testing.T) { boots(alice.in(t)) })
}

// surroundings: an app of jobs alone, one that comes every second.
func surroundings(alice *user) {
	h := alice.Host
	alice.app("greeter", "[env]", `WHO = "env"`, `OTHER = "env"`,
		"[job.greet]", `command = ["sh", "-c", "echo \"$WHO $OTHER in $PWD: $(cat)\"; echo greeted"]`, `schedule = "*:*:*"`,
		`stdin = "one\n\ttwo 100% $WHO \\\n"`, `env = { WHO = "job" }`, `random_delay = "100ms"`)
	h.Contains(alice.OK("enable", "./greeter"), "greeter-greet.service", "greeter-greet.timer", "greet; ecounit jobs shows")
	alice.soon("ecounit logs greeter -p greet | grep -q greeted")
	h.Contains(alice.OK("logs", "greeter"), "job env in /home/alice/greeter: one", "two 100% $WHO \\")
	h.Contains(alice.OK("list"), "greeter", "active")
	h.Contains(alice.OK("status", "greeter"), "active for", "starts at boot", "greeter-greet.service: ", "next: ")
	h.Contains(alice.OK("enable", "greeter"), "nothing to do")
	greet := alice.jobs("greeter")["greet"]
	if greet.Schedule != "*:*:*" || !greet.Waits || time.Since(greet.Started).Abs() > 5*time.Second {
		h.T.Errorf("%+v", greet)
	}
	alice.Fails(1, []string{"restart", "greeter"}, "no process that runs all the time", "ecounit jobs run greeter NAME")
	alice.OK("stop", "greeter")
	alice.Fails(3, []string{"status", "greeter"}, "inactive")
	if stopped := alice.jobs("greeter")["greet"]; stopped.Waits || !stopped.Next.IsZero() {
		h.T.Errorf("stopped: %+v", stopped)
	}
	alice.OK("disable", "greeter")
	alice.Sh("! systemctl --user list-units --all --no-legend 'greeter*' | grep . && ! ls .config/systemd/user/*greeter*")
}

func byHand(alice *user) {
	h := alice.Host
	alice.app("hand", "[job.fine]", `command = ["sh", "-c", "echo all is well; sleep 1"]`, `schedule = "@yearly"`,
		"[job.broken]", `command = ["sh", "-c", "echo it is broken >&2; exit 7"]`, `schedule = "@yearly"`,
		"[job.hangs]", `command = "sleep 1000"`, `schedule = "@yearly"`, `timeout = "1s"`,
		"[job.long]", `command = ["sh", "-c", "echo first; exec sleep 1000"]`, `schedule = "@yearly"`,
		"[job.gone]", `command = "true"`, `schedule = "2020-01-01"`,
		"[job.many]", `command = "echo one of many"`, `schedule = "@yearly"`, "overlap = true",
		"[job.many-fail]", `command = ["sh", "-c", "echo this one breaks; exit 4"]`, `schedule = "@yearly"`, "overlap = true")
	alice.OK("enable", "./hand")
	h.Contains(alice.OK("jobs", "hand"), "JOB", "no run since boot", "@yearly", "never")
	if said := alice.OK("jobs", "run", "hand", "fine"); strings.Count(said, "all is well") != 1 || !strings.Contains(said, "in 1.") {
		h.T.Errorf("fine: %s", said)
	}
	h.Contains(alice.Sh("ecounit jobs run hand long > said & until grep -q first said; do sleep 0.1; done; kill -INT $!; wait $!; echo exit $?; cat said"), "first\n", "exit 130")
	alice.soon("systemctl --user is-active hand-long.service | grep -q activating")
	alice.Sh("systemctl --user stop hand-long.service")
	if said := alice.OK("jobs", "run", "hand", "many"); strings.Count(said, "one of many") != 1 {
		h.T.Errorf("many: %s", said)
	}
	alice.OK("stop", "hand")
	h.Contains(alice.OK("jobs", "run", "hand", "many"), "one of many")
	alice.OK("start", "hand")
	alice.Fails(1, []string{"jobs", "run", "hand", "many-fail"}, "this one breaks", "many-fail failed after", "exited with status 4")
	h.Contains(alice.Sh("ecounit jobs run hand long 2>&1 & until ecounit jobs hand | grep -q running; do :; done; ecounit stop hand; wait $! || echo exit $?; ecounit start hand"),
		"long was stopped after", "exit 1")
	alice.Fails(1, []string{"jobs", "run", "hand", "broken"}, "it is broken", "broken failed after", "exited with status 7")
	alice.Fails(1, []string{"jobs", "run", "hand", "hangs"}, "hangs failed after 1.", "timed out after 1s")
	alice.Fails(2, []string{"jobs", "run", "hand", "brokn"}, "did you mean broken?")
	alice.Sh("systemctl --user --no-block start hand-long.service")
	alice.soon("systemctl --user is-active hand-long.service | grep -q activating")
	alice.Fails(1, []string{"jobs", "run", "hand", "long"}, "long runs already, since", "ecounit logs hand -p long -f")
	alice.Sh("systemctl --user stop hand-long.service")

	jobs := alice.jobs("hand")
	for name, want := range map[string]string{
		"fine": "success", "broken": "failed", "hangs": "timeout", "long": "stopped", "gone": "never", "many": "success", "many-fail": "failed",
	} {
		if jobs[name].Result != want || jobs[name].Started.IsZero() != (want == "never") {
			h.T.Errorf("%s: %+v, want %s", name, jobs[name], want)
		}
	}
	if fine := jobs["fine"]; *fine.ExitCode != 0 || *fine.Seconds < 1 || *fine.Seconds > 5 || *jobs["broken"].ExitCode != 7 {
		h.T.Errorf("%+v %+v", fine, jobs["broken"])
	}
	h.Contains(alice.OK("jobs", "hand"), "failed: exited with status 7", "failed: timed out after 1s", "success", "stopped", "-01-01 00:00:00")
	alice.OK("disable", "hand")
}

// nextRun: systemd comes to the same as a look at each minute.
func nextRun(alice *user) {
	h := alice.Host
	alice.app("calendar", "[job.either]", `command = "true"`, `schedule = "30 4 13 * fri"`, `time_zone = "Europe/London"`)
	alice.OK("enable", "./calendar")
	london, err := time.LoadLocation("Europe/London")
	h.Must(err)
	want := time.Now().Truncate(time.Minute).Add(time.Minute)
	for ; ; want = want.Add(time.Minute) {
		clock := want.In(london)
		if clock.Hour() == 4 && clock.Minute() == 30 && (clock.Day() == 13 || clock.Weekday() == time.Friday) {
			break
		}
	}
	if got := alice.jobs("calendar")["either"].Next; got.Before(want) || got.After(want.Add(time.Second)) {
		h.T.Errorf("the next run is at %s, not at %s", got, want)
	}
	h.Contains(alice.OK("jobs", "calendar"), "30 4 13 * fri", want.UTC().Format("2006-01-02 15:04:0"))
	alice.OK("disable", "calendar")
}

// mistakes are found before anything is written.
func mistakes(alice *user) {
	alice.app("wrong", "[job.late]", `command = "true"`, `schedule = "Mon *-*-* 25:00"`)
	for _, verb := range []string{"check", "enable"} {
		alice.Fails(1, []string{verb, "./wrong"}, "ecounit.toml:4:12", "systemd does not accept `job.late.schedule`", "Mon *-*-* 25:00", "crontab")
	}
	alice.app("wrong", "[job.late]", `command = "true"`, `schedule = "@daily"`, `time_zone = "Europe/Londom"`)
	alice.Fails(1, []string{"enable", "./wrong"}, "there is no time zone Europe/Londom", "timedatectl list-timezones")
	alice.Sh("! ls .config/systemd/user/*wrong*")
}

func noOverlap(alice *user) {
	alice.app("slow", "[job.slow]", `command = ["sh", "-c", "echo begin >> log; sleep 2.5; echo end >> log"]`, `schedule = "*:*:*"`)
	alice.OK("enable", "./slow")
	alice.soon("test $(grep -c end slow/log) = 2")
	if log := alice.Sh("head -4 slow/log"); log != "begin\nend\nbegin\nend\n" {
		alice.Host.T.Errorf("%q", log)
	}
	alice.OK("disable", "slow")
}

func overlap(alice *user) {
	h := alice.Host
	alice.app("dense", "[sandbox]", `level = "strict"`,
		"[job.dense]", `command = ["sh", "-c", "echo at work; sleep 4; exit 5"]`, `schedule = "*:*:*"`, "overlap = true")
	alice.OK("enable", "./dense")
	alice.soon(`ecounit jobs dense | grep "[2-9] running"`)
	h.Contains(alice.OK("logs", "dense", "-p", "dense"), "  at work")
	alice.soon(`ecounit jobs dense | grep -q "failed: exited with status 5"`)
	alice.soon("ecounit list | grep dense | grep -q degraded")
	h.T.Log("what ran before runs may overlap is left alone, and it may fail")
	alone := []string{
		"[process.worker]", `command = "sleep 1000"`,
		"[job.it]", `command = ["sh", "-c", "trap 'exit 6' TERM; echo up; while :; do sleep 0.1; done"]`, `schedule = "@yearly"`,
	}
	alice.app("alone", alone...)
	alice.OK("enable", "./alone")
	alice.Sh("systemctl --user --no-block start alone-it.service")
	alice.soon("ecounit logs alone -p it | grep -q up")
	alice.app("alone", append(alone, "overlap = true")...)
	alice.OK("enable", "alone")
	h.Contains(alice.OK("jobs", "alone"), "running")
	alice.Sh("systemctl --user stop alone-it.service")
	h.Contains(alice.OK("jobs", "alone"), "failed: exited with status 6")
	alice.OK("disable", "alone")
	alice.OK("disable", "dense")
	alice.soon("! systemctl --user list-units --all --no-legend 'dense*' | grep .")
}

func restartAndStop(alice *user) {
	h := alice.Host
	descriptor := []string{
		"[process.worker]", `command = "sleep 1000"`,
		"[job.long]", `command = ["sh", "-c", "echo run; sleep 1000"]`, `schedule = "@yearly"`,
	}
	alice.app("shop", descriptor...)
	alice.OK("enable", "./shop")
	alice.Sh("systemctl --user --no-block start shop-long.service")
	alice.soon("test -n \"$(systemctl --user show -p MainPID --value shop-long.service | grep -v '^0$')\"")
	pid := alice.Sh("systemctl --user show -p MainPID --value shop-long.service")
	still := func(after string) {
		h.T.Helper()
		if now := alice.Sh("systemctl --user show -p MainPID --value shop-long.service"); now != pid {
			h.T.Errorf("after %s, process %q became %q", after, pid, now)
		}
	}
	alice.OK("restart", "shop")
	still("restart")
	alice.app("shop", append([]string{`description = "A shop"`}, descriptor...)...)
	h.Contains(alice.OK("enable", "shop"), "shop-long.service")
	still("enable")
	if r := alice.Run("jobs", "shop", "--json"); !strings.Contains(r.Stdout, `"result": "running"`) {
		h.T.Error(r.Stdout)
	}
	alice.OK("stop", "shop")
	alice.Sh("! kill -0 " + pid)
	alice.OK("start", "shop")
	if long := alice.jobs("shop")["long"]; long.Result != "stopped" {
		h.T.Errorf("%+v", long)
	}

	h.T.Log("a job that is taken out ends")
	alice.Sh("systemctl --user --no-block start shop-long.service")
	alice.soon("systemctl --user is-active shop-long.service | grep -q activating")
	alice.app("shop", descriptor[:2]...)
	h.Contains(alice.OK("diff", "shop"), "stop     shop-long.service shop-long.timer")
	alice.OK("enable", "shop")
	alice.Sh("! systemctl --user list-units --all --no-legend 'shop-long*' | grep .")
	h.Contains(alice.OK("list"), "shop", "active")
	alice.OK("disable", "shop")
}

func failedShows(alice *user) {
	h := alice.Host
	alice.app("sad", "[process.worker]", `command = "sleep 1000"`,
		"[job.sad]", `command = ["sh", "-c", "test -e ok || { echo the reason; exit 3; }"]`, `schedule = "@daily"`)
	alice.OK("enable", "./sad")
	alice.Run("jobs", "run", "sad", "sad")
	alice.Fails(3, []string{"status", "sad"}, "degraded", "failed: exited with status 3", "the reason")
	h.Contains(alice.OK("list"), "degraded")
	h.Contains(alice.OK("enable", "sad"), "nothing to do")
	alice.Sh("touch sad/ok")
	alice.OK("jobs", "run", "sad", "sad")
	h.Contains(alice.OK("status", "sad"), "active for", "success")
	alice.OK("disable", "sad")
}

// changes: a new schedule holds at once, and nothing is taken for missed.
func changes(alice *user) {
	h := alice.Host
	const job, stamp = `command = ["sh", "-c", "echo ran >> runs"]`, ".local/share/systemd/timers/stamp-fresh-it.timer"
	alice.app("fresh", "[job.it]", job, `schedule = "@yearly"`, "persistent = true")
	alice.OK("enable", "./fresh")
	alice.Sh("touch -d '3 days ago' " + stamp)
	alice.app("fresh", "[job.it]", job, `schedule = "@daily"`, "persistent = true")
	h.Contains(alice.OK("diff", "fresh"), "restart  fresh-it.timer")
	alice.OK("enable", "fresh")
	if next := alice.jobs("fresh")["it"].Next; time.Until(next) > 24*time.Hour {
		h.T.Errorf("the next run is at %s", next)
	}
	alice.app("fresh", "[job.it]", job, `schedule = "*:*:*"`)
	alice.Sh("! test -e fresh/runs")
	alice.OK("enable", "fresh")
	alice.soon("test -s fresh/runs")
	alice.OK("disable", "fresh")
	alice.Sh("! ls " + stamp)
}

// thePage: docs/jobs.md tells no lie about schedules, and its first file works.
func thePage(alice *user) {
	t := alice.Host.T
	text, err := os.ReadFile("../../docs/jobs.md")
	alice.Host.Must(err)
	_, table, _ := strings.Cut(string(text), "| schedule | runs |")
	table, _, _ = strings.Cut(table, "\n\n")
	lines := []string{}
	for line := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for i, schedule := range strings.Split(cell, "`") {
			if i%2 == 1 {
				lines = append(lines, fmt.Sprintf("[job.n%d]\ncommand = \"true\"\nschedule = %q", len(lines), schedule))
			}
		}
	}
	if len(lines) < 8 {
		t.Errorf("only %d schedules: %q", len(lines), lines)
	}
	alice.app("page", lines...)
	alice.OK("check", "./page")
	_, first, _ := strings.Cut(string(text), "```toml\n")
	first, _, _ = strings.Cut(first, "```")
	alice.Write("page/ecounit.toml", first+"[python]\ninterpreter = \"/usr/bin/python3\"\n")
	alice.OK("check", "./page")
}

// boots: @reboot is once a boot, and persistent makes up for what was missed.
func boots(alice *user) {
	h := alice.Host
	const count = `command = ["sh", "-c", "echo run >> $NAME"]`
	descriptor := []string{
		"[process.worker]", `command = "sleep 1000"`,
		"[job.fresh]", `command = "true"`, `schedule = "@yearly"`, "persistent = true",
		"[job.boot]", count, `schedule = "@reboot"`, `env = { NAME = "boot" }`,
		"[job.missed]", count, `schedule = "@daily"`, "persistent = true", `env = { NAME = "missed" }`,
		"[job.not-missed]", count, `schedule = "@daily"`, `env = { NAME = "not-missed" }`,
	}
	alice.app("boots", descriptor...)
	alice.OK("enable", "./boots")
	alice.OK("restart", "boots")
	alice.OK("stop", "boots")
	alice.OK("start", "boots")
	alice.app("boots", append([]string{`description = "changed"`}, descriptor...)...)
	alice.OK("enable", "boots")
	h.Contains(alice.OK("jobs", "boots"), "at the next boot", "no run since boot")
	alice.Sh("! ls boots | grep -v ecounit.toml")
	alice.Sh("touch -d '3 days ago' .local/share/systemd/timers/stamp-boots-missed.timer")
	h.Must(h.Reboot(h.T.Context()))
	alice.soon("systemctl --user is-active boots-worker.service && test -s boots/boot && test -s boots/missed")
	alice.OK("restart", "boots")
	alice.OK("stop", "boots")
	alice.OK("start", "boots")
	alice.Sh("systemctl --user daemon-reload")
	if runs := alice.Sh("cd boots; grep -c . boot missed not-missed 2>&1 || true"); !strings.HasPrefix(runs, "boot:1\nmissed:1\n") || strings.Contains(runs, "not-missed:") && !strings.Contains(runs, "No such file") {
		h.T.Errorf("runs: %s", runs)
	}
	jobs := alice.jobs("boots")
	if boot := jobs["boot"]; boot.Result != "success" {
		h.T.Errorf("%+v", boot)
	}
	if fresh := jobs["fresh"]; fresh.Result != "never" || !fresh.Started.IsZero() {
		h.T.Errorf("persistent, and never run: %+v", fresh)
	}
	if missed := jobs["missed"]; missed.Result != "success" || time.Since(missed.Started).Abs() > time.Minute {
		h.T.Errorf("%+v", missed)
	}
	h.Contains(alice.OK("status", "boots"), "active for", "at the next boot")
	alice.OK("jobs", "run", "boots", "boot")
	h.T.Log("taken out, it does not come back")
	alice.app("boots", descriptor[:2]...)
	alice.OK("enable", "boots")
	alice.Sh("test \"$(ls .config/systemd/user/default.target.wants)\" = boots.target")
	alice.OK("disable", "boots")
	alice.Sh("! ls .config/systemd/user/default.target.wants 2>/dev/null | grep .")
}
