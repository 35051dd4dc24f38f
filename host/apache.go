package host

import (
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"ecounit/apache"
)

// Apache is the web server of a host, in one of its two layouts.
type Apache struct {
	Unit    string // httpd.service or apache2.service
	Dir     string // ServerRoot: /etc/httpd or /etc/apache2
	Version apache.Version
}

// IncludeDir is where the package's configuration looks for includes.
func (a Apache) IncludeDir() string { return filepath.Join(a.Dir, "ecounit.d") }

// AuthDir holds the administrator's ways to log in, one NAME.conf each.
func (a Apache) AuthDir() string { return filepath.Join(a.Dir, "ecounit-auth") }

var layouts = []struct{ program, dir, unit string }{
	{"/usr/sbin/httpd", "/etc/httpd", "httpd.service"},
	{"/usr/sbin/apache2", "/etc/apache2", "apache2.service"},
}

// maxProgram is more than any build of httpd has, in bytes.
const maxProgram = 8 << 20

var banner = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`Apache/2\.\d+\.\d+`) })

// FindApache finds the web server below root, which is "" for this machine.
// The release is read out of the program's own text: running it costs more
// than all the rest of a change that changes nothing.
func FindApache(root string) (Apache, bool) {
	for _, l := range layouts {
		file, err := os.Open(root + l.program)
		if err != nil {
			continue
		}
		text := make([]byte, maxProgram)
		n, _ := file.Read(text)
		file.Close()
		found := Apache{Unit: l.unit, Dir: l.dir, Version: apache.Oldest}
		if v, err := apache.ParseVersion(string(banner().Find(text[:n]))); err == nil {
			found.Version = v
		}
		return found, true
	}
	return Apache{}, false
}
