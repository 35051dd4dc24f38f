package cutover

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestWhatAShellStartedEndsWithIt: a loop in a crontab would start the program
// again, and a shell that ends leaves it behind.
func TestWhatAShellStartedEndsWithIt(t *testing.T) {
	p := sleeper(t, "/bin/sh", "-c", "while true; do sleep 1000; done")
	var inner Process
	if err := until(context.Background(), 5*time.Second, "the loop starts nothing", func() bool {
		all := Processes(os.Getuid())
		i := slices.IndexFunc(all, func(o Process) bool { return o.Parent == p.PID && o.Argv[0] == "sleep" })
		if i >= 0 {
			inner = all[i]
		}
		return i >= 0
	}); err != nil {
		t.Fatal(err)
	}
	if err := TerminateTrees(context.Background(), []Process{p}, os.Getuid(), 5*time.Second); err != nil || p.Runs() || inner.Runs() {
		t.Error("it runs", err)
	}
}

// TestAWayBackThatWasKilledStartsNothingTwice: the record has the numbers of
// before.
func TestAWayBackThatWasKilledStartsNothingTwice(t *testing.T) {
	p := sleeper(t, "sleep", "1001")
	before := p
	before.PID, before.Began = 1<<22+1, "1"
	if gone := Gone([]Process{before}, os.Getuid()); len(gone) != 0 {
		t.Errorf("%d runs again: %+v", p.PID, gone)
	}
	if gone := Gone([]Process{before, before}, os.Getuid()); len(gone) != 1 {
		t.Errorf("one of two runs again: %+v", gone)
	}
	if gone := Gone([]Process{p, before}, os.Getuid()); len(gone) != 1 || gone[0].PID != before.PID {
		t.Errorf("one was never stopped: %+v", gone)
	}
	elsewhere := before
	elsewhere.Directory = "/"
	if gone := Gone([]Process{elsewhere}, os.Getuid()); len(gone) != 1 {
		t.Error("one in another folder stands for it")
	}
}

func TestSocketHolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	holders := SocketHolders(path, os.Getuid())
	if len(holders) != 1 || holders[0].PID != os.Getpid() {
		t.Errorf("%+v", holders)
	}
	if got := SocketHolders(path+"x", os.Getuid()); got != nil {
		t.Errorf("%+v", got)
	}
	if got := SocketHolders("", os.Getuid()); got != nil {
		t.Errorf("%+v", got)
	}
}
