package detect

import (
	"path/filepath"
	"strings"

	"ecounit/lazy"
)

// prefixSites are the folders that an environment's packages are in.
func (m Machine) prefixSites(prefix, version string) []string {
	var sites []string
	for _, lib := range []string{"lib", "lib64"} {
		pattern := "python" + version
		if version == "" {
			pattern = "python*"
		}
		for _, folder := range m.glob(filepath.Join(prefix, lib), pattern) {
			sites = append(sites, filepath.Join(folder, "site-packages"))
		}
	}
	return sites
}

// systemSites are the folders that a plain interpreter's packages are in, the
// user's own first, as in sys.path. Debian has dist-packages, others
// site-packages.
func (m Machine) systemSites(python string) []string {
	version := m.versionOf(python)
	if version == "" {
		return nil
	}
	prefix := filepath.Dir(filepath.Dir(m.resolve(python)))
	named := "python" + version
	sites := []string{filepath.Join(m.User.Home, ".local/lib", named, "site-packages")}
	if prefix == "/usr" {
		sites = append(sites,
			filepath.Join("/usr/local/lib", named, "dist-packages"),
			filepath.Join("/usr/local/lib", named, "site-packages"),
			filepath.Join("/usr/local/lib64", named, "site-packages"),
			"/usr/lib/python3/dist-packages")
	}
	return append(sites,
		filepath.Join(prefix, "lib", named, "site-packages"),
		filepath.Join(prefix, "lib64", named, "site-packages"))
}

// modules finds which of the wanted distributions are installed, and their
// versions, by the names of their metadata folders.
func (m Machine) modules(sites, wanted []string) map[string]string {
	found := map[string]string{}
	if len(wanted) == 0 {
		return found
	}
	asked := map[string]string{}
	for _, name := range wanted {
		asked[normalised(name)] = name
	}
	for _, site := range sites {
		for _, entry := range m.names(site) {
			name, version, ok := distribution(entry)
			if !ok {
				continue
			}
			if as := asked[normalised(name)]; as != "" && found[as] == "" {
				found[as] = version
			}
		}
	}
	return found
}

var separators = lazy.Regexp(`[-_.]+`)

// normalised is a distribution's name as package indexes compare it (PEP 503).
func normalised(name string) string {
	return strings.ToLower(separators().ReplaceAllString(name, "-"))
}

// unknownVersion is that of a package installed in place by an old setuptools.
const unknownVersion = "unknown"

var pythonTag = lazy.Regexp(`-py\d+(\.\d+)?$`)

// distribution takes apart the name of a metadata folder:
// gunicorn-20.1.0.dist-info, simplejson-3.18.3-py3.11.egg-info, app.egg-info.
func distribution(entry string) (name, version string, ok bool) {
	base, isWheel := strings.CutSuffix(entry, ".dist-info")
	if !isWheel {
		if base, ok = strings.CutSuffix(entry, ".egg-info"); !ok {
			return "", "", false
		}
		base = pythonTag().ReplaceAllString(base, "")
	}
	i := strings.LastIndexByte(base, '-')
	if i < 0 || i+1 == len(base) || base[i+1] < '0' || base[i+1] > '9' {
		return base, unknownVersion, base != "" && base[0] != '~' // pip's leftovers
	}
	return base[:i], base[i+1:], i > 0 && base[0] != '~'
}
