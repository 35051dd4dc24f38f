package templates

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/host/policy"
)

func hostPolicy(t *testing.T, baseURL string) string {
	t.Helper()
	text, err := HostPolicy(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parsePolicy(t *testing.T, text string) policy.Policy {
	t.Helper()
	p, r := policy.Parse(policy.FileName, []byte(text))
	for _, e := range r.Entries() {
		t.Error(e.Text([]byte(text)))
	}
	return p
}

func TestHostPolicySetsTheBaseURLAlone(t *testing.T) {
	for _, baseURL := range []string{"", "https://eco.example.ac.uk", "http://[::1]:8080"} {
		want := policy.Default()
		want.BaseURL = baseURL
		if diff := cmp.Diff(want, parsePolicy(t, hostPolicy(t, baseURL))); diff != "" {
			t.Errorf("%q: %s", baseURL, diff)
		}
	}
}

var commentedKey = regexp.MustCompile(`(?m)^# ([a-z_]+|"[^"]*") = `)

// TestHostPolicyShowsTheDefaults: with every # before a key gone it means the
// same, but for the two keys where the default cannot be written.
func TestHostPolicyShowsTheDefaults(t *testing.T) {
	text := hostPolicy(t, "")
	want := policy.Default()
	want.BaseURL = "https://www.example.org"
	want.BodyLimit = 100 << 20
	want.Names = map[string]string{"Anna.Smith@uni": "anna"}
	uncommented := commentedKey.ReplaceAllString(text, "$1 = ")
	if diff := cmp.Diff(want, parsePolicy(t, uncommented), sameKeys...); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(text) {
		if len(line) > 81 || strings.HasSuffix(line, " \n") {
			t.Errorf("too long, or with blanks at the end: %q", line)
		}
	}
}

func TestHostPolicyHasEveryKey(t *testing.T) {
	tables, table := map[string][]string{}, ""
	for line := range strings.Lines(hostPolicy(t, "")) {
		if name, ok := strings.CutPrefix(line, "["); ok {
			table, _, _ = strings.Cut(name, "]")
			tables[""] = append(tables[""], table)
		} else if m := commentedKey.FindStringSubmatch(line); m != nil {
			tables[table] = append(tables[table], m[1])
		}
	}
	keys := func(of reflect.Type) (keys []string) {
		for field := range of.Fields() {
			keys = append(keys, field.Tag.Get("toml"))
		}
		return keys
	}
	for table, of := range map[string]reflect.Type{"": reflect.TypeFor[policy.File](), "apache": reflect.TypeFor[policy.Apache]()} {
		if diff := cmp.Diff(keys(of), tables[table]); diff != "" {
			t.Errorf("[%s], in the order of the type: %s", table, diff)
		}
	}
}

func TestHostPolicyRefusesWhatTOMLCannotHold(t *testing.T) {
	if text, err := HostPolicy("\xff"); err == nil {
		t.Errorf("no error, but\n%s", text)
	}
	hostile := hostPolicy(t, "https://x\"\napproval = \"auto\"\n# \\")
	if p, r := policy.Parse(policy.FileName, []byte(hostile)); !r.HasErrors() || p.Valid() {
		t.Errorf("an address with a line break is accepted:\n%s", hostile)
	}
}
