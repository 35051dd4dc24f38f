package plan

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"ecounit/lazy"
)

// Site is what an app publishes: a URL path and the address behind it. Every
// field is typed and checked by Validate, because a Site is all that reaches
// the web server's configuration.
type Site struct {
	Owner string `json:"owner"` // the user's name
	App   string `json:"app"`
	Path  string `json:"path"` // one segment, "/alice_tasks"; no slash at the end

	// Exactly one of the two: a port on 127.0.0.1, or the absolute path of a
	// unix socket.
	Port   int    `json:"port,omitempty"`
	Socket string `json:"socket,omitempty"`

	Prefix    Prefix        `json:"prefix"`
	WebSocket bool          `json:"websocket"`
	Timeout   time.Duration `json:"timeout"` // how long Apache waits for an answer; whole seconds, nanoseconds in JSON

	// What visitors are held to, beside what the administrator set for the
	// whole server. Zero values hold them to nothing.
	AllowFrom   []netip.Prefix `json:"allow_from,omitempty"`  // the only addresses that may visit
	Auth        string         `json:"auth,omitempty"`        // AuthBasic, or the name of a file of the administrator's
	HTTPSOnly   bool           `json:"https_only,omitempty"`  // http is redirected to https
	BodyLimit   int64          `json:"body_limit,omitempty"`  // bytes of a request
	Connections int            `json:"connections,omitempty"` // to the app, from each process of Apache; 0: the renderer's choice
}

// AuthBasic asks for a password, and the host service keeps the file of them.
const AuthBasic = "basic"

// Prefix says whether the app sees the site's path in front of each request.
type Prefix string

// The two ways a reverse proxy can treat the path.
const (
	PrefixKeep  Prefix = "keep"
	PrefixStrip Prefix = "strip"
)

// DefaultTimeout is how long Apache waits for an app, the value of
// ProxyTimeout that the common guides use.
const DefaultTimeout = 300 * time.Second

var (
	sitePathPattern   = lazy.Regexp(`^/[a-z0-9][a-z0-9_-]{0,63}$`)
	siteOwnerPattern  = lazy.Regexp(`^[a-z_][a-z0-9_-]{0,31}$`)
	siteAppPattern    = lazy.Regexp(`^[a-z0-9][a-z0-9-]{0,31}$`)
	siteSocketPattern = lazy.Regexp(`^(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$`)
)

// maxSocketPath is what mod_proxy takes: PROXY_WORKER_MAX_NAME_SIZE less the
// scheme and the closing NUL, measured on httpd 2.4.67 and 2.4.71.
const maxSocketPath = 95

// ID names the site among those of all users: an app's name has no
// underscore, so the last one is the border.
func (s Site) ID() string { return s.Owner + "_" + s.App }

// Equal reports whether both are the same in every field.
func (s Site) Equal(other Site) bool {
	same := slices.Equal(s.AllowFrom, other.AllowFrom)
	s.AllowFrom, other.AllowFrom = nil, nil
	return same && reflect.DeepEqual(s, other)
}

// Validate reports the first field that may not reach a configuration file.
// It does not trust that the Site came from Build: the host service receives
// sites from users.
func (s Site) Validate() error {
	switch {
	case !siteOwnerPattern().MatchString(s.Owner):
		return fmt.Errorf("the user name %q cannot be part of a web path", s.Owner)
	case !siteAppPattern().MatchString(s.App):
		return fmt.Errorf("the app name %q is not of the form a-z, 0-9 and -", s.App)
	case !sitePathPattern().MatchString(s.Path):
		return fmt.Errorf("the web path %q is not one segment of a-z, 0-9, _ and -", s.Path)
	case s.Port == 0 && s.Socket == "":
		return fmt.Errorf("the site %s has neither a port nor a socket", s.Path)
	case s.Port != 0 && s.Socket != "":
		return fmt.Errorf("the site %s has both a port and a socket", s.Path)
	case s.Port != 0 && (s.Port < 1024 || s.Port > 65535):
		return fmt.Errorf("the port %d is not between 1024 and 65535", s.Port)
	case s.Socket != "" && !siteSocketPattern().MatchString(s.Socket), strings.Contains(s.Socket, "/../"):
		return fmt.Errorf("the socket path %q is not a plain absolute path", s.Socket)
	case len(s.Socket) > maxSocketPath:
		return fmt.Errorf("the socket path %q is longer than %d bytes", s.Socket, maxSocketPath)
	case s.Prefix != PrefixKeep && s.Prefix != PrefixStrip:
		return fmt.Errorf("the prefix %q is neither keep nor strip", s.Prefix)
	case s.Timeout < time.Second || s.Timeout > time.Hour || s.Timeout%time.Second != 0:
		return fmt.Errorf("the timeout %s is not whole seconds between 1s and 1h", s.Timeout)
	}
	return s.validateOptions()
}

// ReservedPaths are paths that web servers, their usual companions and
// certificate authorities use themselves; publishing there would take them over
// (facts: apache.md). Names with a dot cannot be published anyway.
var ReservedPaths = []string{
	"/balancer-manager", "/cgi-bin", "/doc", "/ecounit", "/error", "/icons", "/index", "/javascript", "/ldap-status",
	"/manual", "/mellon", "/perl-status", "/phpmyadmin", "/robots", "/server-info", "/server-status",
	"/shibboleth-sp", "/status",
}
