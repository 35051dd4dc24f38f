package apache

import (
	"bytes"
	"strconv"

	"ecounit/lazy"
	"ecounit/plan"
)

// madeBy begins every file of ours.
const madeBy = "Made by ecounit. "

var (
	// An app's name has no underscore.
	namePattern     = lazy.Regexp(`^([a-z_][a-z0-9_-]{0,31})_([a-z0-9][a-z0-9-]{0,31})\.conf$`)
	locationPattern = lazy.Regexp(`(?m)^<Location "(/[a-z0-9][a-z0-9_-]{0,63})">$`)
	backendPattern  = lazy.Regexp(`(?m)^ *(?:ProxyPass|BalancerMember) "(?:unix:(/[^|"]+)\||https?://127\.0\.0\.1:([0-9]{1,5})[/"])`)
)

// ParseFileName is the way back from FileName. ok is false for a name that it
// does not make.
func ParseFileName(name string) (owner, app string, ok bool) {
	m := namePattern().FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Inspect reads back what two sites must not have in common: whose the include
// is, its path, and what is behind it. Nothing else is filled in. ok is false
// when Render did not make the file. Of one that was changed since, the result
// is what is still there.
func Inspect(file File) (site plan.Site, ok bool) {
	site.Owner, site.App, ok = ParseFileName(file.Name)
	if !ok || !bytes.HasPrefix(file.Content, []byte("# "+madeBy)) {
		return plan.Site{}, false
	}
	if m := locationPattern().FindSubmatch(file.Content); m != nil {
		site.Path = string(m[1])
	}
	if m := backendPattern().FindSubmatch(file.Content); m != nil {
		site.Socket = string(m[1])
		site.Port, _ = strconv.Atoi(string(m[2])) // "" for a socket
	}
	return site, true
}
