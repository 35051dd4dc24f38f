package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/disk/disktest"
	"ecounit/plan"
)

// A journal that this package did not write is an error: nothing is touched.
func TestBrokenJournal(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	before := b.includes()
	path := filepath.Join(b.store.Dir, journalName)
	folder := b.web.IncludeDir()
	for _, text := range []string{
		"", "{", "null", `{"version":1}`, `{"version":2,"folder":"` + folder + `"}`, "\x00", `[]`,
		`{"version":1,"folder":"` + folder + `","includes":[{"name":"../../../etc/passwd"}]}`,
		`{"version":1,"folder":"` + folder + `","includes":[{"name":"alice_a.conf/../x"}]}`,
		`{"version":1,"folder":"` + folder + `","includes":[{"name":"README"}]}`,
		`{"version":1,"folder":"` + folder + `","includes":[{"name":"alice_a.conf","before":true}]}`, // no copy of it
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		recovering := Recover(t.Context(), b.store, b.web)
		_, publishing := b.Publish(t.Context(), Wanted{Sites: []plan.Site{site("b", 8002)}})
		for _, err := range []error{recovering, publishing} {
			if err == nil || !strings.HasPrefix(err.Error(), "cannot ") {
				t.Errorf("%q: error %v", text, err)
			}
		}
		mustEqual(t, b.includes(), before)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	b.live(b.publish(site("b", 8002)), "alice_b")
}

// Whatever a journal says, nothing but includes is touched.
func FuzzJournal(f *testing.F) {
	f.Add("../../victim.conf", true, []byte(nil))
	f.Add("alice_a.conf", false, []byte(nil))
	f.Add("generation.conf", true, []byte(nil))
	f.Add("", false, []byte(`{"version":1,"includes":[{"name":"a_b.conf","before":true}]}`))
	dir := f.TempDir()
	web, store := host.Apache{Dir: filepath.Join(dir, "httpd")}, host.Store{Dir: filepath.Join(dir, "state")}
	victim := filepath.Join(dir, "victim.conf")
	for _, path := range []string{web.IncludeDir(), store.Dir} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			f.Fatal(err)
		}
	}
	p := New(store, web, nil)
	p.system = disktest.Fast{}
	f.Fuzz(func(t *testing.T, name string, before bool, raw []byte) {
		if raw == nil {
			raw, _ = json.Marshal(journal{Version: journalVersion, Folder: web.IncludeDir(), Includes: []entry{{name, before}}, Manifest: before})
		}
		if os.WriteFile(victim, []byte("x"), 0o644) != nil || os.WriteFile(filepath.Join(store.Dir, journalName), raw, 0o600) != nil {
			t.Skip()
		}
		_ = p.recover(t.Context())
		if got, err := os.ReadFile(victim); err != nil || !bytes.Equal(got, []byte("x")) {
			t.Errorf("a file outside was touched: %q, error %v", got, err)
		}
	})
}

// One at a time, in all processes together.
func TestLock(t *testing.T) {
	b := newBench(t)
	unlock, err := b.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := Recover(ctx, b.store, b.web); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	unlock()
	if err := Recover(t.Context(), b.store, b.web); err != nil {
		t.Error(err)
	}
}

func TestDamagedLists(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002))
	for _, name := range []string{manifestName, unloadedName} {
		if err := os.WriteFile(filepath.Join(b.store.Dir, name), []byte("{"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// It is not known any more which are ours, so that b stays.
	b.fake.failures["reload"] = errors.New("no luck")
	result := b.publish(site("a", 8001), site("c", 8003))
	b.finding(result, "the site alice_b was installed by hand")
	b.live(result)
	delete(b.fake.failures, "reload")
	result = b.publish(site("a", 8001), site("c", 8003))
	b.live(result, "alice_a", "alice_c")
	if b.includes()["alice_b.conf"] == "" {
		t.Error("removed an include that may be an administrator's")
	}
	b.tidy()
}
