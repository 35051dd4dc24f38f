//go:build machine

package frameworks_trixie_tmp

import (
	"strings"
	"testing"

	"ecounit/test/scene"
)

// app is a folder as somebody has it.
type app struct {
	name  string
	files map[string]string
	make  string   // what is done in the folder before
	says  []string // init
	has   []string // the descriptor
	visit func(v *visitor, u *scene.User, path string)
}

var apps = []app{flask, django, fastAPI, starlette, quart, express, expressWithPath, shiny, jupyter, pages}

// TestAppsWorkBelowTheirPath: "ecounit init" and "ecounit enable", and then
// visitors come.
func TestAppsWorkBelowTheirPath(t *testing.T) {
	h := newHost(t)
	alice := h.User("alice")
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			alice := alice.In(t)
			if a.make != "" {
				alice.Sh("mkdir ~/" + a.name + " && cd ~/" + a.name + " && " + a.make)
			}
			for file, content := range a.files {
				alice.Write(a.name+"/"+file, content)
			}
			said := alice.OK("init", a.name)
			alice.Host.Contains(said, a.says...)
			alice.Host.Contains(alice.Sh("cat ~/"+a.name+"/ecounit.toml"), a.has...)
			if said := alice.OK("enable", "./"+a.name); !strings.Contains(said, site+"/alice_"+a.name+"/") {
				t.Fatalf("not published:\n%s", said)
			}
			path := "/alice_" + a.name
			v := newVisitor(t, alice.Host)
			v.get(path).is(308).leads(path + "/")
			a.visit(v, alice, path)
			alice.OK("disable", a.name)
		})
	}
}
