//go:build machine

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"ecounit/test/machine"
)

func signedInAs(name, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// passwords writes a file of them as the host service would.
func (h *host) passwords(file string, names ...string) {
	h.t.Helper()
	h.root("install", "-d", "-m", "755", "/var/lib/ecounit/htpasswd")
	h.root("install", "-m", "640", "-g", "www-data", "/dev/null", file)
	for _, name := range names {
		h.root("htpasswd", "-bB", file, name, "secret")
	}
}

func visitorsSignIn(alice *user) {
	h := alice.host
	path := alice.mirror("guarded", `auth = "basic"`)
	b := h.browser()
	b.get(path+"/", signedInAs("ann", "secret")).is(500) // nobody made the file
	h.passwords("/var/lib/ecounit/htpasswd/alice_guarded", "ann", "ben")

	b.get(path+"/").is(401).says("Www-Authenticate", `Basic realm="alice_guarded"`)
	b.get(path+"/", signedInAs("ann", "wrong")).is(401)
	b.get(path+"/", signedInAs("nobody", "secret")).is(401)
	b.get(path+"/", signedInAs("", "")).is(401)
	for _, pretending := range [][]string{
		nil,
		{"X-Remote-User: root"},
		{"X-REMOTE-USER: root", "x_remote_user: root", "X_Remote-User: root", "X-Remote_User: root"},
		{"Remote-User: root", "Remote_User: root", "REMOTE_USER: root"},
		{"Connection: X-Remote-User, Authorization"},
	} {
		got := b.get(path+"/", append(pretending, signedInAs("ann", "secret"))...).reflects()
		if !slices.Equal(got.User, []string{"ann"}) || got.Other != nil || got.Secret != nil {
			h.t.Errorf("with %q the app is told %+v", pretending, got)
		}
	}

	open := alice.mirror("open")
	if got := b.get(open+"/", "X-Remote-User: root", signedInAs("ann", "secret")).reflects(); got.User != nil || got.Secret == nil {
		h.t.Errorf("without auth the app is told %+v", got)
	}

	alice.OK("stop", "guarded")
	b.get(path + "/").is(401)
	b.get(path+"/", signedInAs("ann", "secret")).is(503, "not running right now")
	alice.OK("start", "guarded")
	alice.waits("guarded")
}

// noWayAroundSigningIn tries other ways to write the path, other methods and
// websockets.
func noWayAroundSigningIn(alice *user) {
	h := alice.host
	const path = "/alice_guarded"
	h.virtualHosts("")
	for _, slashes := range []string{"Off", "On", "NoDecode"} {
		h.virtualHosts("AllowEncodedSlashes " + slashes)
		for _, variant := range []string{
			path, path + "/", "/" + path + "/", "//" + path + "//x", path + "/.", "/./" + path[1:] + "/", "/x/.." + path + "/", "/x/%2e%2e" + path + "/",
			path + "%2f", path + "%2F", path + "%2fx", "/%2f" + path[1:], "/%61lice_guarded/", path + "/%2e%2e" + path + "/", path + ";x/", path + "%00/",
			path + "%5c", path + "/..%2f" + path[1:], path + "?", "/ALICE_guarded/", "/.ecounit/.." + path + "/", "/.ecounit/down.html/.." + path + "/",
		} {
			for _, asked := range []string{site, "http://" + machine.HostName} {
				if got := h.curl(asked + variant); got != "401" && got != "404" {
					h.t.Errorf("AllowEncodedSlashes %s: %s%s answers %s", slashes, asked, variant, got)
				}
			}
		}
	}
	if got := h.curl("-I", site+path+"/"); got != "401" {
		h.t.Errorf("HEAD answers %s", got)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MADEUP"} {
		if got := h.curl("-X", method, site+path+"/"); got != "401" {
			h.t.Errorf("%s answers %s", method, got)
		}
	}
	if got := h.curl(append(upgrade, site+path+"/ws")...); got != "401" {
		h.t.Errorf("a websocket answers %s", got)
	}
	h.tellsWebSocket(path, "ann")
}

// tellsWebSocket expects a websocket to open for somebody who signed in, and
// the app to know who it is.
func (h *host) tellsWebSocket(path, name string) {
	h.t.Helper()
	s := h.webSocket(path+"/ws", signedInAs(name, "secret"), "X-Remote-User: root")
	defer s.Close()
	text, err := s.receive()
	h.Must(err)
	var got reflection
	h.Must(json.Unmarshal([]byte(text), &got))
	if !slices.Equal(got.User, []string{name}) || got.Secret != nil {
		h.t.Errorf("at a websocket the app is told %s", text)
	}
}

func oldWebSocketsSignIn(alice *user) {
	h := alice.host
	alice.installOldForm("guarded")
	if got := h.curl(append(upgrade, site+"/alice_guarded/ws")...); got != "401" {
		h.t.Errorf("a websocket answers %s", got)
	}
	h.tellsWebSocket("/alice_guarded", "ann")
	h.browser().get("/alice_guarded/a%20b%3Fc", signedInAs("ann", "secret")).is(200)
	alice.publish("guarded")
}

// visitorsSignInElsewhere: the administrator has prepared a way to sign in.
func visitorsSignInElsewhere(alice *user) {
	h := alice.host
	alice.enableMirror("campus", `auth = "campus"`, `allow_from = ["127.0.0.1"]`)
	r := h.exec(h.As("root"), "sh", "-c", installing.FindString(alice.state("campus", "request.txt")))
	if said := r.Stdout + r.Stderr; r.Code == 0 || !strings.Contains(said, "Could not open configuration file /etc/apache2/ecounit-auth/campus.conf") {
		h.t.Errorf("without the administrator's file: exit %d\n%s", r.Code, said)
	}
	h.passwords("/etc/apache2/staff", "ann", "ben")
	h.root("mkdir", "-p", "/etc/apache2/ecounit-auth")
	h.Must(h.WriteFile(h.t.Context(), "/etc/apache2/ecounit-auth/campus.conf", []byte(
		"AuthType Basic\nAuthName campus\nAuthBasicProvider file\nAuthUserFile /etc/apache2/staff\nRequire user ann\nRequire user cleo\n"), "root", 0o644))
	alice.publish("campus")

	const path = "/alice_campus"
	b := h.browser()
	b.get(path+"/").is(401).says("Www-Authenticate", `Basic realm="campus"`)
	if got := b.get(path+"/", "X-Remote-User: root", signedInAs("ann", "secret")).reflects(); !slices.Equal(got.User, []string{"ann"}) || got.Secret != nil {
		h.t.Errorf("the app is told %+v", got)
	}
	b.get(path+"/", signedInAs("ben", "secret")).is(401) // the administrator wants others
	for _, more := range [][]string{{"-u", "ann:secret"}, {}} {
		if got := h.curl(append(more, "--interface", "127.0.0.2", site+path+"/")...); got != "403" {
			h.t.Errorf("from elsewhere with %q: %s", more, got)
		}
	}
	alice.takesAway("campus")
}
