package publish

import (
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

// Apache loads an include whose module is not there, and has a 500 for every
// visitor: that is no site that is published.
func TestLackingModule(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002))
	before := b.includes()
	b.fake.lacks = "proxy_http"
	changed, moved := site("a", 8001), site("b", 8002)
	changed.Timeout, moved.Path = time.Hour, "/alice_elsewhere"
	const want = "the web server lacks the modules proxy_http; an administrator types: load proxy_http below "
	refused := func(result Result, ids ...string) {
		t.Helper()
		for _, id := range ids {
			if !strings.HasPrefix(result.Sites[id].Problem, want) {
				t.Errorf("%s: %+v", id, result.Sites[id])
			}
		}
	}
	result := b.publish(changed, site("b", 8002), site("c", 8003))
	b.live(result, "alice_b")
	refused(result, "alice_a", "alice_c")
	mustEqual(t, b.includes(), before)
	b.tidy()
	// What was served at an address that may be somebody else's by now goes.
	result = b.publish(changed, moved)
	b.live(result)
	refused(result, "alice_a", "alice_b")
	if b.fake.running["alice_b.conf"] != "" || b.fake.running["alice_a.conf"] == "" {
		t.Errorf("%v", b.fake.running)
	}
	b.tidy()
	// Taking away needs no module.
	if result = b.publish(changed); b.includes()["alice_b.conf"] != "" || result.Waits != "" {
		t.Errorf("%+v", result)
	}
	b.fake.lacks = ""
	b.live(b.publish(changed, moved, site("c", 8003)), "alice_a", "alice_b", "alice_c")
	b.tidy()
}

// A directive that is unknown for lack of a module is nobody's mistake in the
// file that has it.
func TestInvalidCommandOfAnInclude(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001))
	b.fake.broken = "AH00526: Syntax error on line 9 of " + b.web.IncludeDir() + "/alice_a.conf:\n" +
		"Invalid command 'RequestHeader', perhaps misspelled or defined by a module not included in the server configuration\n"
	result, err := b.Publish(t.Context(), Wanted{Sites: []plan.Site{site("a", 8001), site("c", 8003)}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(result.Waits, "the web server's configuration is not in order: it lacks the module headers; an administrator types: load headers below ") {
		t.Error(result.Waits)
	}
}
