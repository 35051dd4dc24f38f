package apache

import (
	"fmt"
	"strconv"

	"ecounit/lazy"
)

// Version is a release of Apache httpd.
type Version struct{ Major, Minor, Patch int }

// Oldest is the oldest release that Render writes for: the one of RHEL 8, and
// the oldest that the includes were tried on.
var Oldest = Version{2, 4, 37}

// upgradeInHTTP is the first release whose mod_proxy_http passes websockets
// on. Older ones accept the same parameter and do nothing with it.
var upgradeInHTTP = Version{2, 4, 47}

var versionPattern = lazy.Regexp(`(?:^|Apache/)([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})(?:[^0-9.]|$)`)

// ParseVersion reads a release from "2.4.62", or from what the server says of
// itself: "Apache/2.4.37 (Red Hat Enterprise Linux)" or the first line of
// `httpd -v`.
func ParseVersion(text string) (Version, error) {
	m := versionPattern().FindStringSubmatch(text)
	if m == nil {
		return Version{}, fmt.Errorf("cannot find an Apache version such as 2.4.62 in %q", text)
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // at most four digits, so it cannot fail
	}
	return Version{n[0], n[1], n[2]}, nil
}

// AtLeast reports whether v is the release w or a later one.
func (v Version) AtLeast(w Version) bool {
	if v.Major != w.Major {
		return v.Major > w.Major
	}
	if v.Minor != w.Minor {
		return v.Minor > w.Minor
	}
	return v.Patch >= w.Patch
}

// String gives the release as httpd writes it: "2.4.62".
func (v Version) String() string {
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
