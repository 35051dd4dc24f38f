package descriptor

import (
	"fmt"
	"testing"

	"ecounit/report"
)

const placesFile = `name = "a"
env_files = ["x",
  "y"]
[web]
wsgi = "app"
[process.worker]
command = ["a",
 "b"]
[env]
"a.b" = "x"
`

func TestEntriesStandAtTheNearestPlace(t *testing.T) {
	d, _ := Parse("f", []byte(placesFile))
	for _, c := range []struct {
		key   string
		place string
		has   bool
	}{
		{"name", "1:8+3", true},
		{"description", "0:0+0", false},
		{"python.conda", "0:0+0", false},
		{"env_files", "2:13+1", true},
		{"env_files[1]", "3:3+3", true},
		{"env_files[2]", "2:13+1", false},
		{"env_files[-1]", "2:13+1", false},
		{"web", "4:2+3", true},
		{"web.path", "4:2+3", false},
		{"web.wsgi", "5:8+5", true},
		{"web.wsgi.x", "5:8+5", false},
		{"process.worker", "6:10+6", true},
		{"process.worker.command[1]", "8:2+3", true},
		{"process.other.command", "6:2+7", false},
		{`env."a.b"`, "10:9+3", true},
		{"env.a.b", "9:2+3", false},
		{"", "0:0+0", true},
		{".", "0:0+0", false},
		{"web.", "4:2+3", true},
		{"[", "0:0+0", false},
	} {
		r := d.Entry(report.Warning, c.key, "m", "h").Range
		if got := fmt.Sprintf("%d:%d+%d", r.Line, r.Column, r.Length); got != c.place || d.Has(c.key) != c.has {
			t.Errorf("%q: %s %v, want %s %v", c.key, got, d.Has(c.key), c.place, c.has)
		}
	}
}

func TestADescriptorThatWasNotParsedHasNoKeys(t *testing.T) {
	d := &Descriptor{Name: "a"}
	if d.Has("name") || d.Entry(report.Error, "name", "m", "").Line != 0 {
		t.Error("keys of no file")
	}
}
