package descriptor

import (
	"net/netip"
	"strconv"
	"strings"

	"ecounit/tomlfile"
)

// Networks are ranges of IP addresses, in the order of the file.
type Networks []netip.Prefix

const (
	maxNetworks  = 64
	networkHint  = `write an address or a network, as in "129.215.1.2", "129.215.0.0/16" or "2001:db8::/32"; names are not looked up`
	networksHint = "leave it out to let everybody in"
)

var (
	networkPattern = tomlfile.NewPattern(`^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$`)
	// partPattern is how Apache and many others take the beginning of an address.
	partPattern = tomlfile.NewPattern(`^([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})\.?(?:\*|(?:\.\*)+)?$`)
)

// Forms lists what may be written.
func (Networks) Forms() []Form {
	return []Form{{Type: "array", Min: 1, Max: maxNetworks, Items: []Form{{Type: "string", Pattern: networkPattern}}}}
}

// ReadValue reads it from the file.
func (n *Networks) ReadValue(v tomlfile.Value) {
	if v.Kind() != tomlfile.List {
		hint := networkHint
		if v.Kind() == tomlfile.String {
			hint = "write it in brackets: [" + strconv.Quote(tomlfile.Shortened(v.Text())) + "]"
		}
		v.Mismatch("a list of addresses and networks", hint)
		return
	}
	items := v.Items()
	switch {
	case len(items) == 0:
		v.Wrong(networksHint, "the list is empty, so nobody could visit")
	case len(items) > maxNetworks:
		v.Wrong("write larger networks", "%d networks are too many, at most %d are possible", len(items), maxNetworks)
	}
	for _, item := range items {
		if p, ok := network(item); ok {
			*n = append(*n, p)
		}
	}
}

func network(v tomlfile.Value) (netip.Prefix, bool) {
	if v.Kind() != tomlfile.String {
		v.NoString("an address or a network")
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(v.Text())
	if addr, bad := netip.ParseAddr(v.Text()); bad == nil && addr.Zone() == "" {
		p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	switch {
	case err != nil:
		v.Wrong(meantNetwork(v.Text()), "%s is not an address or a network", v.Written())
	case p.Addr().Is4In6():
		v.Wrong(meantIPv4(p), "%s is an IPv4 address in the form of IPv6", v.Written())
	case p.Bits() == 0:
		v.Wrong(networksHint, "%s is every address", v.Written())
	case p != p.Masked():
		v.Wrong("write "+strconv.Quote(p.Masked().String())+" for the network, or "+strconv.Quote(p.Addr().String())+" for the one address",
			"%s is an address within a network", v.Written())
	default:
		return p, true
	}
	return netip.Prefix{}, false
}

// meantIPv4 is the hint about ::ffff:192.0.2.0/120.
func meantIPv4(p netip.Prefix) string {
	short := netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	switch {
	case !short.IsValid():
		return networkHint
	case short.IsSingleIP():
		return "write " + strconv.Quote(short.Addr().String())
	}
	return "write " + strconv.Quote(short.Masked().String())
}

// meantNetwork is the hint about what is no network.
func meantNetwork(written string) string {
	if m := partPattern.Regexp().FindStringSubmatch(written); m != nil {
		octets := strings.Count(m[1], ".") + 1
		whole := m[1] + strings.Repeat(".0", 4-octets) + "/" + strconv.Itoa(8*octets)
		if p, err := netip.ParsePrefix(whole); err == nil && p == p.Masked() {
			return "write " + strconv.Quote(whole)
		}
	}
	return networkHint
}
