//go:build machine

package e2e

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestKilledAtAnyMomentTheNextRunRepairs kills enable with SIGKILL after more
// and more time, until one gets through, and then expects the next run to
// bring the app where it was meant to be.
func TestKilledAtAnyMomentTheNextRunRepairs(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("shaky", "version 0")
	alice.OK("enable", "./shaky")
	killed, version := 0, 0
	for delay := 5 * time.Millisecond; ; delay += 40 * time.Millisecond {
		version++
		// Each is longer than the last: Python takes a file of the same size and
		// second for the one that it has compiled.
		word := fmt.Sprintf("version %d%s", version, strings.Repeat("!", version))
		alice.says(dir, word)
		alice.descriptor(dir, `name = "shaky"`, fmt.Sprintf("description = %q", word), "[web]", `wsgi = "app:app"`)
		run, err := alice.Start(t.Context(), "ecounit", "enable", "shaky")
		h.Must(err)
		time.Sleep(delay)
		kill(t, run)
		result, err := run.Wait()
		h.Must(err)
		if result.Code == 0 {
			break
		}
		killed++
		alice.OK("enable", "shaky")
		h.Contains(alice.answers("shaky"), word)
		h.Contains(alice.Sh("systemctl --user show -p Description --value shaky.service"), word)
		if left := alice.Sh("ls -A ~/.config/systemd/user ~/.local/state/ecounit/shaky | grep -e '^\\.' -e unfinished || true"); left != "" {
			t.Fatalf("after %s left behind: %s", delay, left)
		}
		if status := alice.Run("status", "shaky"); status.Code != 0 || strings.Contains(status.Stderr, "warning") {
			t.Fatalf("after %s: %s%s", delay, status.Stdout, status.Stderr)
		}
	}
	if killed < 5 {
		t.Errorf("only %d runs were killed on their way", killed)
	}
	t.Logf("%d runs were killed", killed)
}

func TestKilledDisableIsFinishedByTheNext(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	alice.hello("shaky", "hello")
	for delay := 5 * time.Millisecond; ; delay += 30 * time.Millisecond {
		alice.OK("enable", "./shaky")
		run, err := alice.Start(t.Context(), "ecounit", "disable", "shaky")
		h.Must(err)
		time.Sleep(delay)
		kill(t, run)
		result, err := run.Wait()
		h.Must(err)
		if r := alice.Run("disable", "shaky"); r.Code != 0 && r.Code != 4 {
			t.Fatalf("after %s: exit %d %s%s", delay, r.Code, r.Stdout, r.Stderr)
		}
		if left := alice.Sh("find .config .local/state/ecounit -name '*shaky*' -o -name 'unfinished*'; systemctl --user list-units --all --no-legend '*shaky*'"); left != "" {
			t.Fatalf("after %s left behind: %s", delay, left)
		}
		if result.Code == 0 {
			return
		}
	}
}

// kill ends a run that may have ended by itself this instant.
func kill(t *testing.T, run *machine.Process) {
	t.Helper()
	if err := run.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// TestInterruptedByTheUserGoesBack presses Ctrl-C while an app does not come up,
// and closes the terminal. Whoever reads what is printed may leave, too: that
// ends nothing, and the new version is found to be broken.
func TestInterruptedByTheUserGoesBack(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("calm", "first")
	alice.OK("enable", "./calm")
	before := alice.snapshot("calm")
	alice.Write(dir+"/hang.py", "import time\ntime.sleep(3600)\n")
	alice.descriptor(dir, `name = "calm"`, "[web]", `wsgi = "hang:app"`, `start_timeout = "60s"`)
	same := func(after string) {
		t.Helper()
		if now := alice.snapshot("calm"); now != before {
			t.Errorf("after %s: before:\n%s\nafter:\n%s", after, before, now)
		}
		h.Contains(alice.answers("calm"), "first")
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		run, err := alice.Start(t.Context(), "ecounit", "enable", "calm")
		h.Must(err)
		time.Sleep(2 * time.Second)
		h.Must(run.Signal(signal))
		result, err := run.Wait()
		h.Must(err)
		if result.Code != 130 {
			t.Errorf("%s: exit %d\n%s%s", signal, result.Code, result.Stdout, result.Stderr)
		}
		same(signal.String())
	}
	alice.descriptor(dir, `name = "calm"`, "[web]", `wsgi = "gone:app"`)
	h.Contains(alice.Sh("{ ecounit enable calm; echo $? >code; } 2>&1 | true; cat code"), "1\n")
	same("the reader left")
}

func TestTwoAtOnceWaitForEachOther(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	var runs []*machine.Process
	for i := range 5 {
		name := fmt.Sprintf("app%d", i)
		alice.hello(name, name)
		run, err := alice.Start(t.Context(), "ecounit", "enable", "./"+name)
		h.Must(err)
		runs = append(runs, run)
	}
	waited := false
	for _, run := range runs {
		result, err := run.Wait()
		h.Must(err)
		if result.Code != 0 {
			t.Errorf("exit %d\n%s%s", result.Code, result.Stdout, result.Stderr)
		}
		waited = waited || strings.Contains(result.Stderr, "waiting for another ecounit of yours (process ")
	}
	if !waited {
		t.Error("nobody said that they wait")
	}
	ports := alice.Sh(`grep -h ListenStream .config/systemd/user/*.socket | sort | uniq -c | grep -v ' 1 ' || true`)
	if ports != "" {
		t.Errorf("two apps share a port: %s", ports)
	}
	for i := range 5 {
		name := fmt.Sprintf("app%d", i)
		h.Contains(alice.answers(name), name)
	}
}
