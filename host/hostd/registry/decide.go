package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ecounit/host"
	"ecounit/host/hostd/oneline"
)

// maxReason is how long the reason of a rejection, or a problem, may be, in
// characters.
const (
	maxReason  = 200
	maxProblem = 400
)

// Withdraw takes an app off the web server. Its path and port stay reserved
// for the user unless they are released. Of a change that waits nothing is
// left. A rejected site stays rejected: otherwise nobody would have to mind.
func (r *Registry) Withdraw(caller Caller, app string, release bool) (record host.Record, changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.own(caller, app)
	switch {
	case !found:
		return host.Record{}, false, noSite(app)
	case e.Leaving:
		return e.Record, false, nil
	case e.State == host.Rejected && release:
		return e.Record, false, refused("ask your administrator to run: ecounit host evict "+e.ID(),
			"cannot give up %s: an administrator rejected it", e.ID())
	case release:
		return r.leave(e, host.Reserved)
	case e.State == host.Rejected, e.State == host.Reserved:
		return e.Record, false, nil
	}
	if approved := e.approved(); approved != nil {
		site := *approved
		e.Site, e.Before = site, &site
	}
	return r.decide(e, host.Reserved, "")
}

// Approve has a pending or rejected site served in the form asked for.
func (r *Registry) Approve(id string) (record host.Record, changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.entries[id]
	switch {
	case !found:
		return host.Record{}, false, noSite(id)
	case e.Leaving:
		return e.Record, false, refused("", "cannot approve %s: it was given up, and %s has to ask for it again", id, e.Account)
	case e.State == host.Approved:
		return e.Record, false, nil
	case e.State == host.Reserved:
		return e.Record, false, refused("", "cannot approve %s: %s withdrew it, and only keeps the path", id, e.Account)
	}
	e.Before = nil
	return r.decide(e, host.Approved, "")
}

// Reject has a site not served, until it is approved. The reason is one
// printable line, or "".
func (r *Registry) Reject(id, reason string) (record host.Record, changed bool, err error) {
	if !utf8.ValidString(reason) || utf8.RuneCountInString(reason) > maxReason ||
		strings.ContainsFunc(reason, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return host.Record{}, false, invalid("the reason is not one line of at most %d characters", maxReason)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.entries[id]
	switch {
	case !found:
		return host.Record{}, false, noSite(id)
	case e.State == host.Rejected && e.Reason == reason && !e.Leaving:
		return e.Record, false, nil
	}
	e.Before = nil
	return r.decide(e, host.Rejected, reason)
}

func (r *Registry) decide(e entry, state host.State, reason string) (host.Record, bool, error) {
	e.State, e.Reason, e.Problem, e.Leaving, e.Since = state, reason, "", false, r.now().UTC()
	if err := r.save(e); err != nil {
		return host.Record{}, false, err
	}
	return e.Record, true, nil
}

// leave gives a site up. Nobody else has its path, port and name before the web
// server has let go of them: see Unserved. Passwords go at once: whoever comes
// next must not inherit them, nor its owner.
func (r *Registry) leave(e entry, state host.State) (record host.Record, changed bool, err error) {
	if e.Leaving && e.State == state {
		return e.Record, false, nil
	}
	if err := r.removePasswords(e.ID()); err != nil {
		return e.Record, false, err
	}
	e.Before, e.Leaving = nil, true
	e.State, e.Reason, e.Problem, e.Since = state, "", "", r.now().UTC()
	if err := r.save(e); err != nil {
		return host.Record{}, false, err
	}
	return e.Record, true, nil
}

// Evict forgets a site once it is Unserved, so that its path, port and name are
// free then. It also removes a record that cannot be read, of which it returns
// the name alone.
func (r *Registry) Evict(id string) (record host.Record, changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, found := r.entries[id]; found {
		return r.leave(e, host.Rejected)
	}
	if _, bad := r.badSites[id]; !bad {
		return host.Record{}, false, noSite(id)
	}
	border := max(strings.LastIndexByte(id, '_'), 0)
	record.Owner, record.App = id[:border], strings.TrimPrefix(id[border:], "_")
	return record, true, r.drop(id)
}

// SetProblem records why a site is not served, or with "" that it is. Nothing
// happens when that is known, or the site is not to be served any more.
func (r *Registry) SetProblem(id, problem string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.entries[id]
	problem = oneLine(problem)
	if !found || e.served() == nil || e.Problem == problem {
		return nil
	}
	e.Problem = problem
	return r.save(e)
}

// Unserved tells what the web server has of a site that is not to be served:
// still says why it may serve it yet, or "" that it does not. Then a site that
// was given up is forgotten.
func (r *Registry) Unserved(id, still string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.entries[id]
	still = oneLine(still)
	switch {
	case !found || e.served() != nil:
		return nil // asked for meanwhile
	case e.Leaving && still == "":
		return r.drop(id)
	case e.Problem == still:
		return nil
	}
	e.Problem = still
	return r.save(e)
}

// oneLine is for a record, a log and a terminal.
func oneLine(text string) string { return oneline.Of(text, maxProblem) }
