package plan

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unescaped and parentSlice are systemd's rules (systemd.slice(5),
// systemd.unit(5)).
func unescaped(name string) string { return strings.ReplaceAll(name, `\x2d`, "-") }

func parentSlice(slice string) string {
	name := strings.TrimSuffix(slice, ".slice")
	if i := strings.LastIndex(name, "-"); i >= 0 {
		return name[:i] + ".slice"
	}
	return "-.slice"
}

var appNames = []string{"a", "tasks", "flask-tasks", "a-b-c", "a--b", "a-", "0-9", "x2d", "app", "abcdefghijklmnopqrstuvwxyz-01234"}

func TestEveryAppHasOneSliceBelowApp(t *testing.T) {
	seen := map[string]bool{}
	for _, app := range appNames {
		slice := SliceOf(app)
		if got := parentSlice(slice); got != "app.slice" {
			t.Errorf("%s lies in %s", slice, got)
		}
		if got := unescaped(strings.TrimSuffix(strings.TrimPrefix(slice, "app-"), ".slice")); got != app {
			t.Errorf("%s is the slice of %s", slice, got)
		}
		if seen[slice] {
			t.Errorf("%s belongs to two apps", slice)
		}
		seen[slice] = true
	}
}

func TestSliceOfEscapesAsSystemdDoes(t *testing.T) {
	if _, err := exec.LookPath("systemd-escape"); err != nil {
		t.Skip("there is no systemd-escape here")
	}
	out, err := exec.Command("systemd-escape", append([]string{"--"}, appNames...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, escaped := range strings.Fields(string(out)) {
		if want, got := "app-"+escaped+".slice", SliceOf(appNames[i]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestUnitNames(t *testing.T) {
	p := built(t, wsgi+"[process]\nworker={command='w', instances=3}\nclock={command='c', instances=1}\nweb2={command='x'}")
	files, units := map[string]string{}, map[string][]string{}
	for _, s := range p.Services {
		files[s.Process], units[s.Process] = p.UnitFile(s), p.Units(s)
	}
	if diff := cmp.Diff(map[string]string{
		"web": "tasks.service", "worker": "tasks-worker@.service", "clock": "tasks-clock.service", "web2": "tasks-web2.service",
	}, files); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string][]string{
		"web": {"tasks.service"}, "clock": {"tasks-clock.service"}, "web2": {"tasks-web2.service"},
		"worker": {"tasks-worker@1.service", "tasks-worker@2.service", "tasks-worker@3.service"},
	}, units); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"tasks.service", "tasks-clock.service", "tasks-web2.service", "tasks-worker@1.service", "tasks-worker@2.service", "tasks-worker@3.service",
	}, p.AllServices()); diff != "" {
		t.Error(diff)
	}
	for got, want := range map[string]string{p.Target(): "tasks.target", p.Slice(): "app-tasks.slice", p.Socket(): "tasks.socket"} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestOnlyActivatedAppsHaveASocketUnit(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"wsgi":                     {wsgi, "tasks.socket"},
		"asgi on a port":           {"name='tasks'\nweb={asgi='a', listen=8000}", "tasks.socket"},
		"a command with ${FD}":     {"name='tasks'\nweb.command='a ${FD}'", "tasks.socket"},
		"a command with ${SOCKET}": {"name='tasks'\nweb.command='a ${SOCKET}'", ""},
		"a command with ${PORT}":   {"name='tasks'\nweb.command='a ${PORT}'", ""},
		"no web":                   {"name='tasks'\nprocess.a.command='a'", ""},
	} {
		if got := built(t, c.text).Socket(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestUnitNamesOfOneAppDiffer: a process cannot take the unit of another part.
func TestUnitNamesOfOneAppDiffer(t *testing.T) {
	p := built(t, wsgi+"[process]\na={command='a'}\na-1={command='a', instances=2}\na-2={command='a'}\n1={command='a', instances=2}")
	seen := map[string]bool{p.Target(): true, p.Socket(): true, p.Slice(): true}
	for _, unit := range p.AllServices() {
		if seen[unit] {
			t.Errorf("%s twice", unit)
		}
		seen[unit] = true
	}
}
