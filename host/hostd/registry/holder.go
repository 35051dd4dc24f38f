package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ecounit/host"
	"ecounit/plan"
)

// holding is what stands in the way of a claim.
type holding struct {
	thing   string // "/wiki", "the port 8001"
	fix     string
	account string
	uid     int
	site    string // the ID of the site that has it, or ""
	app     string
	state   host.State
	leaving bool   // and given up
	grant   string // the path of the grant that has it, or ""
	broken  string // the file of the record that cannot be read, or ""
}

// holder finds who has what a site needs, first to last: its name, its path,
// its port.
func (r *Registry) holder(caller Caller, site plan.Site) *holding {
	if _, bad := r.badSites[site.ID()]; bad {
		return &holding{thing: "the name " + site.ID(), broken: r.store.SiteFile(site.ID())}
	}
	path := holding{thing: site.Path, fix: "write another path in [web]"}
	for _, id := range slices.Sorted(maps.Keys(r.badSites)) {
		if "/"+id == site.Path { // the path that a site has when nothing else is said
			path.broken = r.store.SiteFile(id)
			return &path
		}
	}
	if _, bad := r.badGrants[site.Path]; bad {
		path.broken = r.store.GrantFile(site.Path)
		return &path
	}
	for _, e := range r.sorted() {
		h := holding{account: e.Account, uid: e.UID, site: e.ID(), app: e.App, state: e.State, leaving: e.Leaving}
		switch own := e.App == site.App && caller.is(e.UID, e.Account); {
		case own:
			continue
		case e.ID() == site.ID():
			h.thing, h.fix = "the name "+site.ID(), "write another name in ecounit.toml"
		case e.holdsPath(site.Path):
			h.thing, h.fix = path.thing, path.fix
		case e.holdsPort(site.Port):
			h.thing, h.fix = fmt.Sprintf("the port %d", site.Port), "write another port in [web]"
		default:
			continue
		}
		return &h
	}
	if g, found := r.grants[site.Path]; found && !caller.is(g.UID, g.Account) {
		path.account, path.uid, path.grant = g.Account, g.UID, g.Path
		return &path
	}
	return nil
}

// doubtful says whether this may be of a user who is gone: the caller has
// either the uid or the name, which two users do not have at once.
func (h *holding) doubtful(caller Caller) bool {
	return h.broken == "" && (h.uid == caller.UID) != (h.account == caller.Account)
}

func (h *holding) refusal(caller Caller) error {
	switch {
	case h.broken != "":
		return taken("ask your administrator to run: ecounit host check", "%s is not free for now: %q cannot be read", h.thing, h.broken)
	case h.grant != "":
		return taken(h.fix, "%s is granted to %s", h.thing, h.account)
	case caller.is(h.uid, h.account):
		return taken(h.fix, "%s is %s by your own app %s", h.thing, h.verb(), h.app)
	}
	return taken(h.fix, "%s is %s by %s (app %s)", h.thing, h.verb(), h.account, h.app)
}

func (h *holding) verb() string {
	switch {
	case h.thing[0] != '/':
		return "used"
	case h.leaving:
		return "given up, and still served,"
	case h.state == host.Approved:
		return "published"
	}
	return "reserved"
}

// dropIfGone makes way when the user whose it was is not there any more. When
// that cannot be found out, it stays.
func (r *Registry) dropIfGone(ctx context.Context, accounts Accounts, h *holding) error {
	gone, err := departed(ctx, accounts, h.uid, h.account)
	if err != nil {
		return failed("%s is held by %s (uid %d), and it cannot be found out whether that user still exists: %v", h.thing, h.account, h.uid, err)
	}
	if !gone {
		return taken(h.fix, "%s is %s by %s (uid %d)", h.thing, h.verb(), h.account, h.uid)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.entries[h.site]; h.site != "" && e.UID == h.uid && e.Account == h.account {
		return r.drop(h.site)
	}
	if g := r.grants[h.grant]; h.grant != "" && g.UID == h.uid && g.Account == h.account {
		return r.dropGrant(h.grant)
	}
	return nil // somebody was faster
}

// departed says whether a uid is nobody's now, or another account's.
func departed(ctx context.Context, accounts Accounts, uid int, account string) (bool, error) {
	now, exists, err := accounts.ByUID(ctx, uid)
	if err != nil {
		return false, err
	}
	return !exists || now != account, nil
}
