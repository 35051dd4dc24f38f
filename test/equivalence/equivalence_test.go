//go:build machine

// Package equivalence runs the same programs under supervisor and under what
// ecounit import makes of the same file, and compares what the programs saw.
// It must not know how a unit file is written: it looks at processes, files and
// what the two report.
package equivalence

import (
	"os"
	"sync"
	"testing"
	"time"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// What is done to all programs at once, with pauses for what they do by
// themselves.
const (
	// settle is longer than the time in which systemd counts the starts of the
	// program retries.
	settle = 6500 * time.Millisecond
	// ends is as long as supervisor takes to give up the program forever: 1 + 2 +
	// 3 s, and up to a second each time until it looks.
	ends = 11 * time.Second
	// again is as long as supervisor takes to give up the program short.
	again = 3 * time.Second
	// rest is for whom a signal has just reached.
	rest = time.Second
)

// users is among how many the apps are shared out, since each enable of one
// user waits for the last.
const users = 4

// TestProgramsBehaveAsUnderSupervisor: for each option, whatever differs is
// what cases says, and the report of the import says it too.
func TestProgramsBehaveAsUnderSupervisor(t *testing.T) {
	config := read(t, "testdata/supervisord.conf")
	var hosts sync.WaitGroup // and not t.Parallel, which is for as many as there are processors
	for _, suite := range machine.Suites() {
		hosts.Go(func() {
			t.Run(string(suite), func(t *testing.T) { behave(t, scene.New(t, suite), config) })
		})
	}
	hosts.Wait()
}

func behave(t *testing.T, h *scene.Host, config string) {
	old := newSupervised(h, config)
	var together []side
	var imported []*imported
	together = append(together, old)
	for i := range users {
		one := newImported(h, config, i)
		imported, together = append(imported, one), append(together, one)
	}
	each := func(step func(side)) {
		var wait sync.WaitGroup
		for _, s := range together {
			wait.Go(func() { step(s) })
		}
		wait.Wait()
		if t.Failed() {
			t.FailNow()
		}
	}
	each(side.start)
	time.Sleep(settle)
	each(side.letEnd)
	time.Sleep(ends)
	each(side.look)
	each(side.startAgain)
	time.Sleep(again)
	each(side.stop)
	time.Sleep(rest)
	each(side.collect)
	here := behaviours{}
	for _, one := range imported {
		here.add(one.seen())
	}
	said := told(config, imported[0].report)
	compare(t, old.seen(), here, said)
	agree(t, said)
}

// side is supervisor or ecounit, and the account that uses it.
type side interface {
	start()      // what starts by itself
	letEnd()     // some end, each in its own way
	look()       // what has become of them
	startAgain() // some of them
	stop()       // all
	collect()    // what was recorded
	seen() behaviours
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
