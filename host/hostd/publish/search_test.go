package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/plan"
)

func TestBadSitesBlockNobody(t *testing.T) {
	for _, c := range []struct {
		sites int
		bad   []int
		tests int // at most
	}{{1, []int{0}, 3}, {2, []int{1}, 5}, {8, []int{3}, 10}, {8, []int{0, 7}, 15}, {100, []int{41}, 18}, {100, []int{7, 8, 90}, 40}} {
		t.Run(fmt.Sprint(c.sites, c.bad), func(t *testing.T) {
			b := newBench(t)
			bad := map[string]bool{}
			for _, i := range c.bad {
				bad[fmt.Sprintf("alice_s%d.conf", i)] = true
			}
			b.fake.refuses = func(name, _ string) bool { return bad[name] }
			var sites []plan.Site
			for i := range c.sites {
				sites = append(sites, site(fmt.Sprintf("s%d", i), 8001+i))
			}
			result := b.publish(sites...)
			tests := strings.Count(b.did(), "test")
			if tests > c.tests {
				t.Errorf("%d tests, at most %d are needed", tests, c.tests)
			}
			for id, o := range result.Sites {
				isBad := bad[id+".conf"]
				if o.Live == isBad || isBad && !strings.Contains(o.Problem, "the web server does not accept its include: AH00526: Syntax error on line 1 of "+id+".conf: Invalid command") {
					t.Errorf("%s: %+v", id, o)
				}
			}
			if result.Waits != "" {
				t.Errorf("waits: %s", result.Waits)
			}
			b.tidy()
			// Asking again costs tests, but no reload.
			result = b.publish(sites...)
			if strings.Contains(b.did(), "reload") || result.Reloaded {
				t.Error("reloaded again and again for a bad site")
			}
			b.tidy()
		})
	}
}

// A whole new version of ecounit that the web server does not accept takes
// nothing down, and the search for the guilty ends.
func TestAllAreBad(t *testing.T) {
	b := newBench(t)
	var sites []plan.Site
	for i := range 200 {
		sites = append(sites, site(fmt.Sprintf("s%d", i), 8001+i))
	}
	b.publish(sites...)
	for i := range sites {
		sites[i].Prefix = plan.PrefixStrip
	}
	before := b.includes()
	b.fake.refuses = func(_, text string) bool {
		return strings.Contains(text, "X-Forwarded-Prefix \"/") || strings.Contains(text, `"set" "X-Forwarded-Prefix"`)
	}
	b.did()
	result := b.publish(sites...)
	if tests := strings.Count(b.did(), "test"); tests > maxTests+20 {
		t.Errorf("%d tests", tests)
	}
	mustEqual(t, withoutGeneration(b.includes()), withoutGeneration(before))
	for id, o := range result.Sites {
		if o.Live || !strings.Contains(o.Problem, "does not accept") {
			t.Errorf("%s: %+v", id, o)
		}
	}
}

// What is refused leaves the form before in place, unless somebody else could
// have its address by now.
func TestRefusedChange(t *testing.T) {
	b := newBench(t)
	b.publish(site("a", 8001), site("b", 8002))
	a, c := site("a", 8001), site("b", 8002)
	a.Prefix, c.Path = plan.PrefixStrip, "/alice_moved"
	other := plan.Site{Owner: "bob", App: "x", Path: "/alice_b", Port: 8010, Prefix: plan.PrefixKeep, Timeout: 1e9}
	wasA := b.includes()["alice_a.conf"]
	b.fake.refuses = func(name, text string) bool {
		return name == "alice_a.conf" && text != wasA || strings.Contains(text, "/alice_moved")
	}
	result := b.publish(a, c, other)
	b.live(result, "bob_x")
	if ours, _ := os.ReadFile(filepath.Join(b.store.Dir, manifestName)); string(ours) != `["alice_a.conf","bob_x.conf"]`+"\n" {
		t.Errorf("ours are %s", ours)
	}
	if b.fake.running["alice_a.conf"] != wasA || b.fake.running["alice_b.conf"] != "" {
		t.Errorf("loaded: %v", b.fake.running)
	}
	b.tidy()
}

func TestOwnConfigurationIsRefused(t *testing.T) {
	b := newBench(t)
	b.fake.refuses = func(name, _ string) bool { return name == "generation.conf" }
	before := b.includes()
	result := b.publish(site("a", 8001))
	if !strings.Contains(result.Waits, "the web server does not accept ecounit's own configuration: AH00526") || !result.Retry {
		t.Errorf("result: %+v", result)
	}
	mustEqual(t, b.includes(), before)
	b.tidy()
}

// The test itself fails in the middle of the search.
func TestSearchIsInterrupted(t *testing.T) {
	for after := range 8 {
		b := newBench(t)
		b.publish(site("a", 8001))
		before := b.includes()
		n := 0
		b.fake.refuses = func(name, _ string) bool {
			if name == "alice_bad.conf" || name == "alice_worse.conf" {
				if n++; n > after {
					b.fake.failures["test"] = errors.New("the bus is gone")
				}
				return true
			}
			return false
		}
		_, err := b.Publish(t.Context(), Wanted{Sites: []plan.Site{site("bad", 8002), site("c", 8003), site("worse", 8004)}})
		if err == nil {
			continue // it was not asked that often
		}
		mustEqual(t, b.includes(), before)
		b.fake.refuses, b.fake.failures = nil, map[string]error{}
		b.live(b.publish(site("c", 8003)), "alice_c")
		b.tidy()
	}
}

func TestFirstUseful(t *testing.T) {
	for output, want := range map[string]string{
		"":                        "it does not say which",
		"AH00526: x:\n  \nreason": "AH00526: x: reason",
		"[core:warn] no name\n\x1b[31mbad\x1b[0m\nmore":                                             "[31mbad [0m",
		"AH00558: Could not reliably determine the server's fully qualified domain name\nthe point": "the point",
		"x:":                     "x:",
		strings.Repeat("é", 400): strings.Repeat("é", 300) + "…",
	} {
		if got := firstUseful(output); got != want {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
}

func FuzzFirstUseful(f *testing.F) {
	f.Add("AH00526: Syntax error on line 1 of /x:\nInvalid command 'Foo'\n")
	f.Add("\xff\u202e\x00:\n:\n")
	f.Fuzz(func(t *testing.T, output string) {
		line := firstUseful(output)
		if line == "" || line != oneLine(line) || strings.ContainsAny(line, "\n\r\x00\x1b\u202e") {
			t.Errorf("%q became %q", output, line)
		}
	})
}
