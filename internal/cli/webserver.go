package cli

import (
	"path/filepath"

	"ecounit/apache"
)

// webServer is how the host's Apache is administered.
type webServer struct {
	version    apache.Version
	includeDir string // where the package's configuration looks for includes
	test       string
	reload     string
}

// oldest is the release of RHEL 8. Its form of the include works on later
// releases too, so it is used where no httpd is found.
var oldest = apache.Version{Major: 2, Minor: 4, Patch: 37}

func (h *host) webServer() webServer {
	s := webServer{version: oldest, includeDir: "/etc/httpd/ecounit.d", test: "apachectl configtest", reload: "systemctl reload httpd"}
	if h.WebServer() == "apache2" {
		s.includeDir, s.test, s.reload = "/etc/apache2/ecounit.d", "apache2ctl configtest", "systemctl reload apache2"
	}
	if v, err := apache.ParseVersion(h.HttpdBanner()); err == nil {
		s.version = v
	}
	return s
}

// installed is where the administrator puts the include.
func (s webServer) installed(include string) string { return filepath.Join(s.includeDir, include) }
