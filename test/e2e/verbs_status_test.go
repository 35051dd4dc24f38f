//go:build machine

package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// status is what status --json says, with the exit code.
func (u *user) status(app string) (fields map[string]any, code int) {
	u.host.t.Helper()
	r := u.Run("status", app, "--json")
	u.host.Must(json.Unmarshal([]byte(r.Stdout), &fields))
	return fields, r.Code
}

// hasFields expects some fields, by paths such as processes.0.state; 99 is the
// last one.
func (u *user) hasFields(got map[string]any, want map[string]any) {
	u.host.t.Helper()
	for path, value := range want {
		var at any = got
		for _, name := range strings.Split(path, ".") {
			switch inside := at.(type) {
			case map[string]any:
				at = inside[name]
			case []any:
				i, err := strconv.Atoi(name)
				if u.host.Must(err); len(inside) == 0 {
					u.host.t.Fatalf("%s is empty", path)
				}
				at = inside[min(i, len(inside)-1)]
			}
		}
		if fmt.Sprint(at) != fmt.Sprint(value) {
			u.host.t.Errorf("%s is %v, want %v", path, at, value)
		}
	}
}

func statusActive(alice *user) {
	got, code := alice.status("app00")
	alice.hasFields(got, map[string]any{
		"version": 1, "name": "app00", "description": "app00", "state": "active", "enabled": true, "linger": true,
		"descriptor": "/home/alice/app00/ecounit.toml", "warnings": []any{},
		"site.path": "/alice_app00", "site.address": "127.0.0.1:30000", "site.publication": "unpublished", "site.answer": 404,
		"site.include":        "/home/alice/.local/state/ecounit/app00/alice_app00.conf",
		"processes.0.process": "web", "processes.0.unit": "app00.service", "processes.0.state": "active", "processes.0.sub_state": "running", "processes.0.restarts": 0,
	})
	if code != 0 {
		alice.host.t.Errorf("exit %d", code)
	}
	alice.host.Contains(alice.OK("status", "app00"), "* app00\n", "active for", "starts at boot", "127.0.0.1:30000, answers 404 in")
}

func statusStopped(alice *user) {
	got, code := alice.status("app03")
	alice.hasFields(got, map[string]any{"state": "inactive", "enabled": true, "since": nil, "site.answer": nil, "processes.0.state": "inactive", "processes.0.pid": nil})
	if code != 3 {
		alice.host.t.Errorf("exit %d", code)
	}
	alice.Fails(3, []string{"status", "app03"}, "inactive; starts at boot")
}

func statusFailed(alice *user) {
	got, code := alice.status("app04")
	alice.hasFields(got, map[string]any{"state": "failed", "processes.0.state": "failed", "processes.0.failure": "exited with status 7", "last_lines.99": "it is broken"})
	if problem := fmt.Sprint(got["site"]); code != 3 || !strings.Contains(problem, "no answer: ") {
		alice.host.t.Errorf("exit %d, %s", code, problem)
	}
	alice.Fails(3, []string{"status", "app04"}, "failed; starts at boot", "no answer: ", "exited with status 7", "last lines  ", "  it is broken\n")
}

func statusCrashLoop(alice *user) {
	before, _ := alice.status("app05")
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, code := alice.status("app05")
		if code != 3 {
			alice.host.t.Fatalf("exit %d: %v", code, got)
		}
		restarts := func(s map[string]any) float64 {
			return s["processes"].([]any)[0].(map[string]any)["restarts"].(float64)
		}
		if restarts(got) >= restarts(before)+2 {
			break
		}
		if time.Now().After(deadline) {
			alice.host.t.Fatalf("it does not restart: %v", got)
		}
		time.Sleep(100 * time.Millisecond)
	}
	alice.Fails(3, []string{"status", "app05"}, "activating; starts at boot", "restarted ", " times", "exited with status 7", "it is broken")
}

// statusFields: nothing is left out of what the manual lists, and nothing is
// added that it does not list.
func statusFields(alice *user) {
	got, _ := alice.status("app00")
	got["site"].(map[string]any)["answer_seconds"] = nil
	for fields, object := range map[string]any{
		"description descriptor enabled linger name processes since site state version warnings": got,
		"address answer answer_seconds include path publication":                                 got["site"],
		"cpu_seconds memory pid process restarts since state sub_state tasks unit":               got["processes"].([]any)[0],
	} {
		for name := range object.(map[string]any) {
			if !strings.Contains(" "+fields+" ", " "+name+" ") {
				alice.host.t.Errorf("there is %s besides %s", name, fields)
			}
		}
		for _, name := range strings.Fields(fields) {
			if _, there := object.(map[string]any)[name]; !there && name != "memory" && name != "tasks" { // no controllers here
				alice.host.t.Errorf("there is no %s", name)
			}
		}
	}
}

// statusManagerDown: an administrator stopped the user's manager.
func statusManagerDown(alice *user) {
	h := alice.host
	h.root("systemctl", "stop", "user@"+alice.uid())
	const down = "your systemd manager does not run"
	alice.Fails(3, []string{"status", "app00"}, "inactive; starts at boot", down, "ecounit enable app00 starts it")
	got, code := alice.status("app00")
	alice.hasFields(got, map[string]any{"state": "inactive", "linger": true, "enabled": true, "processes": []any{}})
	if code != 3 {
		h.t.Errorf("exit %d", code)
	}
	if list := alice.OK("list"); strings.Count(list, " inactive ") != listedApps {
		h.t.Errorf("list:\n%s", list)
	}
	for _, verb := range []string{"start", "stop", "restart", "reload"} {
		alice.Fails(1, []string{verb, "app00"}, "ecounit enable")
	}
	alice.OK("check", "app00")
	alice.OK("show", "app00")
	alice.OK("cat", "app00")
	alice.OK("enable", "app00")
	alice.OK("status", "app00")
	h.Contains(alice.page("app00", "/"), "Directory listing")
}
