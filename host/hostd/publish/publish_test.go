package publish

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/apache"
	"ecounit/plan"
)

func TestPublishChangeAndRetire(t *testing.T) {
	b := newBench(t)
	a, c := site("a", 8001), site("c", 8003)
	b.live(b.publish(c, a), "alice_a", "alice_c")
	b.expectCalls("test running processes reload probe")
	b.tidy()

	a.Timeout *= 2
	result := b.publish(a)
	b.live(result, "alice_a")
	if b.fake.running["alice_a.conf"] != rendered(t, a) || b.fake.running["alice_c.conf"] != "" || !result.Reloaded {
		t.Errorf("loaded: %v", b.fake.running)
	}
	b.tidy()
}

func TestNothingChangedAsksNothing(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	b.did()
	before := b.includes()
	result := b.publish(site("a", 8001))
	b.live(result, "alice_a")
	b.expectCalls("running")
	if result.Reloaded || b.includes()[apache.GenerationName] != before[apache.GenerationName] {
		t.Errorf("reloaded for nothing: %+v", result)
	}
}

// An include that somebody changed is made right again.
func TestDamageIsRepaired(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"edited": func(path string) error {
			return os.WriteFile(path, []byte(madeByUs(t)+"ProxyPass / http://evil/\n"), 0o644)
		},
		"removed":  os.Remove,
		"writable": func(path string) error { return os.Chmod(path, 0o666) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.publish(site("a", 8001))
			b.did()
			path := filepath.Join(b.web.IncludeDir(), "alice_a.conf")
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			b.live(b.publish(site("a", 8001)), "alice_a")
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o644 || b.includes()["alice_a.conf"] != rendered(t, site("a", 8001)) {
				t.Errorf("not repaired: %v, error %v", info, err)
			}
			b.tidy()
		})
	}
}

func TestSiteThatCannotBeRendered(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002), site("c", 8003))
	sameAddress, moved := site("a", 8001), site("b", 8002)
	sameAddress.Timeout = 0
	moved.Timeout, moved.Path = 0, "/alice_elsewhere"
	result := b.publish(sameAddress, moved, site("d", 8004))
	b.live(result, "alice_d")
	if !strings.Contains(result.Sites["alice_a"].Problem, "timeout") || result.Waits != "" {
		t.Errorf("result: %+v", result)
	}
	if b.fake.running["alice_a.conf"] == "" {
		t.Error("what was served before is gone, though nobody else can have its address")
	}
	if b.fake.running["alice_b.conf"] != "" {
		t.Error("still served where somebody else may be by now")
	}
	b.did()
	b.publish(sameAddress, moved, site("d", 8004))
	b.expectCalls("running")
}

func TestTwoSitesNeverMeet(t *testing.T) {
	b := newBench(t)
	path, port := site("b", 8002), site("c", 8001)
	path.Path = "/alice_a"
	result := b.publish(path, port, site("a", 8001))
	b.live(result, "alice_a")
	for _, id := range []string{"alice_b", "alice_c"} {
		if !strings.Contains(result.Sites[id].Problem, "is served for alice_a") {
			t.Errorf("%s: %+v", id, result.Sites[id])
		}
	}
}

func TestAdministratorsMistake(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002))
	before := b.includes()
	b.fake.broken = "AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using x\n" +
		"AH00526: Syntax error on line 7 of /etc/httpd/conf.d/ssl.conf:\nInvalid command 'Sll'\n"
	b.did()
	result := b.publish(site("a", 8001), site("c", 8003))
	b.expectCalls("test test running")
	b.live(result, "alice_a")
	const want = "the web server's configuration has a mistake that is not ecounit's: " +
		"AH00526: Syntax error on line 7 of /etc/httpd/conf.d/ssl.conf: Invalid command 'Sll'"
	if result.Waits != want || result.Sites["alice_c"].Problem != "waits: "+want || !result.Retry {
		t.Errorf("result: %+v", result)
	}
	mustEqual(t, b.includes(), before)
	b.tidy()

	b.fake.broken = ""
	b.live(b.publish(site("a", 8001), site("c", 8003)), "alice_a", "alice_c")
	b.tidy()
}

func TestWebServerStopped(t *testing.T) {
	b := newBench(t)
	b.fake.stopped = true
	result := b.publish(site("a", 8001))
	b.expectCalls("test running")
	if o := result.Sites["alice_a"]; o.Live || o.Problem != "" || result.Waits != notRunning || result.Retry {
		t.Errorf("result: %+v", result)
	}
	if b.includes()["alice_a.conf"] == "" {
		t.Error("nothing is there for when it starts")
	}
	// It may have been starting at that moment, with what was there before.
	b.fake.stopped = false
	result = b.publish(site("a", 8001))
	b.expectCalls("test running processes reload probe")
	b.live(result, "alice_a")
	b.tidy()
}

