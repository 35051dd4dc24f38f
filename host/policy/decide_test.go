package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ecounit/plan"
)

// parsed is the policy of a file without mistakes.
func parsed(t *testing.T, text string) Policy {
	t.Helper()
	p, r := Parse(FileName, []byte(text))
	if len(r.Entries()) > 0 {
		t.Fatal(textOf(r, []byte(text)))
	}
	return p
}

// said is an error with its hint.
func said(err error) string {
	if err == nil {
		return ""
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return "no *Refusal: " + err.Error()
	}
	return refusal.Error() + " | " + refusal.Hint()
}

const mistakes = "cannot publish anything on this host: there is a mistake in /etc/ecounit/host.toml | " +
	"ask your administrator to run: ecounit host check"

func TestABrokenPolicyAllowsNothing(t *testing.T) {
	p, _ := Parse(FileName, []byte("sites_per_user = 1O"))
	for what, err := range map[string]error{
		"a user": p.AllowsUser(nil), "a path": p.AllowsPath("anna", "/anna_x", false),
		"a granted path": p.AllowsPath("anna", "/wiki", true), "a login": p.AllowsAuth("basic"),
	} {
		if got := said(err); got != mistakes {
			t.Errorf("%s: %s", what, got)
		}
	}
	if label, ok := p.Label("anna"); ok || label != "" {
		t.Error("a label")
	}
	if p.Valid() || p.AllowsPort(0) || p.AllowsPort(10000) || p.SitesPerUser != 0 {
		t.Error("a port, or a site")
	}
}

func TestWhoMayPublish(t *testing.T) {
	one, two := parsed(t, `groups = ["staff"]`), parsed(t, `groups = ["staff", "domain users"]`)
	for _, c := range []struct {
		policy Policy
		groups []string
		want   string
	}{
		{Default(), nil, ""},
		{Default(), []string{"users"}, ""},
		{one, []string{"users", "staff"}, ""},
		{two, []string{"domain users"}, ""},
		{one, nil, `cannot publish: on this host only the group "staff" may | ask your administrator to add you to it`},
		{one, []string{"Staff", "staff2", ""}, `cannot publish: on this host only the group "staff" may | ask your administrator to add you to it`},
		{two, []string{"users"}, `cannot publish: on this host only the groups "staff" and "domain users" may | ask your administrator to add you to one of them`},
	} {
		if got := said(c.policy.AllowsUser(c.groups)); got != c.want {
			t.Errorf("%q: %s\nwant %s", c.groups, got, c.want)
		}
	}
}

func TestLabels(t *testing.T) {
	p := parsed(t, "[names]\n\"Anna.Smith@uni\" = \"anna\"\nbob = \"rob\"\n\"dora\" = \"dora\"\nrob = \"bob\"")
	for account, want := range map[string]string{
		"alice": "alice", "_www": "_www", "a-b_c": "a-b_c", strings.Repeat("a", 32): strings.Repeat("a", 32),
		"Anna.Smith@uni": "anna", "bob": "rob", "rob": "bob", "dora": "dora",
		"anna": "", // is Anna Smith's
		"":     "", "Alice": "", "alice.x": "", "alice@uni": "", "1alice": "", "-a": "", "älice": "", "a/b": "", "a\n": "", "anna.smith@uni": "",
		strings.Repeat("a", 33): "",
	} {
		if got, ok := p.Label(account); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", account, got, ok, want)
		}
	}
}

