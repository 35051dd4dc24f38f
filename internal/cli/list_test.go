package cli

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/internal/terminal"
)

func TestListOfBrokenApps(t *testing.T) {
	h, _ := testHome(t)
	target := func(app string) {
		write(t, filepath.Join(h.places.UnitDir(), app+".target"), "# ecounit: app="+app+" sha256=0\n[Unit]\nWants="+app+".service\n")
	}
	enabled(t, h, "deleted", "")
	target("deleted")
	enabled(t, h, "nounits", "name = \"nounits\"\n")
	target("nolink")
	enabled(t, h, "sound", "name = \"sound\"\n")
	target("sound")
	write(t, filepath.Join(h.places.StateDir("halfway"), "unfinished.json"), "{}")
	write(t, filepath.Join(h.places.UnitDir(), "other.service"), "[Service]\n")
	apps, err := h.listAll(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range apps {
		got[a.Name] = strings.ReplaceAll(a.Problem, h.places.Home, "HOME")
		if a.State != "inactive" {
			t.Errorf("%s is %s", a.Name, a.State)
		}
	}
	want := map[string]string{
		"deleted": "cannot read HOME/deleted/ecounit.toml: no such file or directory",
		"nounits": "its units are gone",
		"nolink":  "the link to its descriptor is gone",
		"halfway": "its units are gone",
		"sound":   "",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestListText(t *testing.T) {
	var out bytes.Buffer
	c := &command{Streams: terminal.Streams{Out: &out}}
	long := time.Now().Add(-50 * time.Hour)
	c.printList([]listed{
		{Name: "a", State: "active", Since: &long, Processes: 3, Memory: new(uint64(60 << 20)), Path: "/alice_a"},
		{Name: "much-longer-name", State: "inactive"},
	})
	const want = `  NAME              STATE     UP      PROCESSES  MEMORY  PATH
* a                 active    2 days  3          60M     /alice_a
* much-longer-name  inactive  -       0          -
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	c.printList([]listed{{Name: hostile, State: "active", Path: hostile}})
	clean(t, out.String())
}
