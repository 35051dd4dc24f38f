//go:build machine

package e2e

import (
	"regexp"
	"strings"
	"syscall"
	"time"
)

// logsFollow: a new line comes at once, and Ctrl-C leaves nothing running.
func logsFollow(alice *user) {
	t := alice.host.t
	follow, err := alice.Start(t.Context(), "ecounit", "logs", "-f", "talk", "-p", "echo", "-n", "1")
	alice.host.Must(err)
	soon := func(text string, within time.Duration) {
		t.Helper()
		for begin := time.Now(); !strings.Contains(follow.Output(), text); time.Sleep(10 * time.Millisecond) {
			if time.Since(begin) > within {
				t.Fatalf("%q has not come after %s:\n%s", text, within, follow.Output())
			}
		}
	}
	soon("\n", 10*time.Second)
	alice.Sh("echo fresh >> talk/lines")
	soon("echo  fresh\n", 2*time.Second)
	alice.host.Must(follow.Signal(syscall.SIGINT))
	result, err := follow.Wait()
	alice.host.Must(err)
	if result.Code != 130 || result.Stderr != "" {
		t.Errorf("exit %d %q", result.Code, result.Stderr)
	}
	alice.noJournalctl()
}

// logsFollowIntoPipe: the reader of the pipe has seen enough.
func logsFollowIntoPipe(alice *user) {
	follow, err := alice.Start(alice.host.t.Context(), "sh", "-c", "ecounit logs -f talk -p echo -n 0 | grep -m 1 enough")
	alice.host.Must(err)
	for range 100 { // lines until it reads, and until it notices that nobody else does
		alice.Sh("echo enough >> talk/lines")
		select {
		case <-follow.Done():
			alice.noJournalctl()
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	follow.Stop()
	alice.host.t.Error("it does not end when nobody reads it")
}

func (u *user) noJournalctl() {
	u.host.t.Helper()
	left := ""
	for range 20 {
		if left = u.Sh("pgrep -u " + u.name + " -a journalctl || true"); left == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	u.host.t.Errorf("left behind: %s", left)
}

func logsNothingThere(alice *user) {
	alice.Fails(4, []string{"logs", "nobody"}, `there is no app "nobody"`)
	alice.hello("fresh", "hello", "[process.late]", `command = "sleep 10"`)
	r := alice.Run("logs", "./fresh")
	if r.Code != 4 || !strings.Contains(r.Stderr, "it is not enabled") {
		alice.host.t.Errorf("not enabled: exit %d %s%s", r.Code, r.Stdout, r.Stderr)
	}
}

// logsForgotten: a process of which the journal knows nothing, as of one that
// has not been started yet.
func logsForgotten(alice *user) {
	alice.host.root("sh", "-c", "journalctl --rotate && journalctl --vacuum-size=1")
	for _, process := range []string{"quiet", "worker"} {
		if got := alice.printed("talk", "-p", process); len(got) > 0 {
			alice.host.t.Errorf("%s: %q", process, got)
		}
	}
	alice.Sh("echo afterwards >> talk/lines; until ecounit logs talk -p echo | grep afterwards; do :; done")
}

var administrators = regexp.MustCompile(`(?m)an administrator types: (.*)$`)

// logsVolatile: the reason is said, and the administrator's command that is
// said helps.
func logsVolatile(alice *user) {
	h := alice.host
	h.root("sh", "-c", "mkdir -p /etc/systemd/journald.conf.d && printf '[Journal]\\nStorage=volatile\\n' > /etc/systemd/journald.conf.d/volatile.conf && systemctl restart systemd-journald")
	alice.Sh("echo unseen >> talk/lines")
	if r := alice.Run("logs", "talk", "-p", "echo"); strings.Contains(r.Stdout, "unseen") || !strings.Contains(r.Stderr, "it is volatile on this host") {
		h.t.Errorf("what was stored before is shown as if it were all: exit %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	h.root("sh", "-c", "rm -r /var/log/journal /etc/systemd/journald.conf.d && systemctl restart systemd-journald")
	alice.Sh("echo unseen >> talk/lines")
	alice.Fails(1, []string{"logs", "talk"}, "cannot read the journal: it is volatile on this host")
	r := alice.Run("logs", "-f", "talk")
	if r.Code != 1 {
		h.t.Errorf("-f: exit %d", r.Code)
	}
	command := administrators.FindStringSubmatch(r.Stderr)
	if command == nil {
		h.t.Fatalf("no command in %s", r.Stderr)
	}
	h.root("sh", "-ec", command[1])
	alice.Sh("echo seen again >> talk/lines")
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		r := alice.Run("logs", "talk", "-p", "echo")
		if r.Code == 0 && strings.Contains(r.Stdout, "seen again") {
			break
		}
		if time.Since(begin) > 10*time.Second {
			h.t.Fatalf("exit %d %s%s", r.Code, r.Stdout, r.Stderr)
		}
	}
}