func TestPaths(t *testing.T) {
	const (
		shape = `: it is not one segment of a-z, 0-9, _ and - | choose a path that begins with /anna_`
		other = `: it is not one of your own paths | choose a path that begins with /anna_, or ask your administrator for this one: ecounit host grant`
	)
	p := parsed(t, `reserved = ["/wiki", "/anna_no"]`)
	for _, c := range []struct {
		label, path string
		granted     bool
		want        string // "" means that it is allowed
	}{
		{"anna", "/anna_tasks", false, ""},
		{"anna", "/anna_tasks-2", false, ""},
		{"anna", "/anna_-", false, ""},
		{"an_na", "/an_na_x", false, ""},
		{"a_", "/a__x", false, ""},
		{"anna", "/blog", true, ""},
		{"anna", "/anna_my_tasks", true, ""},
		{"anna", "/anna_my_tasks", false, "cannot publish at /anna_my_tasks: what follows /anna_ can have no other _ | write /anna_my-tasks"},
		{"anna", "/blog", false, "cannot publish at /blog" + other},
		{"anna", "/anna", false, "cannot publish at /anna" + other},
		{"anna", "/anna_", false, "cannot publish at /anna_" + other},
		{"anna", "/annax_y", false, "cannot publish at /annax_y" + other},
		{"anna", "/bob_x", false, "cannot publish at /bob_x" + other},
		{"anna", "/wiki", true, "cannot publish at /wiki: on this host nobody can have it | choose a path that begins with /anna_"},
		{"anna", "/anna_no", false, "cannot publish at /anna_no: on this host nobody can have it | choose a path that begins with /anna_"},
		{"anna", "/server-status", true, "cannot publish at /server-status: the web server itself uses it | choose a path that begins with /anna_"},
		{"anna", "", true, `cannot publish at ""` + shape},
		{"anna", "/", true, `cannot publish at "/"` + shape},
		{"anna", "anna_x", true, `cannot publish at "anna_x"` + shape},
		{"anna", "/anna_x/", true, `cannot publish at "/anna_x/"` + shape},
		{"anna", "/anna_x/admin", true, `cannot publish at "/anna_x/admin"` + shape},
		{"anna", "/Anna_x", true, `cannot publish at "/Anna_x"` + shape},
		{"anna", "/.well-known", true, `cannot publish at "/.well-known"` + shape},
		{"anna", "/anna_x\n", true, `cannot publish at "/anna_x\n"` + shape},
		{"anna", "/anna_" + strings.Repeat("x", 60), false, `cannot publish at "/anna_` + strings.Repeat("x", 60) + `"` + shape},
		{"_www", "/www_x", false, "cannot publish at /www_x: it is not one of your own paths | ask your administrator for a path: ecounit host grant"},
		{"_www", "/site", true, ""},
		{"", "/x", false, "cannot publish at /x: it is not one of your own paths | ask your administrator for a path: ecounit host grant"},
	} {
		if got := said(p.AllowsPath(c.label, c.path, c.granted)); got != c.want {
			t.Errorf("%s at %s: %s\nwant %s", c.label, c.path, got, c.want)
		}
	}
	for _, path := range plan.ReservedPaths {
		if p.AllowsPath("anna", path, true) == nil {
			t.Errorf("%s is allowed", path)
		}
	}
}

// TestNoTwoUsersOwnOnePath tries all short labels and paths of two letters, -
// and _.
func TestNoTwoUsersOwnOnePath(t *testing.T) {
	words := []string{""}
	for start, length := 0, 1; length <= 5; length++ {
		end := len(words)
		for _, word := range words[start:end] {
			for _, c := range "ab_-" {
				words = append(words, word+string(c))
			}
		}
		start = end
	}
	p := Default()
	owned := 0
	for _, path := range words {
		var owners []string
		for _, label := range words {
			if len(label) < len(path) && p.AllowsPath(label, "/"+path, false) == nil {
				owners = append(owners, label)
			}
		}
		owned += len(owners)
		if len(owners) > 1 {
			t.Errorf("/%s is of %q", path, owners)
		}
	}
	if owned < 50 {
		t.Errorf("only %d paths have an owner", owned)
	}
}

// TestAllowedPathsAndLabelsAreValid: package plan has the same rules.
func TestAllowedPathsAndLabelsAreValid(t *testing.T) {
	for _, label := range []string{"a", "_a", "a-b_c", "1a", "-a", "A", "a.b", "", strings.Repeat("a", 32), strings.Repeat("a", 33)} {
		for _, path := range []string{"/a", "/1", "/_a", "/-a", "/a_b-c", "/A", "/a/b", "/", "", "/a.b", "/" + strings.Repeat("a", 64), "/" + strings.Repeat("a", 65)} {
			site := plan.Site{Owner: label, App: "x", Path: path, Port: 10000, Prefix: plan.PrefixKeep, Timeout: plan.DefaultTimeout}
			_, labelled := Default().Label(label)
			if ours := labelled && Default().AllowsPath(label, path, true) == nil; ours != (site.Validate() == nil) {
				t.Errorf("%q at %q: allowed %v, %v", label, path, ours, site.Validate())
			}
		}
	}
}

func TestPorts(t *testing.T) {
	p := parsed(t, `ports = "8000-8001"`)
	for _, n := range []int{-1, 0, 7999, 8000, 8001, 8002, 10000, 73536} {
		if want := slices.Contains([]int{8000, 8001}, n); p.AllowsPort(n) != want {
			t.Errorf("%d: %v, want %v", n, !want, want)
		}
	}
}

func TestLogins(t *testing.T) {
	for _, c := range []struct{ allowed, name, want string }{
		{`["basic"]`, "basic", ""},
		{`["basic", "campus"]`, "campus", ""},
		{`["basic"]`, "campus", `cannot use the login "campus": this host offers "basic" | write one of them, or ask your administrator to allow it`},
		{`["campus", "ldap", "x"]`, "basic", `cannot use the login "basic": this host offers "campus", "ldap" and "x" | write one of them, or ask your administrator to allow it`},
		{`["basic"]`, "", `cannot use the login "": this host offers "basic" | write one of them, or ask your administrator to allow it`},
		{`[]`, "basic", `cannot use the login "basic": this host offers none | leave out auth, or ask your administrator to allow it`},
	} {
		if got := said(parsed(t, "auth = "+c.allowed).AllowsAuth(c.name)); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}
