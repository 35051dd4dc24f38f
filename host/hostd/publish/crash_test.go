package publish

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecounit/apache"
	"ecounit/host/hostd/disk/disktest"
	"ecounit/plan"
)

// withoutGeneration compares what the web server serves, not the number.
func withoutGeneration(files map[string]string) map[string]string {
	files = maps.Clone(files)
	delete(files, apache.GenerationName)
	return files
}

// changeOfAll changes, adds and removes an include, takes over one that was
// installed by hand, and has one refused.
func changeOfAll(t *testing.T) (b *bench, wanted Wanted, after map[string]string) {
	b = newBench(t)
	b.write("alice_hand.conf", rendered(t, site("hand", 8009)))
	b.publish(site("changed", 8001), site("removed", 8002), site("same", 8003))
	changed, hand, bad := site("changed", 8001), site("hand", 8009), site("bad", 8005)
	changed.Prefix, hand.Prefix = plan.PrefixStrip, plan.PrefixStrip
	b.fake.refuses = func(name, _ string) bool { return name == "alice_bad.conf" }
	after = map[string]string{
		"alice_changed.conf": rendered(t, changed), "alice_same.conf": rendered(t, site("same", 8003)),
		"alice_new.conf": rendered(t, site("new", 8004)), "alice_hand.conf": rendered(t, hand),
	}
	return b, Wanted{Sites: []plan.Site{changed, site("same", 8003), site("new", 8004), hand, bad}}, after
}

// A publication is stopped at each step. After Recover the folder is exactly as
// before or as after, and the next publication goes through.
func TestCrashAtEachStep(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		b, wanted, after := changeOfAll(t)
		before := b.includes()
		manifest := everything(t, b.store.Dir)[manifestName]
		faulty := &disktest.Faulty{At: at, Mode: disktest.Crash}
		b.system = faulty
		_, err := b.Publish(t.Context(), wanted)
		if at > len(faulty.Log) {
			if err != nil || at < 50 {
				t.Fatalf("error %v after %d steps", err, at)
			}
			return
		}
		if err == nil && !strings.HasPrefix(faulty.Log[at-1], "remove .") { // what is swept last need not succeed
			t.Errorf("no error at %s", faulty.Log[at-1])
		}
		b.recoverAtEachStep(faulty.Log[at-1])
		recovered := b.includes()
		state := everything(t, b.store.Dir)
		switch {
		case recovered[apache.GenerationName] == before[apache.GenerationName]:
			mustEqual(t, recovered, before)
			if state[manifestName] != manifest {
				t.Errorf("at %s: the list of our includes is %s", faulty.Log[at-1], state[manifestName])
			}
		default:
			mustEqual(t, withoutGeneration(recovered), after)
		}
		if t.Failed() {
			t.Fatalf("at step %d, %s", at, faulty.Log[at-1])
		}
		b.finish(wanted, after)
	}
}

// recoverAtEachStep kills recovery itself, too.
func (b *bench) recoverAtEachStep(where string) {
	b.Helper()
	for at := 1; ; at++ {
		faulty := &disktest.Faulty{At: at, Mode: disktest.Crash}
		b.system = faulty
		err := b.recover(b.Context())
		if at > len(faulty.Log) {
			if err != nil {
				b.Fatalf("at %s: cannot recover: %v", where, err)
			}
			break
		}
	}
	b.system = disktest.Fast{}
	for name := range b.includes() {
		if strings.HasPrefix(name, ".") {
			b.Errorf("at %s: left over: %s", where, name)
		}
	}
	if _, err := os.Lstat(filepath.Join(b.store.Dir, journalName)); err == nil {
		b.Errorf("at %s: the journal is still there", where)
	}
}

// finish publishes, and expects everything to be in place and loaded.
func (b *bench) finish(wanted Wanted, after map[string]string) {
	b.Helper()
	result, err := b.Publish(b.Context(), wanted)
	if err != nil {
		b.Fatal(err)
	}
	mustEqual(b.T, withoutGeneration(b.includes()), after)
	mustEqual(b.T, withoutGeneration(b.fake.running), after)
	if result.Waits != "" || strings.Contains(fmt.Sprint(result.Findings), "by hand") {
		b.Errorf("result: %+v", result)
	}
	b.tidy()
	if b.Failed() {
		b.FailNow()
	}
}

// Each operation fails once, or the disk is full from there on. The web server
// never has a mixture before it, and the next publication goes through.
func TestDiskFailsAtEachStep(t *testing.T) {
	for _, mode := range []disktest.Mode{disktest.Once, disktest.Full} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			for at := 1; ; at++ {
				b, wanted, after := changeOfAll(t)
				before := b.includes()
				faulty := &disktest.Faulty{At: at, Mode: mode}
				b.system = faulty
				_, err := b.Publish(t.Context(), wanted)
				if at > len(faulty.Log) {
					return
				}
				step := faulty.Log[at-1]
				if err != nil && !strings.HasPrefix(err.Error(), "cannot ") {
					t.Errorf("at %s: error %v", step, err)
				}
				there := b.includes()
				journal := everything(t, b.store.Dir)[journalName] != ""
				hidden := false
				for name := range there {
					if strings.HasPrefix(name, ".") {
						delete(there, name)
						hidden = true
					}
				}
				switch served := withoutGeneration(there); {
				case len(served) == len(after) && served["alice_new.conf"] != "":
					mustEqual(t, served, after)
				case err == nil:
					t.Errorf("at %s: no error", step)
				case journal && mode == disktest.Once: // the one way back failed as well; Recover is to come
				default:
					mustEqual(t, there, before)
				}
				if mode == disktest.Full && (journal || hidden && err == nil) {
					t.Errorf("at %s: a full disk kept the way back from being taken", step)
				}
				if t.Failed() {
					t.Fatalf("at step %d, %s: %v", at, step, err)
				}
				b.system = disktest.Fast{}
				b.finish(wanted, after)
			}
		})
	}
}

// What only a power cut would tell: every text and the journal are on the disk
// before an include changes, and the includes are before the journal goes.
func TestOrderOfWriting(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	log := &disktest.Faulty{}
	b.system = log
	s := site("a", 8001)
	s.Prefix = plan.PrefixStrip
	b.publish(s)
	next := 0
	for _, step := range []string{
		"sync .alice_a.conf.before", "sync .alice_a.conf.after", "sync " + b.web.IncludeDir(),
		"sync .unloaded.json.new", "rename .unloaded.json.new unloaded.json", "sync " + b.store.Dir,
		"sync .transaction.json.new", "rename .transaction.json.new transaction.json", "sync " + b.store.Dir,
		"rename .alice_a.conf.new alice_a.conf", "rename .generation.conf.new generation.conf", "sync " + b.web.IncludeDir(),
		"remove transaction.json", "sync " + b.store.Dir, "remove unloaded.json",
	} {
		i := slices.Index(log.Log[next:], step)
		if i < 0 {
			t.Fatalf("%q does not come after step %d of\n%s", step, next, strings.Join(log.Log, "\n"))
		}
		next += i + 1
	}
}
