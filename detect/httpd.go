package detect

import "regexp"

// maxHttpd is more than any build of httpd has, in bytes.
const maxHttpd = 8 << 20

var httpdBanner = regexp.MustCompile(`Apache/2\.\d+\.\d+`)

// HttpdBanner is the release of the Apache installed, as in "Apache/2.4.62",
// or "". It is read out of the program's own text: running it costs more time
// than all the rest of a change that changes nothing.
func (m Machine) HttpdBanner() string {
	for _, program := range []string{"/usr/sbin/httpd", "/usr/sbin/apache2"} {
		text, err := m.head(program, maxHttpd)
		if err != nil {
			continue
		}
		if banner := httpdBanner.Find(text); banner != nil {
			return string(banner)
		}
	}
	return ""
}
