//go:build machine

package attack

import (
	"testing"

	"ecounit/test/machine"
)

// rows are the attacks, in an order in which none harms the next.
var rows = []struct {
	name       string
	everywhere bool // and not on one release alone: it depends on the kernel's or systemd's doings
	attack     func(*machineHost)
}{
	{"config injection", false, configInjection},
	{"log injection", false, logInjection},
	{"shadowing", false, shadowing},
	{"mismatched slash", false, mismatchedSlash},
	{"socket collision", false, socketCollision},
	{"linked socket", true, linkedSocket},
	{"hard-linked socket", true, hardLinkedSocket},
	{"replaced socket", true, replacedSocket},
	{"direct access", true, directAccess},
	{"full folder", true, fullFolder},
	{"port squatting", true, portSquatting},
	{"planted includes", false, plantedIncludes},
	{"spoofed headers", false, spoofedHeaders},
	{"closed sites", false, closedSites},
	{"smuggling", false, smuggling},
	{"tossed cookies", false, tossedCookies},
	{"service workers", false, serviceWorkers},
	{"on behalf of others", true, onBehalf},
	{"polkit bypass", true, polkitBypass},
	{"approvals", false, approvals},
	{"odd names", false, oddNames},
	{"names on the bus", true, busNames},
	{"hidden calls", true, hiddenCalls},
	{"private parts", true, privateParts},
	{"departed accounts", true, departed},
	{"fuzz", false, fuzzService},
	{"flood", false, flood},
	{"hoarding", false, hoarding},
	{"reload storm", false, reloadStorm},
	{"crowd", false, crowd},
}

// TestAttacks runs every attack on one machine per release.
func TestAttacks(t *testing.T) {
	for _, suite := range []machine.Suite{machine.Bookworm, machine.Trixie} {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			for _, row := range rows {
				if row.everywhere || suite == machine.Bookworm {
					t.Run(row.name, func(t *testing.T) { row.attack(h.in(t)) })
				}
			}
		})
	}
}
