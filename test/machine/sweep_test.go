//go:build machine

package machine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestOwnerKilled kills a process that owns a machine.
func TestOwnerKilled(t *testing.T) {
	if os.Getenv("ECOUNIT_MACHINE_ABANDON") != "" {
		abandon(t)
	}
	bystander := New(t, Bookworm)
	owner := exec.Command(os.Args[0], "-test.run=^TestOwnerKilled$", "-test.v")
	owner.Env = append(os.Environ(), "ECOUNIT_MACHINE_ABANDON=1")
	out, err := owner.StdoutPipe()
	must(t, err)
	must(t, owner.Start())
	var name string
	var leader int
	for lines := bufio.NewScanner(out); name == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "abandoned "); ok {
			_, err := fmt.Sscan(rest, &name, &leader)
			must(t, err)
		}
	}
	if err := Sweep(t.Context()); err != nil || !isDir(stateOf(name).dir) {
		t.Fatalf("the machine %q of a live process was swept: %v", name, err)
	}
	must(t, owner.Process.Kill())
	_ = owner.Wait() // it was killed
	// It goes down with its owner; what is left on disk is for the next sweep.
	waitFor(t, func() bool { return processGone(leader) })
	must(t, Sweep(t.Context()))
	assertGone(t, name, leader)
	output(t, bystander.As("root"), "true")
}

// abandon boots a machine and waits to be killed.
func abandon(t *testing.T) {
	m, err := Boot(t.Context(), Options{Suite: Bookworm})
	must(t, err)
	fmt.Println("abandoned", m.Name, m.Leader())
	select {}
}

// TestSweepRunning sweeps a machine that outlived its owner.
func TestSweepRunning(t *testing.T) {
	m, err := Boot(t.Context(), Options{Suite: Bookworm})
	must(t, err)
	leader := m.Leader()
	m.state.owner.Close() // as the kernel does for a process that ended
	must(t, Sweep(t.Context()))
	assertGone(t, m.Name, leader)
	must(t, m.Remove(t.Context()))
}

// TestSeveralAtOnce boots machines of all suites together.
func TestSeveralAtOnce(t *testing.T) {
	machines := make([]*Machine, 5)
	var all sync.WaitGroup
	for i := range machines {
		all.Go(func() {
			m, err := Boot(t.Context(), Options{Suite: Suites()[i%3]})
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { must(t, m.Remove(context.Background())) })
			machines[i] = m
			if err := m.WriteFile(t.Context(), "/srv/mine", []byte(m.Name), "root", 0o644); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for _, m := range machines {
		text, err := m.ReadFile(t.Context(), "/srv/mine")
		if err != nil || string(text) != m.Name {
			t.Errorf("machine %s has the file of %q, %v", m.Name, text, err)
		}
		if exists(m.root + "/srv/mine") {
			t.Error("the cached root was written to")
		}
	}
}

// TestFailedBoot checks that a boot that fails says why and leaves nothing.
func TestFailedBoot(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"mount":   {Options{Layers: []string{"/no/such/layer"}}, "mount: "},
		"timeout": {Options{Timeout: 20 * time.Millisecond}, context.DeadlineExceeded.Error()},
		"suite":   {Options{Suite: "buzz"}, "unknown suite"},
	} {
		t.Run(name, func(t *testing.T) {
			test.options.Name = "fails"
			if test.options.Suite == "" {
				test.options.Suite = Bookworm
			}
			_, err := Boot(t.Context(), test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v, want %q", err, test.want)
			}
			assertGone(t, "fails", 0)
		})
	}
}
