package policy

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"ecounit/tomlfile"
)

// BaseURL is the address of the web server as visitors write it:
// "https://HOST" or "https://HOST:PORT".
type BaseURL string

// ProbeURL is an address of the web server on this machine.
type ProbeURL string

var (
	originPattern = tomlfile.NewPattern(`^(https?://(` + hostName + `|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?)?$`)
	probePattern  = tomlfile.NewPattern(`^(https?://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?)?$`)
)

const (
	hostName = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*`

	maxHost = 253 + len(":65535") // 253 is DNS's own limit

	baseHint  = `write "https://HOST" or "https://HOST:PORT"`
	probeHint = `write "http://127.0.0.1:PORT" or "https://localhost:PORT"`
)

// Forms lists what may be written.
func (BaseURL) Forms() []tomlfile.Form {
	return []tomlfile.Form{{Type: "string", Pattern: originPattern}}
}

// Forms lists what may be written.
func (ProbeURL) Forms() []tomlfile.Form {
	return []tomlfile.Form{{Type: "string", Pattern: probePattern}}
}

// ReadValue reads it from the file.
func (u *BaseURL) ReadValue(v tomlfile.Value) {
	if origin(v, baseHint) {
		*u = BaseURL(v.Text())
	}
}

// ReadValue reads it from the file.
func (u *ProbeURL) ReadValue(v tomlfile.Value) {
	switch {
	case !origin(v, probeHint):
	case !probePattern.MatchString(v.Text()):
		v.Wrong(probeHint, "%s is not an address of this machine", v.Written())
	default:
		*u = ProbeURL(v.Text())
	}
}

// origin reports whether a value is a scheme, a host and perhaps a port, or
// empty, and complains otherwise.
func origin(v tomlfile.Value, hint string) bool {
	if v.Kind() != tomlfile.String {
		v.NoString("a string")
		return false
	}
	written := v.Text()
	if written == "" {
		return true
	}
	u, err := url.Parse(written)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHost(u):
		v.Wrong(hint, "%s is not an address of a web server", v.Written())
	case written != u.Scheme+"://"+u.Host:
		v.Wrong(`write "`+u.Scheme+"://"+u.Host+`"`, "%s is not the bare address of a web server", v.Written())
	default:
		return true
	}
	return false
}

// isHost checks the host and the port: url.Parse lets almost anything pass.
func isHost(u *url.URL) bool {
	number, err := strconv.Atoi(u.Port())
	switch {
	case u.Port() != "" && (err != nil || number < 1 || number > highestPort):
		return false
	case len(u.Host) > maxHost || !originPattern.MatchString(u.Scheme+"://"+u.Host):
		return false
	}
	address, isIPv6 := strings.CutPrefix(u.Host, "[")
	if !isIPv6 {
		return true
	}
	address, _, _ = strings.Cut(address, "]")
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Is6()
}

func (u BaseURL) scheme() string {
	scheme, _, _ := strings.Cut(string(u), ":")
	return scheme
}

// SiteURL is where visitors find a path of the web server. Without a base_url
// it is the path alone.
func (p Policy) SiteURL(path string) string {
	if p.BaseURL == "" {
		return path
	}
	return p.BaseURL + path + "/"
}

// ProbeURL is where to ask whether the web server serves a site. It is always
// an address of this machine: behind base_url there may be another one. Ask
// there for the host ProbeHost.
func (p Policy) ProbeURL() string {
	if p.Probe != "" {
		return p.Probe
	}
	base, err := url.Parse(p.BaseURL)
	switch {
	case err != nil || p.BaseURL == "":
		return "http://127.0.0.1:80"
	case base.Port() != "":
		return base.Scheme + "://127.0.0.1:" + base.Port()
	}
	return base.Scheme + "://127.0.0.1:" + map[string]string{"http": "80", "https": "443"}[base.Scheme]
}

// ProbeHost is the host and port that visitors ask for, or "" where no base_url
// says so: the web server may have another one for other names.
func (p Policy) ProbeHost() string {
	_, host, _ := strings.Cut(p.BaseURL, "://")
	return host
}
