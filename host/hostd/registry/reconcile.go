package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ecounit/host"
	"ecounit/host/policy"
)

// Departed drops the sites and grants of users who are gone or whose uid has
// another name now. Where that cannot be found out they are kept, and reported.
func (r *Registry) Departed(ctx context.Context, accounts Accounts) (dropped []host.Record, found []host.Finding, err error) {
	gone := map[user]bool{}
	for _, u := range r.users() {
		left, err := departed(ctx, accounts, u.uid, u.account)
		if ctx.Err() != nil {
			return nil, found, ctx.Err()
		}
		if err != nil {
			found = append(found, host.Finding{
				Severity: host.SeverityWarning,
				What:     oneLine(fmt.Sprintf("cannot find out whether %s (uid %d) still exists, so what they have is kept: %v", u.account, u.uid, err)),
				Hint:     fmt.Sprintf("getent passwd %d", u.uid),
			})
		}
		gone[u] = left && err == nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, e := range r.sorted() {
		if !gone[user{e.UID, e.Account}] {
			continue
		}
		if err := r.drop(e.ID()); err != nil {
			errs = append(errs, err)
			continue
		}
		dropped = append(dropped, e.Record)
	}
	for _, path := range slices.Sorted(maps.Keys(r.grants)) {
		if g := r.grants[path]; gone[user{g.UID, g.Account}] {
			errs = append(errs, r.dropGrant(path))
		}
	}
	return dropped, found, errors.Join(errs...)
}

// user is whose something is.
type user struct {
	uid     int
	account string
}

// users is everybody who has something, each once. Looking them up can take
// long, so that nothing is locked meanwhile.
func (r *Registry) users() []user {
	r.mu.Lock()
	defer r.mu.Unlock()
	var users []user
	for _, e := range r.entries {
		users = append(users, user{e.UID, e.Account})
	}
	for _, g := range r.grants {
		users = append(users, user{g.UID, g.Account})
	}
	slices.SortFunc(users, func(a, b user) int {
		return cmp.Or(cmp.Compare(a.uid, b.uid), cmp.Compare(a.account, b.account))
	})
	return slices.Compact(users)
}

// Tighten brings every site in line with a policy that became stricter: https
// only and smaller bodies. It reports what only a person can decide.
func (r *Registry) Tighten(rules policy.Policy) ([]host.Finding, error) {
	if !rules.Valid() {
		return nil, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []host.Finding
	var errs []error
	for _, e := range r.sorted() {
		tight := e
		tight.Site = tightened(e.Site, rules)
		if e.Before != nil {
			before := tightened(*e.Before, rules)
			tight.Before = &before
		}
		if !tight.equal(e) {
			errs = append(errs, r.save(tight))
		}
		if why := r.outside(e, rules); why != nil && e.served() != nil {
			found = append(found, host.Finding{
				Severity: host.SeverityWarning,
				What:     oneLine(fmt.Sprintf("%s is served, but would not be allowed today: %v", e.ID(), why)),
				Hint:     "ecounit host evict " + e.ID(),
			})
		}
	}
	return found, errors.Join(errs...)
}

// outside is why the policy would not allow a site that is there.
func (r *Registry) outside(e entry, rules policy.Policy) error {
	g, found := r.grants[e.Path]
	granted := found && g.UID == e.UID && g.Account == e.Account
	return r.allowed(Caller{e.UID, e.Account, e.Owner}, e.Site, granted, Terms{Policy: rules, HasLogin: func(string) bool { return true }})
}
