package apache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"ecounit/plan"
)

// A File is one include, ready to be written.
type File struct {
	Name    string // without a directory; ends in .conf
	Content []byte
}

// maxSocket is the longest path of a unix socket, in bytes, that mod_proxy
// takes: PROXY_WORKER_MAX_NAME_SIZE less the closing NUL, measured with
// `apache2 -t` on 2.4.67 and 2.4.71. The kernel would take 107.
const maxSocket = 95

// Render writes the include of a site for the given release of httpd. It
// checks the site itself, whoever made it, and gives the same bytes for the
// same site and release.
func Render(site plan.Site, server Version) (File, error) {
	if err := check(site, server); err != nil {
		return File{}, fmt.Errorf("cannot write an Apache include: %w", err)
	}
	s := newInclude(site, server)
	b := newBlock()
	b.comment(fixed(madeBy + "Do not edit: it is written again, as it is, by the next change."))
	b.comment(word{fixed("user "), s.owner, fixed(", app "), s.app})
	if s.balanced {
		s.balancer(b)
	}
	b.section("Location", s.path, s.location)
	content, err := b.bytes()
	if err != nil {
		return File{}, fmt.Errorf("cannot write an Apache include: %w", err)
	}
	return File{Name: FileName(site.Owner, site.App), Content: content}, nil
}

// Suffix ends the names of includes. Apache reads no other files of the folder.
const Suffix = ".conf"

// FileName gives the name of the include of a user's app. It belongs to no
// other pair: an app's name has no underscore, so the last one is the border.
func FileName(owner, app string) string {
	return plan.Site{Owner: owner, App: app}.ID() + Suffix
}

func check(site plan.Site, server Version) error {
	if err := site.Validate(); err != nil {
		return err
	}
	if len(site.Socket) > maxSocket {
		return fmt.Errorf("the socket path %q is longer than %d bytes", site.Socket, maxSocket)
	}
	if server.Major != Oldest.Major || !server.AtLeast(Oldest) {
		return fmt.Errorf("Apache %s is not supported, only %s and later", server, Oldest)
	}
	return nil
}

// include is a checked site with what Render derives from it.
type include struct {
	owner     value
	app       value
	path      value
	id        value
	strip     bool
	websocket bool
	balanced  bool // websockets go through a balancer, as before 2.4.47
	timeout   number
	socket    value // empty for a port
	port      number

	allowFrom   []netip.Prefix
	auth        value // empty for none
	passwords   value
	httpsOnly   bool
	bodyLimit   number // 0 for none
	connections number
}

func newInclude(site plan.Site, server Version) include {
	return include{
		owner:     value(site.Owner),
		app:       value(site.App),
		path:      value(site.Path),
		id:        value(identity(site)),
		strip:     site.Prefix == plan.PrefixStrip,
		websocket: site.WebSocket,
		balanced:  site.WebSocket && !server.AtLeast(upgradeInHTTP),
		timeout:   number(site.Timeout / time.Second),
		socket:    value(site.Socket),
		port:      number(site.Port),

		allowFrom:   site.AllowFrom,
		auth:        value(site.Auth),
		passwords:   value(PasswordFolder + "/" + site.ID()),
		httpsOnly:   site.HTTPSOnly,
		bodyLimit:   number(site.BodyLimit),
		connections: number(site.Connections),
	}
}

// identity names the app within mod_proxy, which picks a connection by the
// beginning of its URL: two sockets under one host name met each other (facts:
// apache.md, point 5). It is a digest because httpd takes at most 63 bytes of
// host name, and cuts the whole URL at 95 in its older releases.
func identity(site plan.Site) string {
	sum := sha256.Sum256([]byte(site.Owner + "/" + site.App))
	return hex.EncodeToString(sum[:10])
}

// backend gives the URL of the app without the unix: part: what Apache asks
// for, and what it finds again in the app's redirects. It never ends in a
// slash, as the Location does not (facts: apache.md, point 6).
func (s include) backend(scheme fixed) word {
	if s.socket == "" {
		return word{scheme, fixed("://127.0.0.1:"), s.port}
	}
	return word{scheme, fixed("://"), s.id, fixed(".ecounit.invalid")}
}

// worker gives the address that ProxyPass and BalancerMember connect to.
func (s include) worker(scheme fixed) word {
	if s.socket == "" {
		return s.backend(scheme)
	}
	return append(word{fixed("unix:"), s.socket, fixed("|")}, s.backend(scheme)...)
}

// prefixed adds the site's path to a backend URL when the app wants to see it.
func (s include) prefixed(url word) word {
	if s.strip {
		return url
	}
	return append(url, s.path)
}