// With most processes held by open websockets a reload could stop every site.
func TestBrake(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	b.did()
	b.fake.processes = 14
	for range 2 {
		result := b.publish(site("a", 8001), site("b", 8002))
		b.expectCalls("test running processes")
		b.live(result, "alice_a")
		if !strings.Contains(result.Waits, "14 of at most 16") || !result.Retry || result.Sites["alice_b"].Problem != "waits: "+result.Waits {
			t.Errorf("result: %+v", result)
		}
	}
	// What an earlier publication could not load is not live by the next one.
	b.live(b.publish(site("a", 8001), site("b", 8002), site("c", 8003)), "alice_a")
	b.live(b.publish(site("a", 8001), site("b", 8002)), "alice_a")
	b.did()
	b.fake.processes = 11
	b.live(b.publish(site("a", 8001), site("b", 8002)), "alice_a", "alice_b")
	b.expectCalls("test running processes reload probe")
	b.fake.processes = 3
	b.live(b.publish(site("a", 8001)), "alice_a")
	b.tidy()
}

// Every question to the web server fails once. Whatever happens, the folder
// holds the state before or after, and it can be published later.
func TestEachCallFails(t *testing.T) {
	for _, call := range []string{"test", "running", "processes", "reload", "probe"} {
		t.Run(call, func(t *testing.T) {
			b := newBench(t)
			b.publish(site("a", 8001))
			loaded, there := b.fake.running, b.includes()
			b.fake.failures[call] = errors.New("no luck")
			result, err := b.Publish(t.Context(), Wanted{Sites: []plan.Site{site("a", 8001), site("b", 8002)}, ServerLimit: 16})
			switch call {
			case "test":
				if err == nil || !strings.Contains(err.Error(), "cannot have the web server's configuration tested") {
					t.Errorf("error %v", err)
				}
				mustEqual(t, b.includes(), there)
			case "running", "processes":
				if result.Sites["alice_b"].Live || !result.Retry || b.includes()["alice_b.conf"] == "" {
					t.Errorf("result: %+v", result)
				}
			default:
				if result.Sites["alice_b"].Live || !result.Retry || !strings.Contains(result.Waits, "did not load the new configuration: no luck") {
					t.Errorf("result: %+v", result)
				}
				mustEqual(t, b.includes(), there)
				mustEqual(t, b.fake.running, loaded)
			}
			b.fake.failures = map[string]error{}
			b.live(b.publish(site("a", 8001), site("b", 8002)), "alice_a", "alice_b")
			b.tidy()
		})
	}
}

// A reload that ends the web server leaves files with which it can be started.
func TestReloadEndsTheWebServer(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	there := b.includes()
	b.fake.failures["reload"] = errors.New("the web server ended")
	b.fake.failures["running"] = nil
	result := b.publish(site("b", 8002))
	mustEqual(t, b.includes(), there)
	if result.Sites["alice_b"].Live || !strings.Contains(result.Waits, "nor the one before") {
		t.Errorf("result: %+v", result)
	}
}

// A retry has another number than the attempt before it, whose processes may
// still answer.
func TestGenerationsAreNotUsedTwice(t *testing.T) {
	b := newBench(t)
	b.fake.failures["probe"] = errors.New("no answer")
	first := b.publish(site("a", 8001))
	delete(b.fake.failures, "probe")
	time.Sleep(2 * time.Millisecond)
	second := b.publish(site("a", 8001))
	if first.Generation != 0 || len(b.fake.probed) != 2 || b.fake.probed[0] == b.fake.probed[1] {
		t.Errorf("asked for the generations %v, at first left with %d", b.fake.probed, first.Generation)
	}
	b.live(second, "alice_a")
}

func TestKeptIncludesStay(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002))
	same := site("c", 8001) // its record cannot be read, so that the registry does not know who has the port
	result, err := b.Publish(t.Context(), Wanted{Sites: []plan.Site{same}, Keep: []string{"alice_a"}})
	if err != nil || result.Sites["alice_c"].Problem != "the port 8001 is served for alice_a" {
		t.Errorf("result: %+v, error %v", result, err)
	}
	if b.fake.running["alice_a.conf"] == "" || b.fake.running["alice_b.conf"] != "" {
		t.Errorf("loaded: %v", b.fake.running)
	}
	b.publish()
	if b.fake.running["alice_a.conf"] != "" {
		t.Error("an include that was kept once is never removed")
	}
}
