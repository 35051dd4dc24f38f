package apacheconf

import (
	"net/url"
	"strconv"
	"strings"

	"ecounit/lazy"
)

// proxy passes a URL path on to a program.
type proxy struct {
	path    string // "/tasks": without a slash at the end; "" is the whole server
	host    string
	port    int
	socket  string
	backend string // the path there, in the same form
	isOff   bool   // ProxyPass /x !
	ws      bool
}

// proxyOf reads a directive that passes something on. It is false for any
// other, and for what cannot be told, such as an address out of variables;
// unclear is true then.
func proxyOf(d directive) (p proxy, ok, unclear bool) {
	var from, to string
	switch d.name {
	case "proxypass":
		from, to = pair(d)
	case "proxypassmatch":
		from, to = pair(d)
		from, to = matched(from, to)
	case "rewriterule":
		if len(d.args) < 3 || !hasFlag(d.args[2], "P") {
			return p, false, false
		}
		from, to = matched(d.args[0], d.args[1])
	default:
		return p, false, false
	}
	if from == "" || to == "" {
		return p, false, true
	}
	p.path = strings.TrimSuffix(from, "/")
	if to == "!" {
		p.isOff = true
		return p, true, false
	}
	if socket, behind, isSocket := strings.Cut(strings.TrimPrefix(to, "unix:"), "|"); strings.HasPrefix(to, "unix:") {
		p.socket, to = socket, behind
		if !isSocket {
			to = "http://localhost"
		}
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || strings.ContainsAny(to, "${}%") {
		return p, false, true
	}
	p.ws = u.Scheme == "ws" || u.Scheme == "wss"
	p.host, p.backend = u.Hostname(), strings.TrimSuffix(u.Path, "/")
	if p.port, err = strconv.Atoi(u.Port()); err != nil {
		p.port = 80
	}
	return p, (u.Scheme == "http" || p.ws) && p.isHere(), !p.isHere()
}

// pair is the path and the address of ProxyPass; in a <Location> it has the
// path from there.
func pair(d directive) (from, to string) {
	switch {
	case len(d.args) == 0:
		return "", ""
	case d.location != "" && (len(d.args) == 1 || strings.Contains(d.args[1], "=")):
		if d.isMatch { // the whole path is added, or what was matched
			if to, isPutBack := strings.CutSuffix(d.args[0], "$1"); isPutBack {
				return d.location, to
			}
			return d.location, strings.TrimSuffix(d.args[0], "/") + d.location
		}
		return d.location, d.args[0]
	case len(d.args) == 1:
		return "", ""
	}
	return d.args[0], d.args[1]
}

// Patterns for a path and all below it, and the piece that is put back.
var (
	below    = lazy.Regexp(`^\^?(/?[A-Za-z0-9_-]+)(/?\(\.\*\)|\(/\.\*\)|/\(\.\*\)|\(\.\*\)|\(/\.\*\)\?|\(\?:/\(\.\*\)\)\?|\(/\|\$\)\(\.\*\)|/\?\(\.\*\))\$?$`)
	putBack  = lazy.Regexp(`/?\$[0-9]$`)
	original = "%{REQUEST_URI}"
)

// matched makes a path and an address of a pattern, where it is for all below
// a path.
func matched(pattern, to string) (from, address string) {
	found := below().FindStringSubmatch(pattern)
	if found == nil {
		return "", ""
	}
	from = "/" + strings.TrimPrefix(found[1], "/")
	if before, isWhole := strings.CutSuffix(to, original); isWhole {
		return from, before + from
	}
	return from, putBack().ReplaceAllString(to, "")
}

func hasFlag(flags, wanted string) bool {
	for flag := range strings.SplitSeq(strings.Trim(flags, "[]"), ",") {
		if strings.EqualFold(strings.TrimSpace(flag), wanted) || wanted == "P" && strings.EqualFold(strings.TrimSpace(flag), "proxy") {
			return true
		}
	}
	return false
}

// isHere reports whether the address is on this machine.
func (p proxy) isHere() bool {
	return p.socket != "" || p.host == "localhost" || p.host == "127.0.0.1" || p.host == "::1"
}
