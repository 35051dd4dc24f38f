//go:build machine

// Package hostd tries the host service on booted hosts, as the bus and systemd
// run it: activation, sandbox, crashes, reboots. What hostile users can do is
// in test/attack, what users see in test/e2e.
package hostd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// host is a machine with Apache and the host service, within one test.
type host struct {
	*testing.T
	*machine.Machine
	life *testing.T // of the machine
}

// in is the host within a subtest.
func (h host) in(t *testing.T) host { return host{t, h.Machine, h.life} }

// policy is what an administrator would write.
const policy = `base_url = "https://` + machine.HostName + `"` + "\n"

// boot installs what the package brings and does what ecounit host setup does.
func boot(t *testing.T, suite machine.Suite) host {
	t.Helper()
	programs := build(t)
	h := host{t, machine.NewWith(t, machine.Options{Suite: suite, BindRO: map[string]string{programs: "/opt/ecounit", files(t): "/opt/packaging"}}), t}
	h.root(install)
	h.write("/etc/ecounit/host.toml", policy)
	h.root("systemctl enable -q --now apache2; systemctl start ecounit-boot.service")
	return h
}

// install puts the files where packages put them.
const install = `
install -D /opt/ecounit/ecounit-hostd /usr/libexec/ecounit-hostd
install -D /opt/ecounit/ecounit-postgres /usr/libexec/ecounit-postgres
install -D -m 644 /opt/packaging/packaging/systemd/* -t /usr/lib/systemd/system
install -m 644 /opt/packaging/packaging/dbus/*.service -t /usr/share/dbus-1/system-services
install -m 644 /opt/packaging/packaging/dbus/*.conf -t /usr/share/dbus-1/system.d
install -m 644 /opt/packaging/packaging/polkit/* -t /usr/share/polkit-1/actions
install -D -m 644 /opt/packaging/packaging/apache.conf /etc/apache2/conf-available/ecounit.conf
install -D -m 644 /opt/packaging/templates/down.html /usr/share/ecounit/down.html
mkdir -p /etc/ecounit /etc/apache2/ecounit.d /etc/apache2/ecounit-auth /var/lib/ecounit/sites /var/lib/ecounit/grants
a2enmod -q headers proxy proxy_http proxy_wstunnel rewrite
a2enconf -q ecounit
systemctl daemon-reload
systemctl reload dbus
systemctl enable -q ecounit-boot.service ecounit-reconcile.timer`

// build compiles the service and these tests, to run in any machine.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, argv := range [][]string{
		{"go", "build", "-trimpath", "-o", dir, "ecounit/cmd/ecounit-hostd", "ecounit/cmd/ecounit-postgres"},
		{"go", "test", "-c", "-tags", "machine", "-o", filepath.Join(dir, "inside"), "."},
	} {
		cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return dir
}

// files is the checkout.
func files(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// root runs a script as root, which has to succeed.
func (h host) root(script string) string {
	h.Helper()
	out, err := h.As("root").Output(h.T.Context(), "sh", "-euc", script)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// as runs a script as a user, who has a manager, and says how it went.
func (h host) as(user, script string) machine.Result {
	h.Helper()
	r, err := h.As(user).WithManager().Exec(h.T.Context(), "sh", "-c", script)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h host) write(path, text string) {
	h.Helper()
	if err := h.WriteFile(h.T.Context(), path, []byte(text), "root", 0o644); err != nil {
		h.Fatal(err)
	}
}

// user makes an account.
func (h host) user(name string) (uid int) {
	h.Helper()
	if err := h.AddUser(h.T.Context(), name); err != nil {
		h.Fatal(err)
	}
	uid, err := strconv.Atoi(h.root("id -u " + name))
	if err != nil {
		h.Fatal(err)
	}
	return uid
}

// soon tries until there is no error.
func (h host) soon(within time.Duration, try func(context.Context) error) {
	h.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		err := try(h.T.Context())
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("after %s: %v", within, err)
		}
	}
}

// says waits until a command of root's prints a text.
func (h host) says(within time.Duration, script, want string) {
	h.Helper()
	h.soon(within, func(ctx context.Context) error {
		r, err := h.Exec(ctx, "sh", "-c", script)
		if err == nil && !strings.Contains(r.Stdout+r.Stderr, want) {
			err = fmt.Errorf("%s does not say %q but\n%s%s", script, want, r.Stdout, r.Stderr)
		}
		return err
	})
}
