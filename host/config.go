package host

import (
	"path/filepath"

	"ecounit/apache"
)

// Bounds of the administrator's configuration, so that nothing that lies there
// by mistake keeps anybody busy.
const (
	maxConfigFile  = 1 << 20
	maxConfigFiles = 2000
)

// configuration lists where the two layouts keep what is enabled, but for the
// includes of ecounit.
var configuration = map[string][]string{
	"/etc/httpd": {"conf/httpd.conf", "conf.d/*.conf", "conf.modules.d/*.conf"},
	debianDir: {
		"apache2.conf", "httpd.conf", "ports.conf", "conf-enabled/*.conf", "sites-enabled/*", "mods-enabled/*.conf",
	},
}

// Claims maps each path that the administrator's own configuration uses to the
// file that does, below root as in FindApache. What cannot be read claims
// nothing.
func (a Apache) Claims(root string) map[string]string {
	found := map[string]string{}
	for _, file := range a.ConfigFiles(root) {
		for _, path := range apache.Claims(configText(file)) {
			if _, known := found[path]; !known {
				found[path] = file
			}
		}
	}
	return found
}

// ConfigFiles are the files of the administrator's own configuration, below
// root as in FindApache.
func (a Apache) ConfigFiles(root string) []string {
	var files []string
	for _, pattern := range configuration[a.Dir] {
		found, err := filepath.Glob(filepath.Join(root, a.Dir, pattern))
		if err == nil {
			files = append(files, found...)
		}
	}
	return files[:min(len(files), maxConfigFiles)]
}

// configText is the text of a file, or nothing where it cannot be read.
func configText(path string) []byte {
	text, _ := ReadRegular(path, maxConfigFile)
	return text
}
