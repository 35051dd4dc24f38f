package man

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ecounit/host/policy"
	"ecounit/tomlfile"
)

const policyPage = "ecounit-host.toml.5"

func TestPolicyExamples(t *testing.T) {
	examples := literals(t, policyPage)
	if len(examples) < 3 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	for _, example := range examples {
		_, mistakes := policy.Parse(policyPage, []byte(example))
		for _, e := range mistakes.Entries() {
			t.Errorf("%s\n%s", example, e.Text([]byte(example)))
		}
	}
}

// policyKeys maps each key of the policy to the forms of its value.
func policyKeys(prefix string, of reflect.Type) map[string][]tomlfile.Form {
	keys := map[string][]tomlfile.Form{}
	for field := range of.Fields() {
		at := prefix + field.Tag.Get("toml")
		forms := append(policy.FormsOf(at), tomlfile.FormsOfType(field.Type)...)
		if field.Type.Kind() != reflect.Struct || len(forms) > 0 {
			keys[at] = forms
			continue
		}
		for key, forms := range policyKeys(at+".", field.Type) {
			keys[key] = forms
		}
	}
	return keys
}

// policyDefaults are the defaults as the page has to say them; those that are
// missing are none.
func policyDefaults() map[string]string {
	p := policy.Default()
	return map[string]string{
		"approval":            map[bool]string{false: "auto", true: "ask"}[p.Ask],
		"sites_per_user":      fmt.Sprint(p.SitesPerUser),
		"transport":           map[bool]string{false: "socket", true: "port"}[p.PortsOnly],
		"ports":               fmt.Sprintf("%d-%d", p.FirstPort, p.LastPort),
		"auth":                strings.Join(p.Auth, " "),
		"https_only":          fmt.Sprint(p.HTTPSOnly),
		"apache.probe":        "127.0.0.1",
		"apache.server_limit": fmt.Sprint(p.ServerLimit),

		"database.postgres":    fmt.Sprint(p.Databases.Allowed),
		"database.per_user":    fmt.Sprint(p.Databases.PerUser),
		"database.connections": fmt.Sprint(p.Databases.Connections),
		"database.warn_size":   fmt.Sprintf("%dG", p.Databases.WarnSize>>30),
	}
}

func TestEveryKeyOfThePolicy(t *testing.T) {
	got, defaults := explained(t, policyPage), policyDefaults()
	for key, forms := range policyKeys("", reflect.TypeFor[policy.File]()) {
		text, ok := got[key]
		delete(got, key)
		if !ok {
			t.Errorf("%s does not explain %s", policyPage, key)
			continue
		}
		facts := []string{"Default: " + cmp.Or(defaults[key], "none")}
		for _, form := range forms {
			for _, word := range form.Words {
				facts = append(facts, strconv.Quote(word))
			}
			if form.Type == "integer" && form.Max > 0 {
				facts = append(facts, fmt.Sprint(form.Min), fmt.Sprint(form.Max))
			}
		}
		for _, fact := range facts {
			if !regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(fact) + `(\W|$)`).MatchString(text) {
				t.Errorf("%s: %s: %q is missing", policyPage, key, fact)
			}
		}
	}
	for key := range got {
		t.Errorf("%s explains %s, which is not there", policyPage, key)
	}
}
