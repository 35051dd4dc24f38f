//go:build machine

package failure

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// crashes is a program that fails once the app is enabled, each time it is
// started, and notes it for the test.
func crashes(name, rest string) string {
	return `command = ["sh", "-c", '''until [ -e go ]; do sleep 0.1; done; echo >> ~/` + name + `.failures; ` + rest + `''']`
}

// begin enables an app of which a process crashes; enable would undo it at
// once.
func (p person) begin(name string) {
	p.Host.T.Helper()
	p.OK("enable", "/home/alice/"+name)
	p.Sh("touch ~/" + name + "/go")
}

// TestNotices: what takes a minute or half of one goes on while the others are
// tried.
func TestNotices(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Bullseye, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			t.Parallel() // one waits for most of its time
			_, alice := host(t, suite)
			whole := suite == machine.Bookworm
			if whole {
				alice.moodyFails()
				alice.hangs()
			}
			for _, test := range []struct {
				name string
				do   func(person)
			}{
				{"a crash loop is told of once", person.crashLoop},
				{"mail", person.mail},
				{"nobody is told of what was asked for", person.askedFor},
				{"nobody is told of an enable that is undone", person.undone},
				{"a job is told of until it succeeds", person.job},
				{"a command that fails is shown", person.commandFails},
				{"a process in the strict sandbox", person.strict},
			} {
				t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) { test.do(alice.in(t)) })
			}
			if suite == machine.Bullseye {
				t.Run("an_ExecStopPost_of_the_user", func(t *testing.T) { alice.in(t).stopPost() })
			}
			if whole {
				t.Run("a_command_that_hangs_is_ended", func(t *testing.T) { alice.in(t).hungIsEnded() })
				t.Run("a_recovery_and_a_second_failure", func(t *testing.T) { alice.in(t).moodyRecovers() })
				t.Run("a_boot_is_no_failure", func(t *testing.T) { alice.in(t).boot() })
			}
		})
	}
}

func (p person) crashLoop() {
	const evil = `printf 'evil \033[31mred\033[0m \033]0;title\007 \342\200\256txt\nlast words ü\n' >&2`
	p.app("loop", "[process.worker]", crashes("loop", "sleep 0.2; "+evil+"; exit 3"), "[restart]", `delay = "200ms"`, "[process.good]", `command = "sleep 1000"`, tells("loop"))
	p.begin("loop")
	got := p.waitFor(20*time.Second, "loop", 1)[0]
	p.Host.Contains(got,
		"ECOUNIT_APP=loop\n", "ECOUNIT_EVENT=failed\n", "ECOUNIT_EXIT_CODE=exited\n", "ECOUNIT_EXIT_STATUS=3\n", "ECOUNIT_PROCESS=worker\n",
		"ECOUNIT_REASON=exited with status 3\n", "ECOUNIT_RESULT=exit-code\n", "ECOUNIT_SUBJECT=loop on eco: worker failed: exited with status 3\n", "ECOUNIT_UNIT=loop-worker.service\n",
		"worker of loop on eco failed.\n", "how   exited with status 3\n", "  last words ü\n", `  evil red \x1b]0;title\x07 \u202etxt`, "  ecounit logs loop -p worker\n")
	if strings.ContainsAny(got, "\x1b\x07") {
		p.Host.T.Errorf("it has control characters: %q", got)
	}
	p.failures("loop", 6)
	p.settled("loop")
	p.exactly("loop", 1)
	status := p.Run("status", "loop").Stdout
	p.Host.Contains(status, "failing  worker since ", " failures, the last at ", "exited with status 3; told sh")
	p.Host.Contains(p.Run("status", "loop", "--json").Stdout, `"failing": [`, `"process": "worker"`)
	// The helpers are none of the app's processes, and enable finds nothing to do.
	if strings.Contains(status, "notice@") {
		p.Host.T.Errorf("status shows the helpers:\n%s", status)
	}
	p.Host.Soon(10*time.Second, func(context.Context) error { // but while it ends, enable would start it
		if text := p.OK("enable", "loop", "--dry-run"); !strings.Contains(text, "nothing to do") {
			return errors.New(text)
		}
		return nil
	})
	p.OK("stop", "loop") // which ends the row
	p.OK("start", "loop")
	p.waitFor(10*time.Second, "loop", 2)
	p.OK("disable", "loop")
	p.Host.Contains(p.Sh("ls /run/user/$(id -u)/ecounit/loop 2>&1 || :; systemctl --user list-units --all --no-legend 'loop*'; echo end"), "No such file", "end")
}

