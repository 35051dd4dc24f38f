package webserver

import (
	"io"
	"os"
	"path/filepath"
	"syscall"

	"ecounit/apache"
	"ecounit/host"
)

// Bounds of the administrator's configuration, so that nothing that lies there
// by mistake keeps the service busy.
const (
	maxConfigFile  = 1 << 20
	maxConfigFiles = 2000
)

// configuration lists where the two layouts keep what is enabled, but for the
// includes of ecounit.
var configuration = map[string][]string{
	"/etc/httpd": {"conf/httpd.conf", "conf.d/*.conf", "conf.modules.d/*.conf"},
	"/etc/apache2": {
		"apache2.conf", "httpd.conf", "ports.conf", "conf-enabled/*.conf", "sites-enabled/*", "mods-enabled/*.conf",
	},
}

// Claims maps each path that the administrator's own configuration uses to the
// file that does. What cannot be read claims nothing.
func Claims(a host.Apache) map[string]string { return claims(a.Dir, configuration[a.Dir]) }

func claims(dir string, patterns []string) map[string]string {
	found := map[string]string{}
	left := maxConfigFiles
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			continue
		}
		for _, file := range files {
			if left--; left < 0 {
				return found
			}
			for _, path := range apache.Claims(configText(file)) {
				if _, known := found[path]; !known {
					found[path] = file
				}
			}
		}
	}
	return found
}

// configText is the text of a file, which may be a link to one as Debian makes
// them, but nothing at which a reader would wait.
func configText(path string) []byte {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(file, maxConfigFile))
	if err != nil {
		return nil
	}
	return text
}
