package plan

import (
	"net/netip"
	"slices"

	"ecounit/descriptor"
)

// visitors plans what those who visit the site are held to.
func (b *builder) visitors(w *descriptor.Web, site *Site) {
	site.AllowFrom = slices.Compact(slices.SortedFunc(slices.Values(w.AllowFrom), netip.Prefix.Compare))
	site.Auth = w.Auth
	site.HTTPSOnly = w.HTTPSOnly
	site.BodyLimit = int64(w.BodyLimit)
	site.Timeout = orDuration(w.Timeout, DefaultTimeout)
	site.Connections = orDefault(w.Connections, 0)
	if w.Auth == AuthBasic {
		b.passwords(site)
	}
}

// passwords warns of what makes them useless.
func (b *builder) passwords(site *Site) {
	if !b.facts.Hosted {
		b.warn("web.auth", "your administrator makes the file that the include names as AuthUserFile, or sets up the host service",
			"`web.auth`: nobody keeps the passwords on this host; without them every visit is answered with an error")
	}
	if !site.HTTPSOnly && !b.facts.HTTPSOnly {
		b.warn("web.auth", "write https_only = true in [web]",
			"`web.auth`: those who visit over http send their password where others can read it")
	}
}

// exposed warns of the way past the web server, where X-Remote-User is what
// the visitor says it is.
func (b *builder) exposed(site *Site) {
	if site.Port == 0 {
		return
	}
	hint := `write listen = "socket" in [web]`
	if b.facts.SocketDir == "" {
		hint = "only a socket can be closed to others; an administrator provides them with the host service"
	}
	for _, option := range []struct {
		key string
		set bool
	}{{"web.allow_from", len(site.AllowFrom) > 0}, {"web.auth", site.Auth != ""}} {
		if option.set {
			b.warn(option.key, hint, "`%s`: everybody on this host reaches the app past the web server, at port %d", option.key, site.Port)
			return
		}
	}
}
