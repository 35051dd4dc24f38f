package policy

import (
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The rules again, from the manual and not from the code.
var (
	originRule = regexp.MustCompile(`\Ahttps?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?\z`)
	labelRule  = regexp.MustCompile(`\A[a-z_][a-z0-9_-]{0,31}\z`)
	pathRule   = regexp.MustCompile(`\A/[a-z0-9][a-z0-9_-]*\z`)
	authRule   = regexp.MustCompile(`\A[a-z][a-z0-9-]{0,31}\z`)
)

func FuzzParse(f *testing.F) {
	for _, folder := range []string{"good", "bad"} {
		inputs, err := filepath.Glob(filepath.Join("testdata", folder, "*.toml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range inputs {
			input, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(input)
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		p, r := Parse(FileName, input)
		for _, e := range r.Entries() {
			for _, c := range strings.ReplaceAll(e.Text(input), "\n", "") {
				if c != '\t' && !unicode.IsGraphic(c) {
					t.Errorf("%U in the text of %+v", c, e)
				}
			}
		}
		if r.HasErrors() {
			if !reflect.ValueOf(p).IsZero() || p.AllowsUser(nil) == nil {
				t.Errorf("a policy of a file with mistakes: %+v", p)
			}
			return
		}
		checkRules(t, p)
	})
}

func checkRules(t *testing.T, p Policy) {
	t.Helper()
	must := func(ok bool, what string, value any) {
		t.Helper()
		if !ok {
			t.Errorf("accepted %s: %#v", what, value)
		}
	}
	must(p.Valid() && p.SitesPerUser <= 1000, "sites_per_user", p.SitesPerUser)
	must(1024 <= p.FirstPort && p.FirstPort <= p.LastPort && p.LastPort <= 65535, "ports", p)
	must(p.ServerLimit >= 2 && p.ServerLimit <= 20000, "server_limit", p.ServerLimit)
	must(p.BodyLimit == 0 || p.BodyLimit >= 1024, "body_limit", p.BodyLimit)
	for _, address := range []string{p.BaseURL, p.Probe} {
		must(address == "" || originRule.MatchString(address), "address", address)
		_, err := url.Parse(address)
		must(err == nil, "address", address)
	}
	probe, err := url.Parse(p.ProbeURL())
	must(err == nil && slices.Contains([]string{"127.0.0.1", "localhost"}, probe.Hostname()), "probe", p.ProbeURL())
	for _, path := range p.Reserved {
		must(pathRule.MatchString(path) && p.AllowsPath("a", path, true) != nil, "reserved", path)
	}
	for _, name := range p.Auth {
		must(authRule.MatchString(name), "auth", name)
	}
	for _, name := range p.Groups {
		must(name != "" && !strings.ContainsFunc(name, unicode.IsControl), "group", name)
	}
	seen := map[string]bool{}
	for account := range p.Names {
		label, ok := p.Label(account)
		must(ok && labelRule.MatchString(label) && !seen[label], "name", account)
		seen[label] = true
	}
	for label := range seen {
		_, mapped := p.Names[label]
		_, ok := p.Label(label)
		must(ok == mapped, "label of somebody else", label)
	}
}

// TestPatternsCompile: they are compiled when they are first used.
func TestPatternsCompile(*testing.T) {
	for _, form := range forms {
		if form.Pattern != nil {
			form.Pattern.Regexp()
		}
	}
	originPattern.Regexp()
	probePattern.Regexp()
	portsPattern.Regexp()
}
