package apache

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"ecounit/plan"
)

func TestLacking(t *testing.T) {
	now := Version{Major: 2, Minor: 4, Patch: 62}
	all := []string{"alias", "headers", "proxy", "proxy_http", "setenvif"}
	for _, test := range []struct {
		site   plan.Site
		server Version
		loaded []string
		want   []string
	}{
		{plan.Site{}, now, all, nil},
		{plan.Site{}, now, all[:3], []string{"proxy_http", "setenvif"}},
		{plan.Site{}, Oldest, all, nil},
		{plan.Site{WebSocket: true}, now, all, nil},
		{plan.Site{WebSocket: true}, Oldest, all, []string{"lbmethod_byrequests", "proxy_balancer", "proxy_wstunnel", "rewrite", "slotmem_shm"}},
		{plan.Site{Auth: plan.AuthBasic}, now, all, []string{"auth_basic", "authn_core", "authn_file", "authz_user", "rewrite"}},
	} {
		if got := Lacking(test.site, test.server, test.loaded); !slices.Equal(got, test.want) {
			t.Errorf("%+v with %v lacks %v", test.site, test.loaded, got)
		}
	}
}

// Every directive of an include that is not of httpd's core has its module.
func TestEveryDirectiveHasItsModule(t *testing.T) {
	core := regexp.MustCompile(`^(<If|<Location|ErrorDocument|Options|LimitRequestBody|Require|<RequireAll|AuthMerging|Include)$`)
	needed := map[string]bool{}
	for _, m := range Modules {
		needed[m.Name] = true
	}
	files, _ := filepath.Glob("testdata/*.conf")
	if len(files) == 0 {
		t.Fatal("no includes")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^ *(<?[A-Z][A-Za-z]+)`).FindAllSubmatch(text, -1) {
			if d := string(m[1]); !core.MatchString(d) && !needed[ModuleOf(d)] {
				t.Errorf("%s: %s is of the module %q", file, d, ModuleOf(d))
			}
		}
	}
	if got := ModuleOf("NoSuchDirective"); got != "" {
		t.Error(got)
	}
}
