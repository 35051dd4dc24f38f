package registry

import (
	"net/netip"
	"slices"

	"ecounit/host/policy"
	"ecounit/plan"
)

// matters says whether an administrator who approved the one form has to look
// at the other: at another path, or another address behind it, or another way
// to log in, and at what lets more people in or lets them in over http. The
// rest concerns the app alone, or the policy limits it: websockets, timeouts,
// how the path is passed on, sizes and connections. So does what shuts people
// out: to ask for a login where there was none, or for https, or for fewer
// networks.
func matters(approved, wanted plan.Site) bool {
	return approved.Path != wanted.Path || approved.Port != wanted.Port || approved.Socket != wanted.Socket ||
		approved.Auth != "" && approved.Auth != wanted.Auth || approved.HTTPSOnly && !wanted.HTTPSOnly ||
		widened(approved.AllowFrom, wanted.AllowFrom)
}

// narrowed is what is served while a change waits: the form that was approved,
// but to nobody whom its owner wants to shut out from now on.
func narrowed(approved, wanted plan.Site) plan.Site {
	if approved.Auth == "" {
		approved.Auth = wanted.Auth
	}
	approved.HTTPSOnly = approved.HTTPSOnly || wanted.HTTPSOnly
	if !widened(approved.AllowFrom, wanted.AllowFrom) {
		approved.AllowFrom = wanted.AllowFrom
	}
	return approved
}

// widened says whether somebody is let in who was not. An empty list lets in
// everybody.
func widened(approved, wanted []netip.Prefix) bool {
	if len(approved) == 0 {
		return false
	}
	within := func(network netip.Prefix) bool {
		return slices.ContainsFunc(approved, func(a netip.Prefix) bool {
			return a.Bits() <= network.Bits() && a.Contains(network.Addr())
		})
	}
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(n netip.Prefix) bool { return !within(n) })
}

// tightened adds what the policy demands of every site.
func tightened(site plan.Site, rules policy.Policy) plan.Site {
	site.HTTPSOnly = site.HTTPSOnly || rules.HTTPSOnly
	if rules.BodyLimit > 0 && (site.BodyLimit == 0 || site.BodyLimit > rules.BodyLimit) {
		site.BodyLimit = rules.BodyLimit
	}
	return site
}
