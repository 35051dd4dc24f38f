package apache

import "testing"

// A site that asks for a number gets that many connections in all, and no pool
// is ever empty: max=0 would mean as many as there are threads.
func TestPools(t *testing.T) {
	for name, c := range map[string]struct {
		site              include
		requests, sockets number
	}{
		"requests":                {include{}, 8, 0},
		"one pool for both":       {include{websocket: true}, 20, 0},
		"two pools":               {include{websocket: true, balanced: true}, 8, 12},
		"asked for":               {include{connections: 200}, 200, 0},
		"asked for, one pool":     {include{websocket: true, connections: 1}, 1, 0},
		"asked for, two pools":    {include{websocket: true, balanced: true, connections: 50}, 20, 30},
		"two pools of three":      {include{websocket: true, balanced: true, connections: 3}, 1, 2},
		"two pools are two":       {include{websocket: true, balanced: true, connections: 1}, 1, 1},
		"without websockets, old": {include{connections: 3}, 3, 0},
	} {
		if requests, sockets := c.site.pools(); requests != c.requests || sockets != c.sockets {
			t.Errorf("%s: %d and %d, want %d and %d", name, requests, sockets, c.requests, c.sockets)
		}
	}
}
