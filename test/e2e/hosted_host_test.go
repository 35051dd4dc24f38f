//go:build machine

package e2e

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// newHostedHost is a host whose administrator installed the package, with the
// service that publishes apps, and typed what README.md says.
func newHostedHost(t *testing.T, suite machine.Suite) *host {
	t.Helper()
	h := newHost(t, suite)
	h.installService()
	h.root("systemctl", "enable", "--quiet", "--now", "apache2")
	said := h.asRoot(0, "ecounit", "host", "setup", "--base-url", "https://"+machine.HostName)
	h.Contains(said, "policy       wrote /etc/ecounit/host.toml", "apache: runs")
	return h
}

// installService puts everything where the package has it, and runs what the
// package runs.
func (h *host) installService() {
	h.t.Helper()
	for _, name := range []string{"ecounit-hostd", "ecounit-postgres"} {
		program := filepath.Join(h.t.TempDir(), name)
		build := exec.CommandContext(h.t.Context(), "go", "build", "-trimpath", "-o", program, "ecounit/cmd/"+name)
		build.Env = append(build.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			h.t.Fatalf("cannot build %s: %v\n%s", name, err, out)
		}
		h.Must(h.CopyIn(h.t.Context(), program, "/usr/libexec/"+name, "root", 0o755))
	}
	for from, to := range map[string]string{
		"apache.conf":                    "/etc/apache2/conf-available/ecounit.conf",
		"../templates/down.html":         "/usr/share/ecounit/down.html",
		"dbus/org.ecounit.Host1.service": "/usr/share/dbus-1/system-services/org.ecounit.Host1.service",
		"dbus/org.ecounit.Host1.conf":    "/usr/share/dbus-1/system.d/org.ecounit.Host1.conf",
		"polkit/org.ecounit.host.policy": "/usr/share/polkit-1/actions/org.ecounit.host.policy",
		"postinstall":                    "/root/postinstall",
		"systemd/*":                      "/usr/lib/systemd/system/",
	} {
		files, err := filepath.Glob(filepath.Join("../../packaging", from))
		h.Must(err)
		for _, file := range files {
			path := to
			if strings.HasSuffix(to, "/") {
				path += filepath.Base(file)
			}
			h.Must(h.CopyIn(h.t.Context(), file, path, "root", fs.FileMode(0o644)))
		}
	}
	h.root("mkdir", "-p", "/etc/apache2/ecounit.d", "/etc/apache2/ecounit-auth", "/etc/ecounit", "/var/lib/ecounit/sites", "/var/lib/ecounit/grants")
	h.root("sh", "/root/postinstall", "configure")
}

// asRoot runs a command as root, which must exit with the code, and returns all
// that it said.
func (h *host) asRoot(code int, argv ...string) string {
	h.t.Helper()
	r, err := h.Exec(h.t.Context(), argv...)
	h.Must(err)
	if r.Code != code {
		h.t.Fatalf("%s: exit %d, want %d\n%s%s", strings.Join(argv, " "), r.Code, code, r.Stdout, r.Stderr)
	}
	return r.Stdout + r.Stderr
}

// admin is "ecounit host" of an administrator, which must succeed.
func (h *host) admin(words ...string) string {
	h.t.Helper()
	return h.asRoot(0, append([]string{"ecounit", "host"}, words...)...)
}

// policy sets keys of the policy.
func (h *host) policy(lines ...string) {
	h.t.Helper()
	text := "base_url = \"https://" + machine.HostName + "\"\n" + strings.Join(lines, "\n") + "\n"
	h.Must(h.WriteFile(h.t.Context(), "/etc/ecounit/host.toml", []byte(text), "root", 0o644))
}

// unreloaded fails when Apache was reloaded meanwhile.
func (h *host) unreloaded(why string, do func()) {
	h.t.Helper()
	before := h.generation()
	do()
	if after := h.generation(); after != before {
		h.t.Errorf("%s: Apache was reloaded: %s, then %s", why, before, after)
	}
}

// asleep runs something that must not start the host service.
func (h *host) asleep(do func()) {
	h.t.Helper()
	h.root("systemctl", "stop", "ecounit-hostd")
	do()
	if state := h.root("systemctl", "show", "-p", "ActiveState", "--value", "ecounit-hostd"); state != "inactive\n" {
		h.t.Errorf("the host service was started: it is %s", state)
	}
}

// soon asks for a page until it has the status.
func (b *browser) soon(path string, status int) page {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		p := b.get(path)
		if p.StatusCode == status || time.Now().After(deadline) {
			return p.is(status)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
