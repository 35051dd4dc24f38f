package apache

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/plan"
)

var update = flag.Bool("update", false, "write the goldens in testdata")

// goldenVersions are RHEL 8's, the newest of the releases that facts/apache.md
// was measured on and one in between.
var goldenVersions = []string{"2.4.37", "2.4.62", "2.4.71"}

// TestGolden renders each testdata/NAME.json for each release and compares it
// with NAME.RELEASE.conf.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.json")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs in testdata: %v", err)
	}
	for _, input := range inputs {
		site := readSite(t, input)
		for _, version := range goldenVersions {
			golden := strings.TrimSuffix(input, ".json") + "." + version + ".conf"
			t.Run(filepath.Base(golden), func(t *testing.T) {
				got, err := Render(site, mustParse(t, version))
				if err != nil {
					t.Fatal(err)
				}
				readBack(t, got, site)
				if *update {
					if err := os.WriteFile(golden, got.Content, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Content, want) {
					t.Errorf("Render differs from %s; run go test ./apache -update and read the diff\n%s", golden, got.Content)
				}
			})
		}
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	first, err := Render(validSite(), Oldest)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Render(validSite(), Oldest)
		if err != nil || again.Name != first.Name || !bytes.Equal(again.Content, first.Content) {
			t.Fatalf("Render gave another file for the same site (error %v)", err)
		}
	}
}

// Names that would meet if they were joined carelessly.
func TestNamesDoNotMeet(t *testing.T) {
	pairs := [][2]string{{"a_b", "c"}, {"a", "b-c"}, {"a-b", "c"}, {"a_", "b"}, {"a", "b"}, {"a_b_c", "d"}, {"a_b", "c-d"}}
	files, ids := map[string]bool{}, map[string]bool{}
	for _, p := range pairs {
		files[FileName(p[0], p[1])] = true
		ids[identity(plan.Site{Owner: p[0], App: p[1]})] = true
	}
	if len(files) != len(pairs) || len(ids) != len(pairs) {
		t.Errorf("%d pairs gave %d file names and %d identities", len(pairs), len(files), len(ids))
	}
}

func TestSpellings(t *testing.T) {
	if got := spellings("Proxy"); len(got) != 1 || got[0] != "Proxy" {
		t.Errorf(`spellings("Proxy") = %q`, got)
	}
	got := map[fixed]bool{}
	for _, s := range spellings("X-Real-IP") {
		got[s] = true
	}
	for _, want := range []fixed{"X-Real-IP", "X_Real-IP", "X-Real_IP", "X_Real_IP"} {
		if !got[want] {
			t.Errorf(`spellings("X-Real-IP") lacks %q`, want)
		}
	}
}

// validSite is a site that Render accepts, for tests to spoil.
func validSite() plan.Site {
	return plan.Site{
		Owner: "alice", App: "tasks", Path: "/alice_tasks", Socket: "/run/ecounit/1001/tasks.sock",
		Prefix: plan.PrefixKeep, WebSocket: true, Timeout: plan.DefaultTimeout,
	}
}

func readSite(t *testing.T, name string) plan.Site {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		plan.Site
		Timeout string // shadows Site's, which JSON would count in nanoseconds
	}
	d := json.NewDecoder(bytes.NewReader(src))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	in.Site.Timeout, err = time.ParseDuration(in.Timeout)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return in.Site
}

func mustParse(t *testing.T, version string) Version {
	t.Helper()
	v, err := ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
