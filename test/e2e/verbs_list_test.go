//go:build machine

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// listedApps is how many apps alice has; the first portsOfUser of them get
// their ports by themselves.
const (
	listedApps  = 30
	portsOfUser = 20
)

// appNumber makes an app that can be broken: it ends with status 7 when there
// is a file "broken" in its folder.
func (u *user) appNumber(i int, more ...string) string {
	name := fmt.Sprintf("app%02d", i)
	toml := []string{"[web]", `command = ["sh", "-c", "test ! -e broken && exec python3 -m http.server --bind 127.0.0.1 $PORT; echo it is broken; exit 7"]`}
	if i >= portsOfUser {
		toml = append(toml, fmt.Sprintf("listen = %d", 9000+i))
	}
	u.descriptor("/home/"+u.name+"/"+name, fmt.Sprintf("name = %q", name), append(toml, more...)...)
	return name
}

func TestListAndStatusOfManyApps(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	if said := alice.OK("list"); !strings.Contains(said, "you have no apps yet") {
		t.Error(said)
	}
	want := map[string]string{}
	for i := range listedApps {
		var more []string
		if i%10 == 4 {
			more = []string{"[restart]", `policy = "never"`}
		}
		want[alice.appNumber(i, more...)] = "active"
	}
	alice.Sh("for app in app*; do ecounit enable ./$app || exit 1; done")
	t.Run("no_port_left", func(t *testing.T) { listNoPortLeft(alice.in(t)) })
	for i := range listedApps {
		name := fmt.Sprintf("app%02d", i)
		switch i % 10 {
		case 3:
			want[name] = "inactive"
			alice.OK("stop", name)
		case 4, 5:
			if want[name] = "failed"; i%10 == 5 {
				want[name] = "activating"
			}
			alice.Sh("touch " + name + "/broken && kill $(systemctl --user show -p MainPID --value " + name + ".service)")
			alice.Sh("systemctl --user restart " + name + ".service || true")
		}
	}
	t.Run("list", func(t *testing.T) { alice.in(t).lists(want) })
	for name, test := range map[string]func(*user){
		"active": statusActive, "stopped": statusStopped, "failed": statusFailed, "crash_loop": statusCrashLoop, "fields": statusFields,
	} {
		t.Run(name, func(t *testing.T) { test(alice.in(t)) })
	}
	t.Run("manager_down", func(t *testing.T) { statusManagerDown(alice.in(t)) })
}

func listNoPortLeft(alice *user) {
	alice.descriptor("/home/alice/more", `name = "more"`, "[web]", `command = "python3 -m http.server --bind 127.0.0.1 ${PORT}"`)
	alice.Fails(1, []string{"enable", "./more"}, "all 20 ports of your range, 30000 to 30019, are in use", "write listen = PORT")
	alice.descriptor("/home/alice/more", `name = "more"`, "[web]", `command = "python3 -m http.server --bind 127.0.0.1 ${PORT}"`, "listen = 9020")
	alice.Fails(1, []string{"enable", "./more"}, "port 9020 is held by the app app20")
}

// lists expects the states in both forms of list; a crash loop is seen in
// different moments.
func (u *user) lists(want map[string]string) {
	h := u.host
	var list struct {
		Version int
		Apps    []struct {
			Name, State, Path, Descriptor string
			Since                         *time.Time
			Processes                     int
		}
	}
	r := u.Run("list", "--json")
	h.Must(json.Unmarshal([]byte(r.Stdout), &list))
	if r.Code != 0 || r.Stderr != "" || list.Version != 1 || len(list.Apps) != len(want) {
		h.t.Fatalf("exit %d %s: version %d, %d apps", r.Code, r.Stderr, list.Version, len(list.Apps))
	}
	table := strings.Split(strings.TrimSpace(u.OK("list")), "\n")
	if len(table) != len(want)+1 || strings.Join(strings.Fields(table[0]), " ") != "NAME STATE UP PROCESSES MEMORY PATH" {
		h.t.Fatalf("%d lines: %q", len(table), table[0])
	}
	for i, name := range slices.Sorted(maps.Keys(want)) {
		a, state := list.Apps[i], want[name]
		if a.Name != name || a.State != state || a.Path != "/alice_"+name || a.Descriptor != "/home/alice/"+name+"/ecounit.toml" {
			h.t.Errorf("%s is %+v, want %s", name, a, state)
		}
		if up := a.Since != nil && time.Since(*a.Since) < 5*time.Minute; state == "active" && (!up || a.Processes != 1) || state != "active" && a.Processes > 1 {
			h.t.Errorf("%s runs %d processes since %v", name, a.Processes, a.Since)
		}
		if fields := strings.Fields(table[i+1]); fields[1] != name || fields[2] != state || fields[len(fields)-1] != "/alice_"+name {
			h.t.Errorf("%s is %q in the table, want %s", name, fields, state)
		}
	}
	if r := u.Run("status"); r.Code != 0 || strings.Count(r.Stdout, "\n") != len(table) {
		h.t.Errorf("status where there is no app: exit %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}
