//go:build machine

// Package frameworks takes the smallest real app of each framework from a
// folder to a page in two commands, and visits it below its path: a page, a
// static file, a redirect, and a websocket where the framework has them. It
// must not help any of them along.
package frameworks_trixie_tmp

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// packages are the frameworks, as Debian 12 has them. Flask, FastAPI and
// Starlette are in the root itself.
var packages = []string{
	"python3-django", "python3-whitenoise", "python3-quart", "jupyterlab", "python3-ipykernel", "r-cran-shiny", "node-express", "node-ws",
}

// newHost is a host with the frameworks and with the host service, set up as
// the package and README.md do.
func newHost(t *testing.T) *scene.Host {
	t.Helper()
	layer, err := machine.Packages(t.Context(), machine.Trixie, packages...)
	if err != nil {
		t.Fatal(err)
	}
	h := scene.NewWith(t, machine.Options{Suite: machine.Trixie, Layers: []string{layer}})
	for _, name := range []string{"ecounit-hostd", "ecounit-postgres"} {
		program := filepath.Join(t.TempDir(), name)
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, "ecounit/cmd/"+name)
		build.Env = append(build.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("cannot build %s: %v\n%s", name, err, out)
		}
		h.Must(h.CopyIn(t.Context(), program, "/usr/libexec/"+name, "root", 0o755))
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
			h.Must(h.CopyIn(t.Context(), file, path, "root", 0o644))
		}
	}
	h.Root("mkdir -p /etc/apache2/ecounit.d /etc/apache2/ecounit-auth /etc/ecounit /var/lib/ecounit/sites /var/lib/ecounit/grants && " +
		"sh /root/postinstall configure && systemctl enable --quiet --now apache2 && ecounit host setup --base-url https://" + machine.HostName)
	return h
}
