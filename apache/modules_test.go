package apache

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ecounit/plan"
)

func moduleNames(needed func(Module) bool) string {
	names := map[string]bool{}
	for _, m := range Modules {
		if needed(m) {
			names[m.Name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

const (
	always      = "alias headers proxy proxy_http setenvif"
	withBalance = "alias headers lbmethod_byrequests proxy proxy_balancer proxy_http proxy_wstunnel rewrite setenvif slotmem_shm"
)

func TestModulesByVersion(t *testing.T) {
	for version, want := range map[Version]string{{2, 4, 46}: withBalance, {2, 4, 47}: always} {
		if got := moduleNames(func(m Module) bool { return m.NeededOn(version) }); got != want {
			t.Errorf("%s needs %s, want %s", version, got, want)
		}
	}
}

func TestModulesBySite(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*plan.Site)
		want   string
	}{
		"nothing":    {func(*plan.Site) {}, always},
		"https only": {func(s *plan.Site) { s.HTTPSOnly, s.BodyLimit = true, 1 }, always},
		"addresses":  {func(s *plan.Site) { s.AllowFrom = networks("10.0.0.0/8") }, "alias authz_host headers proxy proxy_http rewrite setenvif"},
		"passwords": {
			func(s *plan.Site) { s.Auth = plan.AuthBasic },
			"alias auth_basic authn_core authn_file authz_user headers proxy proxy_http rewrite setenvif",
		},
		"a snippet": {func(s *plan.Site) { s.Auth = "shib" }, "alias authn_core authz_user headers proxy proxy_http rewrite setenvif"},
	} {
		s := validSite()
		c.change(&s)
		if got := moduleNames(func(m Module) bool { return m.NeededFor(s, Version{2, 4, 62}) }); got != c.want {
			t.Errorf("%s needs %s, want %s", name, got, c.want)
		}
	}
}