func (p person) mail() {
	p.app("post", "description = \"Gedächtnis\"", "[process.worker]", crashes("post", "printf 'schön = gut\\n.\\nFrom here\\n'; kill -SEGV $$"), "[restart]", `delay = "500ms"`,
		"[on_failure]", `mail = "alice@example.org"`)
	p.begin("post")
	p.Host.Soon(20*time.Second, func(context.Context) error {
		if all, _ := p.mails("post"); len(all) == 0 {
			return errors.New("no mail")
		}
		return nil
	})
	p.failures("post", 3)
	p.settled("post")
	all, texts := p.mails("post")
	if len(all) != 1 {
		p.Host.T.Fatalf("%d mails", len(all))
	}
	h := all[0].Header
	want := map[string]string{
		"X-Arguments": "-i alice@example.org", "To": "alice@example.org", "From": "alice (ecounit)", "Auto-Submitted": "auto-generated",
		"Subject": "post on eco: worker failed: killed by SIGSEGV", "Content-Type": "text/plain; charset=utf-8",
	}
	for key, value := range want {
		if got := h.Get(key); !strings.HasPrefix(got, value) {
			p.Host.T.Errorf("%s: %q, want %q", key, got, value)
		}
	}
	if _, err := mail.ParseDate(h.Get("Date")); err != nil {
		p.Host.T.Error(err)
	}
	p.Host.Contains(texts[0], "worker of post on eco failed.\n", "how   killed by SIGSEGV", "  schön = gut\n  .\n  From here\n")
	p.Host.Contains(p.Run("status", "post").Stdout, "told alice@example.org")
	p.OK("disable", "post")
}

// askedFor: the program fails when it is asked to end, and systemd counts that.
func (p person) askedFor() {
	p.app("calm", "[process.worker]", `command = ["sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.1; done"]`, tells("calm"))
	p.OK("enable", "/home/alice/calm")
	p.OK("restart", "calm")
	p.OK("stop", "calm")
	p.OK("start", "calm")
	p.Sh("systemctl --user restart calm-worker.service; systemctl --user restart calm.target; systemctl --user stop calm.target; systemctl --user start calm.target")
	p.Sh("cd; sed -i 's/echo up/echo anew/' calm/ecounit.toml")
	p.OK("enable", "calm")
	p.OK("disable", "calm")
	p.settled("calm")
	p.exactly("calm", 0)
}

func (p person) undone() {
	p.app("undone", "[env]", `HOME = "/tmp"`, "[process.worker]", `command = ["sh", "-c", "echo no; exit 4"]`, tells("undone"))
	p.Fails(1, []string{"enable", "/home/alice/undone"}, "exited with status 4")
	p.app("undone", "[process.worker]", `command = "sleep 1000"`, tells("undone"))
	p.OK("enable", "/home/alice/undone")
	p.app("undone", "[process.worker]", `command = ["sh", "-c", "echo no; exit 5"]`, tells("undone"))
	p.Fails(1, []string{"enable", "/home/alice/undone"}, "exited with status 5")
	p.settled("undone")
	p.exactly("undone", 0)
	p.OK("disable", "undone")
}

func (p person) job() {
	p.app("jobs", "[process.worker]", `command = "sleep 1000"`, "[job.nightly]", `command = ["sh", "-c", "echo cleaning; cat ~/jobs.status; exit $(cat ~/jobs.status)"]`, `schedule = "@yearly"`,
		tells("jobs"), "recovered = true")
	p.OK("enable", "/home/alice/jobs")
	run := func(status, more string) {
		p.Sh("echo " + status + " > ~/jobs.status; systemctl --user start jobs-nightly.service" + more)
		p.settled("jobs")
	}
	run("0", "")
	p.exactly("jobs", 0)
	run("9", " || :")
	p.waitFor(10*time.Second, "jobs", 1)
	run("9", " || :")
	p.Host.Contains(p.said("status", "jobs"), "failing  nightly since ", "2 failures")
	run("0", "")
	run("0", "")
	p.waitFor(10*time.Second, "jobs", 2)
	run("8", " || :")
	got := p.waitFor(10*time.Second, "jobs", 3)
	p.Host.Contains(got[0], "ECOUNIT_PROCESS=nightly\n", "nightly of jobs on eco failed.\n", "how   exited with status 9\n", "now   it runs again at its next time\n", "  cleaning\n  9\n")
	p.Host.Contains(got[1], "ECOUNIT_EVENT=recovered\n", "nightly of jobs on eco succeeds again.\n", "It failed twice since ")
	p.Host.Contains(got[2], "ECOUNIT_EXIT_STATUS=8\n")
	p.exactly("jobs", 3)
	p.OK("disable", "jobs")
}

