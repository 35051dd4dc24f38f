//go:build machine

package attack

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"testing"

	"ecounit/host"
	"ecounit/test/machine"
)

// newHost boots a host whose administrator has an Apache with pages and apps
// of their own, and has set ecounit up. The common sites are published.
func newHost(t *testing.T, suite machine.Suite) *machineHost {
	t.Helper()
	h := &machineHost{Machine: machine.New(t, suite), t: t}
	h.web = server{h, 443}
	h.alice, h.mallory, h.eve = h.addUser("alice"), h.addUser("mallory"), h.addUser("eve")
	for _, program := range []string{"backend.py", "relay.py"} {
		h.must(h.CopyIn(t.Context(), "testdata/"+program, "/opt/"+program, "root", 0o644))
	}
	h.rootUser().backend("wiki", fmt.Sprint(wikiPort))
	h.write("/etc/apache2/conf-enabled/administrator.conf", fmt.Sprintf(administratorsOwn, wikiPort))
	h.rootSh(`a2enmod -q rewrite proxy proxy_http
		mkdir -p /srv/docs /srv/acme && echo docs > /srv/docs/index.html && echo token > /srv/acme/token
		systemctl start apache2`)
	h.install()
	h.root("ecounit", "host", "setup", "--base-url", "https://"+machine.HostName)
	h.common()
	return h
}

// install puts everything where the package has it.
func (h *machineHost) install() {
	h.t.Helper()
	bin := h.t.TempDir()
	build := exec.CommandContext(h.t.Context(), "go", "build", "-trimpath", "-o", bin, "ecounit/cmd/ecounit", "ecounit/cmd/ecounit-hostd", "ecounit/cmd/ecounit-postgres")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		h.t.Fatalf("cannot build ecounit: %v\n%s", err, out)
	}
	copies := map[string]string{
		filepath.Join(bin, "ecounit"):                    "/usr/bin/",
		filepath.Join(bin, "ecounit-hostd"):              "/usr/libexec/",
		filepath.Join(bin, "ecounit-postgres"):           "/usr/libexec/",
		"../../packaging/apache.conf":                    "/etc/apache2/conf-available/ecounit.conf",
		"../../templates/down.html":                      "/usr/share/ecounit/",
		"../../packaging/dbus/org.ecounit.Host1.service": "/usr/share/dbus-1/system-services/",
		"../../packaging/dbus/org.ecounit.Host1.conf":    "/usr/share/dbus-1/system.d/",
		"../../packaging/polkit/org.ecounit.host.policy": "/usr/share/polkit-1/actions/",
		"../../packaging/postinstall":                    "/root/",
	}
	units, err := filepath.Glob("../../packaging/systemd/*")
	h.must(err)
	for _, unit := range units {
		copies[unit] = "/usr/lib/systemd/system/"
	}
	for from, to := range copies {
		mode := fs.FileMode(0o644)
		if filepath.Dir(from) == bin {
			mode = 0o755
		}
		if to[len(to)-1] == '/' {
			to += filepath.Base(from)
		}
		h.must(h.CopyIn(h.t.Context(), from, to, "root", mode))
	}
	h.rootSh(`mkdir -p /etc/apache2/ecounit.d /etc/apache2/ecounit-auth /etc/ecounit /var/lib/ecounit/sites /var/lib/ecounit/grants
		sh /root/postinstall configure`)
}

// portOfMallory is the port of a site of hers.
const portOfMallory = 18091

// commonSites are there in every test, besides Alice's app "tasks".
func (h *machineHost) commonSites() []site {
	return []site{
		{h.alice, "p1", nil},
		{h.alice, "closed", func(r *host.Request) { r.AllowFrom = []string{"10.0.0.0/8"} }},
		{h.alice, "secret", func(r *host.Request) { r.Auth = "basic" }},
		{h.mallory, "p", nil},
		{h.mallory, "p1", nil},
		{h.mallory, "p1x", nil},
		{h.mallory, "strip", func(r *host.Request) { r.Prefix = "strip" }},
		{h.mallory, "port", func(r *host.Request) { r.Port = portOfMallory }},
		{h.mallory, "plain", func(r *host.Request) { r.WebSocket = false }},
		{h.eve, "p1", nil},
	}
}

// common publishes the common sites, and Alice's "tasks" as she would.
func (h *machineHost) common() {
	h.t.Helper()
	h.alice.does(`mkdir tasks && cat > tasks/ecounit.toml <<'END'
name = "tasks"
[web]
command = ["/usr/bin/python3", "/opt/backend.py", "alice/tasks", "${SOCKET}"]
END
ecounit enable ./tasks`)
	h.publishes(h.commonSites()...)
	_, err := h.alice.bus().call("SetPassword", "secret", "bob", bcryptHash)
	h.must(err)
	h.aliceIsServed()
}
