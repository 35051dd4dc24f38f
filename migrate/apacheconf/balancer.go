package apacheconf

import "strings"

const toBalancer = "balancer://"

// throughBalancers puts the first member of a balancer in place of it: an app
// answers at one address.
func throughBalancers(all []directive) []directive {
	first := map[string]string{}
	for _, d := range all {
		name, args := d.balancer, d.args
		if d.name == "balancermember" && len(args) > 1 && strings.HasPrefix(args[0], toBalancer) {
			name, args = args[0], args[1:]
		}
		name = strings.TrimSuffix(name, "/")
		if _, hasOne := first[name]; d.name == "balancermember" && name != "" && len(args) > 0 && !hasOne {
			first[name] = args[0]
		}
	}
	for _, d := range all {
		if d.name == "balancermember" || strings.HasPrefix(d.name, "<") {
			continue
		}
		for i, arg := range d.args {
			after, isBalanced := strings.CutPrefix(arg, toBalancer)
			name, below, hasMore := strings.Cut(after, "/")
			member, isKnown := first[toBalancer+name]
			if !isBalanced || !isKnown {
				continue
			}
			if d.args[i] = strings.TrimSuffix(member, "/"); hasMore {
				d.args[i] += "/" + below
			}
		}
	}
	return all
}
