package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ecounit/apache"
	"ecounit/host"
)

// webServer is how the host's Apache is administered.
type webServer struct {
	host.Apache
	found   bool
	root    string                // stands before every path
	version func() apache.Version // in place of Apache's own
	texts   func() []writtenFile  // what administrators have written
}

// findWebServer looks for it below root, which is "" for this machine. Where there
// is none, the oldest form of the include is written, which later releases take,
// too, for the layout of RHEL.
func findWebServer(root string) webServer {
	found, ok := host.FindLayout(root)
	if !ok {
		found = host.Apache{Unit: "httpd.service", Dir: "/etc/httpd"}
	}
	s := webServer{Apache: found, found: ok, root: root}
	s.version = sync.OnceValue(func() apache.Version {
		if known, ok := host.FindApache(root); ok {
			return known.Version
		}
		return apache.Oldest
	})
	s.texts = sync.OnceValue(s.written)
	return s
}

// test is what an administrator types to have the configuration tested.
func (s webServer) test() string {
	if s.debian() {
		return "apache2ctl configtest"
	}
	return "apachectl configtest"
}

func (s webServer) reload() string {
	return "systemctl reload " + strings.TrimSuffix(s.Unit, ".service")
}

func (s webServer) debian() bool { return s.Unit == "apache2.service" }

// installed is where the include is that the web server reads, as an
// administrator types it.
func (s webServer) installed(include string) string { return filepath.Join(s.IncludeDir(), include) }

// has compares what is installed with what an app needs.
func (s webServer) has(include apache.File) publication {
	return publicationOf(filepath.Join(s.root, s.installed(include.Name)), include.Content)
}

// runs is false when systemd has no processes of the web server. It is read
// from the control group, which costs less than asking systemd.
func (s webServer) runs() bool {
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
