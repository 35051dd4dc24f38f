package cli

import (
	"fmt"

	"ecounit/host"
	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/report"
)

// claims complains about what the registry or the policy will refuse: now, when
// nothing was changed yet. The service decides again when it is asked.
func (s *hosting) claims(l *loaded, user plan.User) {
	c := &claim{hosting: s, loaded: l, user: user, site: l.plan.Web.Site}
	own, ours, _ := s.record(c.site.ID(), user)
	if ours && s.asAsked(own.Site, c.site) || !ours && s.webServer().ByHand(c.site) != "" {
		return
	}
	granted := ours && own.Path == c.site.Path
	if !granted {
		mine := c.sites()
		granted = c.grants()
		c.server()
		if most := s.policy.SitesPerUser; !ours && mine >= most && s.broken() == "" {
			c.refuse("web", "give one up with: ecounit disable --release APP", "you have %d sites, and on this host a user can have %d", mine, most)
		}
	}
	if !c.refused && s.broken() == "" {
		c.policy(granted)
	}
}

// claim is what an app asks for, and whether anything speaks against it.
type claim struct {
	*hosting
	*loaded
	user    plan.User
	site    plan.Site
	refused bool
}

const elsewhere = "choose another path"

func (c *claim) refuse(key, hint, format string, args ...any) {
	c.refused = true
	c.loaded.report.Add(c.descriptor.Entry(report.Error, key, fmt.Sprintf(format, args...), hint))
}

// sites complains about a name or a path that another site has, and counts the
// user's own ones. What cannot be read, the service will complain about.
func (c *claim) sites() (mine int) {
	sites, _ := c.store().AllSites()
	for _, other := range sites {
		same, own := other.ID() == c.site.ID(), owns(c.user, other.UID, other.Account)
		if own {
			mine++
		}
		switch {
		case own && !same && other.App == c.site.App:
			c.refuse("name", "ecounit disable --release "+c.site.App,
				"the app %s is registered as %s, from when your name in paths was %s", c.site.App, other.ID(), other.Owner)
		case own && !same && other.Path == c.site.Path:
			c.refuse("web.path", elsewhere+", or give that one up with: ecounit disable --release "+other.App,
				"the path %s belongs to your app %s", c.site.Path, other.App)
		case !stranger(c.user, other.UID, other.Account):
		case same:
			c.refuse("name", "choose another name for the app", "the name %s is taken by %s", other.ID(), holderOf(other))
		case other.Path == c.site.Path:
			c.refuse("web.path", elsewhere, "the path %s belongs to %s", c.site.Path, holderOf(other))
		}
	}
	return mine
}

// grants complains about a path that was given to somebody else.
func (c *claim) grants() (granted bool) {
	grants, _ := c.store().AllGrants()
	for _, g := range grants {
		switch {
		case g.Path != c.site.Path:
		case owns(c.user, g.UID, g.Account):
			granted = true
		case !c.refused && stranger(c.user, g.UID, g.Account):
			c.refuse("web.path", elsewhere, "the path %s was given to %s", c.site.Path, g.Account)
		}
	}
	return granted
}

// server complains about a path that the administrator has for something else.
func (c *claim) server() {
	if file := c.webServer().Claims(c.root)[c.site.Path]; file != "" {
		c.refuse("web.path", elsewhere, "the path %s is used by the web server's own configuration, in %s", c.site.Path, file)
	}
}

// policy complains about what the administrator does not allow.
func (c *claim) policy(granted bool) {
	rules := c.hosting.policy
	refusal := func(key string, err error) {
		if err != nil {
			c.refuse(key, hint.Of(err), "%v", err)
		}
	}
	refusal("web.path", rules.AllowsPath(c.site.Owner, c.site.Path, granted))
	if c.site.Auth != "" {
		refusal("web.auth", rules.AllowsAuth(c.site.Auth))
	}
	if c.site.Port != 0 && !rules.AllowsPort(c.site.Port) {
		c.refuse("web.listen", `write listen = "port": a free one is chosen`,
			"cannot publish an app on port %d: on this host it is one of %d to %d", c.site.Port, rules.FirstPort, rules.LastPort)
	}
}

// holderOf names who has a site.
func holderOf(r host.Record) string { return fmt.Sprintf("%s (app %s)", r.Account, r.App) }

// portHolder says who has a port by the registry, apart from the app itself.
// The registry is read when the first port is asked for.
func (s *hosting) portHolder(app string, user plan.User) func(port int) string {
	var holders map[int]string
	own, ours, _ := s.record(plan.Site{Owner: s.label(user.Name), App: app}.ID(), user)
	return func(port int) string {
		if ours && own.Port == port {
			return ""
		}
		if holders == nil {
			holders = s.portHolders(app, user)
		}
		return holders[port]
	}
}

func (s *hosting) portHolders(app string, user plan.User) map[int]string {
	holders := map[int]string{}
	sites, _ := s.store().AllSites()
	for _, other := range sites {
		own := owns(user, other.UID, other.Account)
		switch {
		case other.Port == 0 || own && other.App == app:
		case own:
			holders[other.Port] = "your app " + other.App
		default:
			holders[other.Port] = holderOf(other)
		}
	}
	return holders
}
