package hostd

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ecounit/host"
)

const manual = "../../man/ecounit-hostd.8"

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var methodItem = regexp.MustCompile(`(?m)^\.It Fn (\w+) (\S+)(?: No \\\(-> (\S+))?$`)

func TestManualHasEveryMethod(t *testing.T) {
	var got, want, called []string
	for _, m := range methodItem.FindAllStringSubmatch(readFile(t, manual), -1) {
		got = append(got, m[1]+" "+strings.Trim(m[2], `"`)+" "+m[3])
	}
	for _, m := range methods {
		want = append(want, m.Name+" "+m.In+" "+m.Out)
		called = append(called, m.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the manual has %q, the service %q", got, want)
	}
	var client []string
	for m := range reflect.TypeFor[*host.Client]().Methods() {
		if m.Name != "Close" {
			client = append(client, m.Name)
		}
	}
	slices.Sort(called)
	if slices.Sort(client); !slices.Equal(client, called) {
		t.Errorf("the client has %q, the service %q", client, called)
	}
}

func TestManualHasEveryUnit(t *testing.T) {
	text := readFile(t, manual)
	units, err := filepath.Glob("../../packaging/systemd/*")
	if err != nil || len(units) < 9 {
		t.Fatal(units, err)
	}
	for _, unit := range units {
		// ecounit-sockets@UID.service
		name, suffix, _ := strings.Cut(filepath.Base(unit), "@")
		if !regexp.MustCompile(regexp.QuoteMeta(name) + `(@\w*` + regexp.QuoteMeta(suffix) + `)?\b`).MatchString(text) {
			t.Errorf("the manual does not have %s", filepath.Base(unit))
		}
	}
}
