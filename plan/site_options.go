package plan

import (
	"fmt"
	"net/netip"

	"ecounit/lazy"
)

// Limits of what a site may ask for.
const (
	MaxAllowFrom   = 64
	MaxBodyLimit   = 1 << 40
	MaxConnections = 200
)

var siteAuthPattern = lazy.Regexp(`^[a-z][a-z0-9-]{0,31}$`)

// validateOptions is the part of Validate about what visitors are held to.
func (s Site) validateOptions() error {
	if len(s.AllowFrom) > MaxAllowFrom {
		return fmt.Errorf("the site %s allows %d networks, at most %d are possible", s.Path, len(s.AllowFrom), MaxAllowFrom)
	}
	for _, network := range s.AllowFrom {
		if err := validateNetwork(network); err != nil {
			return err
		}
	}
	switch {
	case s.Auth != "" && !siteAuthPattern().MatchString(s.Auth):
		return fmt.Errorf("the authentication %q is not a name of a-z, 0-9 and -", s.Auth)
	case s.BodyLimit < 0 || s.BodyLimit > MaxBodyLimit:
		return fmt.Errorf("the body limit %d is not between 1 byte and 1 TiB", s.BodyLimit)
	case s.Connections < 0 || s.Connections > MaxConnections:
		return fmt.Errorf("the number of connections %d is not between 1 and %d", s.Connections, MaxConnections)
	}
	return nil
}

func validateNetwork(p netip.Prefix) error {
	switch {
	case !p.IsValid() || p.Addr().Zone() != "" || p.Addr().Is4In6():
		return fmt.Errorf("%q is not a network of IPv4 or IPv6 addresses", p)
	case p.Bits() == 0:
		// httpd takes no mask of 0 bits: its configtest fails.
		return fmt.Errorf("the network %s is every address", p)
	case p != p.Masked():
		return fmt.Errorf("the network %s has bits behind its mask, %s is meant", p, p.Masked())
	}
	return nil
}
