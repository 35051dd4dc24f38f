package webserver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/plan"
)

// Server is how the host's Apache is administered.
type Server struct {
	host.Apache
	Found   bool
	root    string                // stands before every path
	Release func() apache.Version // in place of Apache's own
	Texts   func() []File         // what administrators have written
}

// Find looks for it below root, which is "" for this machine. Where there is
// none, the oldest form of the include is written, which later releases take,
// too, for the layout of RHEL.
func Find(root string) Server {
	found, ok := host.FindLayout(root)
	if !ok {
		found = host.Apache{Unit: "httpd.service", Dir: "/etc/httpd"}
	}
	s := Server{Apache: found, Found: ok, root: root}
	s.Release = sync.OnceValue(func() apache.Version {
		if known, ok := host.FindApache(root); ok {
			return known.Version
		}
		return apache.Oldest
	})
	s.Texts = sync.OnceValue(s.written)
	return s
}

// Test is what an administrator types to have the configuration tested.
func (s Server) Test() string {
	if s.IsDebian() {
		return "apache2ctl configtest"
	}
	return "apachectl configtest"
}

// Reload is what an administrator types to have it read its configuration.
func (s Server) Reload() string {
	return "systemctl reload " + strings.TrimSuffix(s.Unit, ".service")
}

// Once is what an administrator types before the first app: modules are off on
// Debian, and so is what the package brings.
func (s Server) Once(site plan.Site) []string {
	if !s.Found || !s.IsDebian() {
		return nil
	}
	commands := []string{"a2enmod --quiet " + strings.Join(apache.Lacking(site, s.Release(), nil), " ")}
	if _, err := os.Stat(s.root + "/etc/apache2/conf-available/ecounit.conf"); err == nil {
		commands = append(commands, "a2enconf --quiet ecounit")
	}
	return commands
}

// Installed is where the include is that the web server reads, as an
// administrator types it.
func (s Server) Installed(include string) string { return filepath.Join(s.IncludeDir(), include) }

// Has compares what is installed with what an app needs.
func (s Server) Has(include apache.File) Publication {
	return publicationOf(filepath.Join(s.root, s.Installed(include.Name)), include.Content)
}

// Runs is false when systemd has no processes of the web server. It is read
// from the control group, which costs less than asking systemd.
func (s Server) Runs() bool {
	for _, tree := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/systemd"} {
		top := filepath.Join(s.root, tree, "system.slice")
		if _, err := os.Stat(top); err != nil {
			continue
		}
		processes, err := os.ReadFile(filepath.Join(top, s.Unit, "cgroup.procs"))
		return err != nil && !errors.Is(err, os.ErrNotExist) || len(processes) > 0
	}
	return true // nobody knows
}
