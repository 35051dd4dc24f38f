package cutover

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"
)

// sleeper is a process that tests may end.
func sleeper(t *testing.T, argv ...string) Process {
	t.Helper()
	p := Process{Argv: argv, Directory: t.TempDir(), Environment: []string{"STUDY=12", "PATH=/usr/bin:/bin"}}
	command, err := p.Launch()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = command.Wait() }()
	t.Cleanup(func() { _ = command.Process.Kill() })
	var found Process
	if err := until(context.Background(), 5*time.Second, "it is not there", func() bool {
		ok := false
		found, ok = ProcessAt(command.Process.Pid, os.Getuid())
		return ok && slices.Equal(found.Argv, p.Argv)
	}); err != nil {
		t.Fatal(err)
	}
	if found.Directory != p.Directory || !slices.Equal(found.Environment, p.Environment) {
		t.Errorf("%+v, want %+v", found, p)
	}
	return found
}

func TestAProcessIsFoundStoppedAndStartedAgain(t *testing.T) {
	p := sleeper(t, "sleep", "1000")
	if !slices.ContainsFunc(Processes(os.Getuid()), func(o Process) bool { return o.PID == p.PID && o.Began == p.Began }) {
		t.Error("it is not listed")
	}
	if _, ok := ProcessAt(p.PID, os.Getuid()+1); ok {
		t.Error("it is taken for another user's")
	}
	if err := p.Terminate(context.Background(), 5*time.Second); err != nil || p.Runs() {
		t.Error("it runs", err)
	}
	if err := p.Terminate(context.Background(), time.Second); err != nil {
		t.Error("one that is gone need not be stopped:", err)
	}
	again, err := p.Launch()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = again.Process.Wait() }()
	defer func() { _ = again.Process.Kill() }()
	if now, ok := ProcessAt(again.Process.Pid, os.Getuid()); !ok || now.Directory != p.Directory {
		t.Errorf("%+v", now)
	}
}

func TestAProcessThatIgnoresTERMIsForced(t *testing.T) {
	p := sleeper(t, "/bin/sh", "-c", `trap "" TERM; while :; do sleep 0.1; done`)
	time.Sleep(100 * time.Millisecond) // the trap is set by then
	if err := p.Terminate(context.Background(), 300*time.Millisecond); err != nil || p.Runs() {
		t.Error("it runs", err)
	}
}

func TestANumberThatAnotherProcessHasIsNotTheSame(t *testing.T) {
	p := sleeper(t, "sleep", "1000")
	other := p
	other.Began = "1"
	if other.Runs() {
		t.Error("it is taken for the other")
	}
	if err := other.Terminate(context.Background(), time.Second); err != nil || !p.Runs() {
		t.Error("the wrong process was stopped", err)
	}
}

func TestLeadersAndBelow(t *testing.T) {
	all := []Process{{PID: 10, Parent: 1}, {PID: 11, Parent: 10}, {PID: 12, Parent: 11}, {PID: 20, Parent: 1}}
	if got := Leaders(all); len(got) != 2 || got[0].PID != 10 || got[1].PID != 20 {
		t.Errorf("%+v", got)
	}
	for _, test := range []struct {
		of   Process
		pid  int
		want bool
	}{{all[2], 10, true}, {all[2], 12, true}, {all[3], 10, false}, {all[1], 12, false}} {
		if got := Below(test.of, test.pid, all); got != test.want {
			t.Errorf("%d below %d: %t", test.of.PID, test.pid, got)
		}
	}
}

func TestAProgramThatEndsAtOnceDoesNotRunAgain(t *testing.T) {
	ctx := context.Background()
	p := Process{Argv: []string{"/bin/sh", "-c", "exit 3"}, Directory: "/"}
	if err := p.Resume(ctx); err == nil || err.Error() != "cannot start /bin/sh again: it ends: exit status 3" {
		t.Error(err)
	}
	p.Argv[2] = "sleep 2 & exit 0"
	if err := p.Resume(ctx); err != nil {
		t.Errorf("one that goes into the background: %v", err)
	}
	if err := (Process{Argv: []string{"gunicorn: master [app:app]"}, Directory: "/"}).CanLaunch(); err == nil {
		t.Error("a name that is no program is one")
	}
}
