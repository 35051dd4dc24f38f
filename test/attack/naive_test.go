//go:build machine

package attack

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"ecounit/test/machine"
)

// naiveConfig is a second Apache beside the machine's own: the same program,
// user, modules and certificate, with lines that an administrator pasted.
const naiveConfig = `
ServerRoot /etc/apache2
DefaultRuntimeDir %[1]s
Mutex file:%[1]s default
PidFile %[1]s/pid
ErrorLog %[1]s/error.log
User www-data
Group www-data
ServerName %[2]s
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/mime.conf
Listen 127.0.0.1:%[3]d https
SSLEngine on
SSLCertificateFile /etc/ssl/certs/ssl-cert-snakeoil.pem
SSLCertificateKeyFile /etc/ssl/private/ssl-cert-snakeoil.key
DocumentRoot /var/www/html
<Directory /var/www>
  Require all granted
</Directory>
<Location "/server-status">
  SetHandler server-status
</Location>
ExtendedStatus On
IncludeOptional %[1]s/pasted.conf
`

// naive is an Apache that was set up by hand, for one test.
type naive struct {
	server
	dir     string
	process *machine.Process
}

// naiveFiles makes the configuration of a naive Apache that does not run.
func (h *machineHost) naiveFiles(pasted string) *naive {
	h.t.Helper()
	port := freePort()
	n := &naive{server: server{h, port}, dir: fmt.Sprintf("/run/naive-%d", port)}
	h.root("install", "-d", "-o", "www-data", n.dir)
	h.write(n.dir+"/apache.conf", fmt.Sprintf(naiveConfig, n.dir, machine.HostName, port))
	h.write(n.dir+"/pasted.conf", pasted)
	return n
}

// naive starts a naive Apache. It ends with the test.
func (h *machineHost) naive(pasted ...string) *naive {
	h.t.Helper()
	n := h.naiveFiles(strings.Join(pasted, "\n") + "\n")
	n.start()
	return n
}

func (n *naive) start() {
	n.host.t.Helper()
	var err error
	n.process, err = n.host.As("root").Start(context.WithoutCancel(n.host.t.Context()), n.argv("-DFOREGROUND")...)
	n.host.must(err)
	n.host.t.Cleanup(n.stop)
	n.host.soon(10*time.Second, func() error {
		select {
		case <-n.process.Done():
			n.host.t.Fatalf("the naive Apache ended: %+v\n%s", n.process.Stop(), n.log())
		default:
		}
		conn, err := n.dialContext(n.host.t.Context())
		if err == nil {
			conn.Close()
		}
		return err
	})
}

// argv is the command line of this Apache with further arguments.
func (n *naive) argv(more ...string) []string {
	return append([]string{"apache2", "-f", n.dir + "/apache.conf"}, more...)
}

func (n *naive) log() string {
	n.host.t.Helper()
	return n.host.root("sh", "-c", "cat "+n.dir+"/error.log 2>/dev/null || true")
}

// paste replaces the pasted lines and reloads.
func (n *naive) paste(pasted string) {
	n.host.t.Helper()
	n.host.write(n.dir+"/pasted.conf", pasted)
	n.reload()
}

// reload is the signal of "apachectl graceful".
func (n *naive) reload() {
	n.host.t.Helper()
	n.host.must(n.process.Signal(syscall.SIGUSR1))
}

// stop ends it at once: with requests in flight SIGTERM can take long.
func (n *naive) stop() {
	_ = n.process.Signal(syscall.SIGTERM)
	select {
	case <-n.process.Done():
	case <-time.After(time.Second):
		_, _ = n.host.Exec(context.Background(), "pkill", "-KILL", "-f", "--", n.dir+"/apache.conf")
	}
}
