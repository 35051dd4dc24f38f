//go:build machine

// Package packaging builds the packages, and installs, upgrades and removes them
// on booted hosts as administrators do. It must not know how the programs work.
package packaging

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecounit/apache"
	"ecounit/plan"
	"ecounit/test/machine"
)

// built is a folder with packages.
type built struct{ folder, rpm, deb string }

// build makes the packages of a version, as make packages does.
func build(t *testing.T, version string, env ...string) built {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "packaging/build.sh", folder, version)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	one := func(pattern string) string {
		found, _ := filepath.Glob(filepath.Join(folder, pattern))
		if len(found) != 1 {
			t.Fatalf("%s: %q", pattern, found)
		}
		return found[0]
	}
	return built{folder, one("*.rpm"), one("*.deb")}
}

func TestPackages(t *testing.T) {
	// A time that has nothing to do with that of the checkout.
	const epoch = "SOURCE_DATE_EPOCH=1700000000"
	older, newer := build(t, "0.0.1", epoch), build(t, "0.0.2", epoch)
	t.Run("reproducible", func(t *testing.T) {
		again := build(t, "0.0.2", epoch, "TZ=Asia/Tokyo", "LC_ALL=C.UTF-8", "USER=somebody", "LOGNAME=somebody")
		for _, pair := range [][2]string{{newer.rpm, again.rpm}, {newer.deb, again.deb}} {
			if !bytes.Equal(read(t, pair[0]), read(t, pair[1])) {
				t.Errorf("%s differs between two builds", filepath.Base(pair[0]))
			}
		}
	})
	for _, suite := range machine.Suites() {
		t.Run("deb on "+string(suite), func(t *testing.T) { testDeb(boot(t, suite, older, newer)) })
	}
	makeShim(t, older)
	t.Run("rpm", func(t *testing.T) { testRPM(boot(t, machine.Bookworm, older, newer)) })
	t.Run("service of the deb", func(t *testing.T) { testService(boot(t, machine.Trixie, older, newer), debian) })
	t.Run("service of the rpm", func(t *testing.T) {
		h := boot(t, machine.Bookworm, older, newer)
		h.run(dnf + "install /old/shim.rpm")
		testService(h, redHat)
	})
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// host is a machine with the packages of two versions in /old and /new.
type host struct {
	*testing.T
	*machine.Machine
}

func boot(t *testing.T, suite machine.Suite, older, newer built) host {
	return host{t, machine.NewWith(t, machine.Options{Suite: suite, BindRO: map[string]string{older.folder: "/old", newer.folder: "/new"}})}
}

// run runs a command line as root, which has to succeed.
func (h host) run(line string) string {
	h.Helper()
	out, err := h.As("root").Output(h.Context(), "sh", "-euc", line)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// write writes a file as root.
func (h host) write(path, text string) {
	h.Helper()
	if err := h.WriteFile(h.Context(), path, []byte(text), "root", 0o644); err != nil {
		h.Fatal(err)
	}
}

// expectVersion also shows that the program runs on the release.
func (h host) expectVersion(want string) {
	h.Helper()
	if got := h.run("ecounit version"); got != "ecounit "+want {
		h.Errorf("the version is %q, want %s", got, want)
	}
}

// ours lists what is named like the package, apart from what tests bring.
func (h host) ours() string {
	h.Helper()
	return h.run(`find / -xdev -name '*ecounit*' -not -path '/proc/*' -not -path '/sys/*'`)
}

// get fetches a page and checks its status.
func (h host) get(url string, status int) (http.Header, string) {
	h.Helper()
	client := h.HTTPClient()
	defer client.CloseIdleConnections()
	answer, err := client.Get(url)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	if answer.StatusCode != status {
		h.Errorf("%s answers %d, want %d", url, answer.StatusCode, status)
	}
	return answer.Header, string(body)
}

// include is that of an app on a port where nobody listens.
func (h host) include() apache.File {
	h.Helper()
	version, err := apache.ParseVersion(h.run("apache2 -v"))
	if err != nil {
		h.Fatal(err)
	}
	file, err := apache.Render(plan.Site{
		Owner: "alice", App: "tasks", Path: "/alice_tasks", Port: 10001,
		Prefix: plan.PrefixKeep, WebSocket: true, Timeout: plan.DefaultTimeout,
	}, version)
	if err != nil {
		h.Fatal(err)
	}
	return file
}

// expectDownPage checks what visitors of an app see that is down.
func (h host) expectDownPage(server string) {
	h.Helper()
	page := string(read(h.T, "../templates/down.html"))
	header, body := h.get(server+"/alice_tasks/", http.StatusServiceUnavailable)
	if body != page {
		h.Errorf("the page of an app that is down is %.200q", body)
	}
	if header.Get("Retry-After") == "" || header.Get("Cache-Control") != "no-store" || header.Get("Content-Type") != "text/html; charset=utf-8" {
		h.Errorf("the page of an app that is down comes with %v", header)
	}
	if _, body := h.get(server+"/.ecounit/down.html", http.StatusOK); body != page {
		h.Errorf("the page itself is %.200q", body)
	}
	for _, path := range []string{"/.ecounit/", "/.ecounit/ecounit.schema.json", "/.ecounit/down.html/x", "/.ecounit/down.html/../ecounit.schema.json"} {
		h.get(server+path, http.StatusNotFound)
	}
}

func testDeb(h host) {
	const (
		config  = "/etc/apache2/conf-available/ecounit.conf"
		include = "/etc/apache2/ecounit.d/alice_tasks.conf"
	)
	h.run("apt-get -q install /old/*.deb")
	h.expectVersion("0.0.1")
	h.run("apache2ctl configtest") // not enabled: nothing has changed

	// No module but those of a fresh apache2: it still starts.
	h.run("a2enconf -q ecounit && apache2ctl configtest")

	h.run("a2enmod -q headers proxy proxy_http proxy_wstunnel rewrite && systemctl start apache2")
	h.write(include, string(h.include().Content))
	h.write("/etc/apache2/sites-enabled/other.conf", "<VirtualHost *:80>\nServerName other.example\nProxyPass / http://127.0.0.1:9/\n</VirtualHost>\n")
	h.run("apache2ctl configtest && systemctl reload apache2")
	for _, server := range []string{"https://" + machine.HostName, "http://" + machine.HostName} {
		h.expectDownPage(server)
	}
	h.get("http://other.example/", http.StatusServiceUnavailable)
	h.get("http://other.example/.ecounit/down.html", http.StatusOK)

	// A module that an app needs is missed loudly.
	h.run("a2dismod -q -f headers")
	if out, err := h.As("root").Output(h.Context(), "apache2ctl", "configtest"); err == nil {
		h.Errorf("Apache does without mod_headers: %s", out)
	}
	h.run("a2enmod -q headers")

	h.run("echo '# mine' >> " + config)
	h.run("apt-get -q install /new/*.deb")
	h.expectVersion("0.0.2")
	h.run("grep -q '# mine' " + config + " && apache2ctl configtest && systemctl restart apache2")

	// Removed, the package leaves its configuration, and purged, nothing.
	h.run("apt-get -q remove -y ecounit && apache2ctl configtest")
	h.run("apt-get -q purge -y ecounit && apache2ctl configtest && systemctl restart apache2")
	h.run("rm " + include) // the administrator's
	h.run("rmdir /etc/apache2/ecounit.d")
	if left := h.ours(); left != "" {
		h.Errorf("the package left behind:\n%s", left)
	}

	// Without anything in it, the folder goes, too.
	h.run("apt-get -q install /new/*.deb && a2enconf -q ecounit && apt-get -q purge -y ecounit && apache2ctl configtest")
	if left := h.ours(); left != "" {
		h.Errorf("the package left behind:\n%s", left)
	}
}

// shim stands for what is there on RHEL.
const shim = `name: shim
arch: noarch
version: 1.0.0
maintainer: The ecounit authors <nobody@ecounit.invalid>
description: stands for the packages of RHEL
provides: [systemd = 252, systemd-pam = 252, dbus = 1.14, polkit = 122, httpd = 2.4.57, system-release = 9]
`

// httpdConf has Debian's httpd read RHEL's folders.
const httpdConf = `ServerRoot /etc/httpd
ServerName eco.example.ac.uk
Listen 127.0.0.1:8080
User www-data
Group www-data
PidFile /run/httpd.pid
ErrorLog /var/log/httpd-error.log
DocumentRoot /var/www/html
%s
IncludeOptional conf.d/*.conf
`

func makeShim(t *testing.T, b built) {
	if err := os.WriteFile(filepath.Join(b.folder, "shim.yaml"), []byte(shim), 0o644); err != nil {
		t.Fatal(err)
	}
	nfpm := exec.CommandContext(t.Context(), "tools/nfpm", "package", "-f", "shim.yaml", "-p", "rpm", "-t", "shim.rpm")
	nfpm.Dir = b.folder
	if out, err := nfpm.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

const dnf = "dnf -q -y --releasever=9 --disablerepo='*' --setopt=install_weak_deps=False "

// httpdFile is httpdConf with the modules that includes need. The release of a
// script in the place of httpd is not known, so these are the ones of the oldest;
// RHEL loads all of them.
func httpdFile() string {
	var modules strings.Builder
	for _, name := range []string{
		"mpm_event", "authz_core", "alias", "headers", "setenvif", "proxy", "proxy_http",
		"slotmem_shm", "proxy_balancer", "lbmethod_byrequests", "proxy_wstunnel", "rewrite",
	} {
		fmt.Fprintf(&modules, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", name, name)
	}
	return fmt.Sprintf(httpdConf, modules.String())
}

func testRPM(h host) {
	const config = "/etc/httpd/conf.d/ecounit.conf"
	h.run(dnf + "install /old/shim.rpm /old/ecounit-*.rpm")
	h.expectVersion("0.0.1")
	h.run("rpm -V ecounit && test -d /etc/httpd/ecounit.d")

	h.write("/etc/httpd/conf/httpd.conf", httpdFile())
	h.write("/etc/httpd/ecounit.d/alice_tasks.conf", string(h.include().Content))
	h.run("apache2 -t -f /etc/httpd/conf/httpd.conf")
	h.run("systemd-run -q --unit=httpd apache2 -f /etc/httpd/conf/httpd.conf -D FOREGROUND")
	h.wait("curl -so /dev/null http://127.0.0.1:8080/")
	h.expectDownPage("http://127.0.0.1:8080")
	h.run("systemctl stop httpd")

	h.run("echo '# mine' >> " + config)
	h.run(dnf + "install /new/ecounit-*.rpm")
	h.expectVersion("0.0.2")
	h.run("grep -q '# mine' " + config)
	h.run("sed -i '/# mine/d' " + config)
	h.run(dnf + "remove ecounit")
	h.run("rm -r /etc/httpd/ecounit.d /etc/httpd/conf") // the administrator's
	if left := h.ours(); left != "" {
		h.Errorf("the package left behind:\n%s", left)
	}

	h.run("rmdir /etc/httpd/conf.d /etc/httpd || test ! -e /etc/httpd")
	h.run(dnf + "install /new/ecounit-*.rpm && " + dnf + "remove ecounit")
	if left := h.ours(); left != "" || h.run("ls -d /etc/httpd || :") != "" {
		h.Errorf("the package left behind:\n%s", left)
	}
}

// wait runs a command line until it succeeds.
func (h host) wait(line string) {
	h.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		result, err := h.Exec(h.Context(), "sh", "-c", line)
		if err == nil && result.Code == 0 {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("%s: %s %v", line, result.Stderr, err)
		}
	}
}
