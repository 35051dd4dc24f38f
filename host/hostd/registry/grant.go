package registry

import (
	"path/filepath"

	"ecounit/host"
	"ecounit/host/policy"
)

// Grant lets one account have a path outside of its own, and nobody else, or
// takes that back. A site that is there already stays until it is evicted. The
// uid says whose the account is now; it does not matter when a grant is taken
// back, which must be possible when the user is gone.
func (r *Registry) Grant(account string, uid int, path string, give bool, rules policy.Policy) (changed bool, err error) {
	if len(path) > maxField || !plainAccount(account) {
		return false, invalid("there is no account %.64q, or no path %.64q", account, path)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !give {
		return r.takeBack(account, path)
	}
	// Not a path that nobody gets, nor one that is no file name.
	if err := rules.AllowsPath("", path, true); err != nil {
		refused := refusal(host.Refused, err)
		refused.Fix = "grant another path" // not to ask an administrator, who does
		return false, refused
	}
	caller := Caller{UID: uid, Account: account}
	if _, bad := r.badGrants[path]; bad {
		return false, taken("remove it", "the grant of %s cannot be read: %q", path, r.store.GrantFile(path))
	}
	if g, found := r.grants[path]; found {
		if caller.is(g.UID, g.Account) {
			return false, nil
		}
		return false, taken("take it back from them first", "%s is granted to %s (uid %d)", path, g.Account, g.UID)
	}
	for _, e := range r.sorted() {
		switch {
		case !e.holdsPath(path) || caller.is(e.UID, e.Account):
		case e.Leaving:
			return false, taken("ecounit host check", "%s was given up, and is still served for %s (app %s)", path, e.Account, e.App)
		default:
			return false, taken("ecounit host evict "+e.ID(), "%s is reserved by %s (app %s)", path, e.Account, e.App)
		}
	}
	g := host.Grant{Path: path, Account: account, UID: uid, Since: r.now().UTC()}
	if err := r.replace(r.grantFiles, filepath.Base(r.store.GrantFile(path)), g); err != nil {
		r.readGrant(path)
		return false, failed("cannot record the grant of %s: %v", path, err)
	}
	r.grants[path] = g
	return true, nil
}

func (r *Registry) takeBack(account, path string) (changed bool, err error) {
	_, bad := r.badGrants[path]
	if g, found := r.grants[path]; !bad && (!found || g.Account != account) {
		return false, &host.Error{Kind: host.NoSite, Message: invalid("the path %q is not granted to %s", path, account).Message}
	}
	return true, r.dropGrant(path)
}

func (r *Registry) dropGrant(path string) error {
	err := r.grantFiles.Remove(filepath.Base(r.store.GrantFile(path)))
	if err == nil {
		err = r.grantFiles.Sync()
	}
	r.readGrant(path)
	if err != nil {
		return failed("cannot take back %s: %v", path, err)
	}
	return nil
}