func (p person) commandFails() {
	p.app("mute", "[process.worker]", crashes("mute", "exit 1"), "[restart]", `delay = "500ms"`, "[on_failure]", `command = ["sh", "-c", "echo no route to host; exit 6"]`)
	p.begin("mute")
	p.failures("mute", 3)
	p.settled("mute")
	p.Host.Contains(p.Run("status", "mute").Stdout, "the notice could not be sent: ", "exit status 6: no route to host")
	p.OK("disable", "mute")
}

// strict: the process cannot write where the test would see it.
func (p person) strict() {
	p.app("strict", "[process.worker]", `command = ["sh", "-c", '''until [ -e go ]; do sleep 0.1; done; touch ~/outside; ls /run/user/*/systemd/private; exit 2''']`,
		"[restart]", `delay = "500ms"`, "[sandbox]", `level = "strict"`, tells("strict"))
	p.begin("strict")
	got := p.waitFor(20*time.Second, "strict", 1)[0]
	p.Host.Contains(got, "worker of strict on eco failed.\n", "how   exited with status 2\n", "Read-only file system")
	p.OK("disable", "strict")
}

// stopPost: the manager of 247 hung after a few starts.
func (p person) stopPost() {
	p.Sh("mkdir -p post-stop; cp /bin/sleep post-stop/program")
	p.app("post-stop", "[process.worker]", `command = ["./program", "1000"]`, "[restart]", `delay = "20ms"`, "[systemd.service]", `ExecStopPost = "/bin/sh -c 'echo >> /home/alice/post-stop.failures'"`)
	p.OK("enable", "/home/alice/post-stop")
	p.Sh("cd post-stop; cp /bin/false new; mv new program; systemctl --user kill post-stop-worker.service")
	p.failures("post-stop", 40)
	p.OK("disable", "post-stop")
}

func (p person) moodyFails() {
	p.app("moody", "[process.worker]", `command = ["sh", "-c", '''if [ -e fail ]; then rm fail; echo "I fail"; exit 5; fi; exec sleep 1000''']`, tells("moody"), "recovered = true")
	p.OK("enable", "/home/alice/moody")
	p.fail("moody")
	p.Host.Contains(p.waitFor(15*time.Second, "moody", 1)[0], "how   killed by SIGUSR1\n", "When it has, there is another notice.")
}

// fail ends the worker, and the next one, too.
func (p person) fail(name string) {
	p.Sh("cd; touch " + name + "/fail; systemctl --user kill --signal=USR1 " + name + "-worker.service")
}

func (p person) moodyRecovers() {
	got := p.waitFor(80*time.Second, "moody", 2)
	p.Host.Contains(got[1], "ECOUNIT_EVENT=recovered\n", "worker of moody on eco runs again.\n", "It failed twice since ")
	p.settled("moody")
	p.Host.Contains(p.Sh("systemctl --user is-active moody-notice@worker.timer || :"), "inactive")
	if text := p.Run("status", "moody").Stdout; strings.Contains(text, "failing") {
		p.Host.T.Errorf("it is not over:\n%s", text)
	}
	p.fail("moody")
	p.Host.Contains(p.waitFor(15*time.Second, "moody", 3)[2], "ECOUNIT_EVENT=failed\n")
	p.OK("disable", "moody")
}

func (p person) hangs() {
	p.app("hang", "[process.worker]", crashes("hang", "exit 1"), "[restart]", `delay = "500ms"`, "[on_failure]", `command = ["sh", "-c", "sleep 2000"]`)
	p.begin("hang")
	p.failures("hang", 10) // the restarts do not wait for it
	p.Host.Contains(p.said("status", "hang"), "exited with status 1; a notice is being sent\n")
}

func (p person) hungIsEnded() {
	p.Host.Soon(40*time.Second, func(context.Context) error {
		if text := p.Run("status", "hang").Stdout; !strings.Contains(text, "did not end within 25s") {
			return errors.New(text)
		}
		return nil
	})
	p.settled("hang")
	p.Host.Contains(p.Sh("pgrep -xa sleep | grep 2000 || echo none"), "none")
	p.OK("disable", "hang")
}

func (p person) boot() {
	p.app("boot", "[process.worker]", `command = ["sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.1; done"]`, tells("boot"))
	p.OK("enable", "/home/alice/boot")
	p.Host.Must(p.Host.Reboot(p.Host.T.Context()))
	p.Host.Soon(20*time.Second, func(context.Context) error {
		if text := p.Run("status", "boot").Stdout; !strings.Contains(text, "active") {
			return errors.New(text)
		}
		return nil
	})
	p.settled("boot")
	p.exactly("boot", 0)
}
