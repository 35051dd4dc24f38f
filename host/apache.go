package host

import (
	"os"
	"path/filepath"
	"strings"

	"ecounit/apache"
	"ecounit/lazy"
)

// Apache is the web server of a host, in one of its two layouts.
type Apache struct {
	Unit    string // httpd.service or apache2.service
	Dir     string // ServerRoot: /etc/httpd or /etc/apache2
	Version apache.Version
}

// IncludeDir is where the package's configuration looks for includes.
func (a Apache) IncludeDir() string { return filepath.Join(a.Dir, "ecounit.d") }

// AuthFile is the administrator's way to log in of that name.
func (a Apache) AuthFile(name string) string { return filepath.Join(a.Dir, apache.AuthFile(name)) }

// IsDebian says whether it has Debian's layout and programs, and not those of
// RHEL.
func (a Apache) IsDebian() bool { return a.Dir == debianDir }

// Enable is what an administrator types to have Apache load modules.
func (a Apache) Enable(modules ...string) string {
	if a.IsDebian() {
		return "a2enmod " + strings.Join(modules, " ") + " && systemctl restart apache2"
	}
	return "load " + strings.Join(modules, " ") + " below " + a.Dir + "/conf.modules.d, and restart " + strings.TrimSuffix(a.Unit, ".service")
}

const debianDir = "/etc/apache2"

var layouts = []struct{ program, dir, unit string }{
	{"/usr/sbin/httpd", "/etc/httpd", "httpd.service"},
	{"/usr/sbin/apache2", debianDir, "apache2.service"},
}

// maxProgram is more than any build of httpd has, in bytes.
const maxProgram = 8 << 20

var banner = lazy.Regexp(`Apache/2\.\d+\.\d+`)

// FindApache finds the web server below root, which is "" for this machine.
func FindApache(root string) (Apache, bool) {
	found, ok := FindLayout(root)
	if ok {
		found.Version = found.release(root)
	}
	return found, ok
}

// FindLayout is FindApache without the Version, which takes a millisecond.
func FindLayout(root string) (Apache, bool) {
	for _, l := range layouts {
		if _, err := os.Stat(root + l.program); err == nil {
			return Apache{Unit: l.unit, Dir: l.dir}, true
		}
	}
	return Apache{}, false
}

// release is read out of the program's own text: running it costs more than all
// the rest of a change that changes nothing.
func (a Apache) release(root string) apache.Version {
	for _, l := range layouts {
		if l.dir != a.Dir {
			continue
		}
		file, err := os.Open(root + l.program)
		if err != nil {
			break
		}
		defer file.Close()
		text := make([]byte, maxProgram)
		n, _ := file.Read(text)
		if v, err := apache.ParseVersion(string(banner().Find(text[:n]))); err == nil {
			return v
		}
	}
	return apache.Oldest
}
