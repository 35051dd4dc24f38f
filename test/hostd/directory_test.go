//go:build machine

package hostd

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	contract "ecounit/host"
	"ecounit/test/machine"
)

// campus are the users of a directory service. No file of the host has them.
const campus = `camilla:x:70001:70001:Camilla:/home/camilla:/bin/bash
Bob.Smith@campus:x:70002:70002:Bob:/home/bob:/bin/bash
UNI\eve:x:70003:70003:Eve:/home/eve:/bin/bash
`

// TestDirectoryService: users whom only the C library finds are like all others.
func TestDirectoryService(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bullseye, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			h.joinCampus()
			t.Run("publish", func(t *testing.T) { campusPublishes(h.in(t)) })
			t.Run("down", func(t *testing.T) { campusIsDown(h.in(t)) })
		})
	}
}

func (h host) joinCampus() {
	h.Helper()
	module := filepath.Join(h.TempDir(), "libnss_campus.so.2")
	if out, err := exec.CommandContext(h.T.Context(), "gcc", "-shared", "-fPIC", "-O2", "-Wall", "-o", module, "testdata/campus.c").CombinedOutput(); err != nil {
		h.Fatalf("%v\n%s", err, out)
	}
	if err := h.CopyIn(h.T.Context(), module, "/usr/lib/libnss_campus.so.2", "root", 0o644); err != nil {
		h.Fatal(err)
	}
	h.write("/etc/campus", campus)
	h.root("sed -i 's/^passwd:.*/passwd: files campus/' /etc/nsswitch.conf; ldconfig; getent passwd camilla")
	if err := h.Reboot(h.T.Context()); err != nil { // the bus looks users up, too
		h.Fatal(err)
	}
}

// callAs has a user call whom the machine's own files do not have.
func (h host) callAs(uid int, c called) called {
	h.Helper()
	return h.callBy("root", c, "setpriv", fmt.Sprintf("--reuid=%d", uid), fmt.Sprintf("--regid=%d", uid), "--clear-groups")
}

func campusPublishes(h host) {
	const camilla, bob, eve = 70001, 70002, 70003
	dir := h.callAs(camilla, called{Method: "Prepare"}).Dir
	if got := h.root("stat -c '%u:%G %a' " + contract.SocketDir(camilla)); dir == "" || got != "70001:www-data 2750" {
		h.Errorf("%s is %s", dir, got)
	}
	if c := h.callAs(camilla, called{Method: "Publish", Request: request("camilla", "tasks")}); !c.Answer.Live {
		h.Fatalf("got %+v", c)
	}
	h.expect("/camilla_tasks/", http.StatusServiceUnavailable, "not running right now")

	c := h.callAs(bob, called{Method: "Publish", Request: request("bob", "tasks")})
	if c.Kind != contract.Refused || !strings.Contains(c.Message, `"Bob.Smith@campus" cannot be part of a web path`) {
		h.Errorf("got %+v", c)
	}
	h.write("/etc/ecounit/host.toml", policy+"[names]\n\"Bob.Smith@campus\" = \"bob\"\n'UNI\\eve' = \"eve\"\n")
	for uid, name := range map[int]string{bob: "bob", eve: "eve"} {
		if c := h.callAs(uid, called{Method: "Publish", Request: request(name, "tasks")}); !c.Answer.Live {
			h.Errorf("got %+v", c)
		}
	}
	if c := h.call("root", called{Method: "Grant", Words: []string{`UNI\eve`, "/wiki"}, Flag: true}); c.Kind != "" {
		h.Errorf("got %+v", c)
	}
}

// campusIsDown: getent says the same as when everybody had left. Nobody loses
// anything.
func campusIsDown(h host) {
	h.root("touch /etc/campus.down")
	c := h.call("root", called{Method: "Reconcile"})
	if !strings.Contains(fmt.Sprint(c.Findings), "camilla") {
		h.Errorf("got %+v", c)
	}
	h.expect("/camilla_tasks/", http.StatusServiceUnavailable, "not running right now")
	if c := h.callAs(70001, called{Method: "Prepare"}); c.Kind != contract.Failed || !strings.Contains(c.Message, "campus") {
		h.Errorf("got %+v", c)
	}
	h.root("rm /etc/campus.down")
	if c := h.callAs(70001, called{Method: "Publish", Request: request("camilla", "tasks")}); !c.Answer.Live {
		h.Errorf("got %+v", c)
	}
	// Another one with the number inherits nothing.
	h.root(`sed -i s/^camilla/carl/ /etc/campus`)
	if c := h.call("root", called{Method: "Reconcile"}); !strings.Contains(fmt.Sprint(c.Findings), "camilla_tasks went") {
		h.Errorf("got %+v", c)
	}
	h.expect("/camilla_tasks/", http.StatusNotFound, "")
}
