package apache

import (
	"slices"
	"strings"

	"ecounit/plan"
)

// Lacking are the modules that the include of a site for the given release needs
// and that are not among those loaded.
func Lacking(site plan.Site, server Version, loaded []string) (lacking []string) {
	for _, m := range Modules {
		if m.NeededFor(site, server) && !slices.Contains(loaded, m.Name) && !slices.Contains(lacking, m.Name) {
			lacking = append(lacking, m.Name)
		}
	}
	return lacking
}

// moduleWords is what directives begin with, longer words first.
var moduleWords = []struct{ word, module string }{
	{"AuthBasic", "auth_basic"},
	{"AuthUserFile", "authn_file"},
	{"Auth", "authn_core"},
	{"BalancerMember", "proxy"},
	{"Header", "headers"},
	{"Proxy", "proxy"},
	{"Redirect", "alias"},
	{"RequestHeader", "headers"},
	{"Rewrite", "rewrite"},
	{"SetEnvIf", "setenvif"},
}

// ModuleOf is the module of a directive that an include has, or "".
func ModuleOf(directive string) string {
	for _, d := range moduleWords {
		if strings.HasPrefix(strings.TrimPrefix(directive, "<"), d.word) {
			return d.module
		}
	}
	return ""
}
