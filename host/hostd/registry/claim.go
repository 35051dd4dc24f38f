package registry

import (
	"context"
	"fmt"
	"slices"

	"ecounit/host"
	"ecounit/plan"
)

// Claim records what a user wants to have published, or says who has it
// already. The same request twice changes nothing. Errors are *host.Error.
//
// Where the policy wants approval, a new site waits for it. A site that was
// approved stays so unless a change concerns the administrator: see matters.
// Until that is decided, the form before is served. A rejected site stays
// rejected whatever is asked for, until an administrator approves it.
func (r *Registry) Claim(ctx context.Context, caller Caller, request host.Request, terms Terms) (record host.Record, changed bool, err error) {
	site, err := derive(caller, request, terms)
	if err != nil {
		return host.Record{}, false, err
	}
	for {
		e, changed, doubtful, err := r.try(caller, site, terms)
		if err != nil || doubtful == nil {
			return e.Record, changed, err
		}
		if err := r.dropIfGone(ctx, terms.Accounts, doubtful); err != nil {
			return host.Record{}, false, err
		}
	}
}

// try carries out a claim, unless something stands in its way that may have
// been left by a user who is gone.
func (r *Registry) try(caller Caller, site plan.Site, terms Terms) (e entry, changed bool, doubtful *holding, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	own, exists := r.own(caller, site.App)
	if exists && own.ID() != site.ID() && own.Leaving {
		return e, false, nil, taken("", "the app %s is given up, and still served as %s", site.App, own.ID())
	}
	if exists && own.ID() != site.ID() {
		return e, false, nil, refused("ecounit disable --release "+site.App,
			"the app %s is registered as %s, from when your name in paths was %s", site.App, own.ID(), own.Owner)
	}
	grant, isGranted := r.grants[site.Path]
	mine := isGranted && caller.is(grant.UID, grant.Account)
	if err := r.allowed(caller, site, mine, terms); err != nil {
		return e, false, nil, err
	}
	if taken := r.holder(caller, site); taken != nil {
		if taken.doubtful(caller) {
			return e, false, taken, nil
		}
		return e, false, nil, taken.refusal(caller)
	}
	if served := own.served(); served == nil || served.Path != site.Path {
		if err := terms.Claims.check(site); err != nil {
			return e, false, nil, err
		}
	}
	if count := r.count(caller); !exists && count >= terms.Policy.SitesPerUser {
		return e, false, nil, &host.Error{
			Kind:    host.TooMany,
			Message: fmt.Sprintf("you have %d sites, and on this host a user can have %d", count, terms.Policy.SitesPerUser),
			Fix:     "give one up with: ecounit disable --release APP",
		}
	}
	e, changed, err = r.record(caller, own, site, terms.Policy.Ask)
	return e, changed, nil, err
}

// record writes the outcome of a claim that nothing stands in the way of. own
// is the zero entry for a new site.
func (r *Registry) record(caller Caller, own entry, site plan.Site, ask bool) (e entry, changed bool, err error) {
	if site.Auth == plan.AuthBasic {
		defer func() {
			if _, exists := r.entries[site.ID()]; !exists {
				_ = r.removePasswords(site.ID()) // empty, so that nobody inherits anything if this fails as well
			}
		}()
		// Without the file every visitor gets an error, with an empty one nobody
		// is let in.
		if err := r.touchPasswords(site.ID()); err != nil {
			return entry{}, false, err
		}
	}
	e = r.next(caller, own, site, ask)
	if e.equal(own) {
		return own, false, nil
	}
	if err := r.save(e); err != nil {
		return entry{}, false, err
	}
	return e, true, nil
}

// next is what becomes of an entry by a claim.
func (r *Registry) next(caller Caller, own entry, site plan.Site, ask bool) entry {
	e := entry{Record: host.Record{Site: site, Account: caller.Account, UID: caller.UID, Since: own.Since}}
	approved := own.approved()
	switch {
	case own.State == host.Rejected && !own.Leaving:
		e.State, e.Reason = host.Rejected, own.Reason
	case !ask || approved != nil && !matters(*approved, site):
		e.State = host.Approved
	default:
		e.State = host.Pending
		if approved != nil {
			before := narrowed(*approved, site)
			e.Before = &before
		}
	}
	if e.State != own.State {
		e.Since = r.now().UTC()
	}
	if e.Site.Equal(own.Site) && e.State == own.State {
		e.Problem = own.Problem
	}
	return e
}

// own is the entry of a caller's app, under whatever name in paths.
func (r *Registry) own(caller Caller, app string) (entry, bool) {
	own := func(e entry) bool { return e.App == app && caller.is(e.UID, e.Account) }
	if e := r.entries[plan.Site{Owner: caller.Label, App: app}.ID()]; own(e) {
		return e, true
	}
	sorted := r.sorted()
	if i := slices.IndexFunc(sorted, own); i >= 0 {
		return sorted[i], true
	}
	return entry{}, false
}

// count is how many sites a caller has, in any state.
func (r *Registry) count(caller Caller) (n int) {
	for _, e := range r.entries {
		if caller.is(e.UID, e.Account) {
			n++
		}
	}
	return n
}

// is says whether something of this user is the caller's: a uid that was given
// to somebody else inherits nothing, nor does a name.
func (c Caller) is(uid int, account string) bool { return c.UID == uid && c.Account == account }
