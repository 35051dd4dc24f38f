//go:build machine

package packaging

import (
	"net/http"
	"strings"
	"time"
)

// web is how a package is installed and Apache is laid out.
type web struct {
	install, remove string // command lines; install takes old or new
	purges          bool
	unit, dir       string
	base            string // where Apache answers
	prepare         func(host)
}

var (
	debian = web{
		install: "apt-get -q install /VERSION/*.deb", remove: "apt-get -q purge -y ecounit", purges: true,
		unit: "apache2", dir: "/etc/apache2", base: "https://eco.example.ac.uk",
		prepare: func(h host) {
			h.run("a2enmod -q headers proxy proxy_http proxy_wstunnel rewrite && a2enconf -q ecounit && systemctl start apache2")
		},
	}
	redHat = web{
		install: dnf + "install /VERSION/ecounit-*.rpm", remove: dnf + "remove ecounit",
		unit: "httpd", dir: "/etc/httpd", base: "http://127.0.0.1:8080",
		prepare: func(h host) {
			h.write("/etc/httpd/conf/httpd.conf", httpdFile())
			for path, text := range map[string]string{
				"/usr/sbin/httpd":     "#!/bin/sh\nexec /usr/sbin/apache2 -f /etc/httpd/conf/httpd.conf \"$@\"\n",
				"/usr/sbin/apachectl": "#!/bin/sh\n[ \"$*\" = configtest ] || exit 1 # RHEL's takes no options\nexec /usr/sbin/httpd -t\n",
			} {
				h.run("rm -f " + path) // a link
				h.write(path, text)
				h.run("chmod 755 " + path)
			}
			h.write("/usr/lib/systemd/system/httpd.service", "[Service]\nType=exec\nPrivateTmp=yes\n"+
				"ExecStart=/usr/sbin/apache2 -f /etc/httpd/conf/httpd.conf -D FOREGROUND\nExecReload=/usr/sbin/httpd -k graceful\n")
			h.run("systemctl daemon-reload && systemctl start httpd")
		},
	}
)

func (w web) of(version string) string {
	return strings.ReplaceAll(w.install, "VERSION", version)
}

// publish is a call as the command makes it.
const publish = `busctl --system call org.ecounit.Host1 /org/ecounit/Host1 org.ecounit.Host1 ` +
	`Publish "(ssqsbuassbtq)" tasks /alice_tasks 0 keep false 300 0 "" false 0 0`

// testService: what the host service needs is there after the installation and
// gone after the removal, and Apache never notices.
func testService(h host, w web) {
	h.run(w.of("old"))
	w.prepare(h)
	enabled := "systemctl is-enabled ecounit-boot.service ecounit-reconcile.timer; systemctl is-active ecounit-reconcile.timer"
	if got := strings.Fields(h.run(enabled)); strings.Join(got, " ") != "enabled enabled active" {
		h.Errorf("after the installation: %s", got)
	}
	h.write("/etc/ecounit/host.toml", "base_url = \""+w.base+"\"\n")
	h.run("systemctl start ecounit-boot.service && useradd -m alice && useradd -m bob")
	if got := h.run("su alice -c '" + publish + "'"); !strings.Contains(got, `"approved" true ""`) {
		h.Fatalf("publishing said %s", got)
	}
	h.get(w.base+"/alice_tasks/", http.StatusServiceUnavailable)

	// An upgrade ends the service of before, and forgets nothing.
	before := h.run("systemctl show -P MainPID ecounit-hostd")
	h.run(w.of("new"))
	h.wait("! test -e /proc/" + before)
	h.get(w.base+"/alice_tasks/", http.StatusServiceUnavailable)
	if got := h.run("su alice -c '" + publish + "'"); !strings.Contains(got, `"approved" true ""`) {
		h.Fatalf("publishing with the new version said %s", got)
	}

	// A removal takes the sites off the web server, and not what an
	// administrator has installed by hand.
	byHand := w.dir + "/ecounit.d/bob_tasks.conf"
	h.write(byHand, strings.NewReplacer("alice", "bob", "10001", "10002").Replace(string(h.include().Content)))
	h.run("systemctl reload " + w.unit)
	h.get(w.base+"/bob_tasks/", http.StatusServiceUnavailable)
	h.run(w.remove)
	// What is still loaded of the old configuration answers for a moment.
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if h.run("curl -sko /dev/null -w '%{http_code}' "+w.base+"/alice_tasks/") == "404" {
			break
		}
	}
	h.get(w.base+"/alice_tasks/", http.StatusNotFound)
	h.run("systemctl restart " + w.unit + " && rm " + byHand)
	if left := h.run("systemctl list-units --all --plain --no-legend 'ecounit*'; ls -d /run/ecounit* || :"); left != "" {
		h.Errorf("left running:\n%s", left)
	}
	if w.purges {
		h.run("rmdir " + w.dir + "/ecounit.d || :")
		if left := h.ours(); left != "" {
			h.Errorf("left behind:\n%s", left)
		}
		return
	}
	if got := h.run("ls /var/lib/ecounit/sites /etc/ecounit"); !strings.Contains(got, "alice_tasks.json") || !strings.Contains(got, "host.toml") {
		h.Errorf("who has which path is forgotten:\n%s", got)
	}
	// Installed again, it goes on where it was.
	h.run(w.of("new") + " && systemctl reload " + w.unit + " && systemctl start ecounit-reconcile.service")
	h.get(w.base+"/alice_tasks/", http.StatusServiceUnavailable)
}
