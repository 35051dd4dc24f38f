package cli

import (
	"context"

	"ecounit/host"
)

// toWithdraw finds the site that an app leaves behind, from files alone.
func (h *home) toWithdraw(app string, release bool) siteChange {
	s := h.hosting()
	if s == nil {
		return siteChange{}
	}
	record, ours := s.ownSite(app, h.User)
	switch {
	case !ours || record.State == host.Reserved && !release:
		return siteChange{}
	case release:
		return siteChange{action: "release", path: record.Path}
	}
	return siteChange{action: "withdraw", path: record.Path}
}

// withdraw takes a site off the web server. What could not be done is in the
// change: the app is down by now, and that is not undone.
func (c *command) withdraw(ctx context.Context, s *hosting, app string, change *siteChange) error {
	release := change.action == "release"
	err := s.ask(ctx, func(ctx context.Context, client service) error { return client.Withdraw(ctx, app, release) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		change.found = &standing{Publication: outdated, URL: s.url(change.path), Reason: err.Error(), hint: hintOf(err)}
	}
	return nil
}

// sayWithdrawn tells of the site after disable.
func (c *command) sayWithdrawn(change siteChange) {
	switch found := change.found; {
	case change.action == "":
	case found != nil:
		c.line(attention, "published", "still, at "+found.where(change.path)+", as an app that is down: "+found.Reason)
		c.hint(found.hint)
	case change.action == "release":
		c.line(done, "withdrawn", change.path+" is free for others now")
	default:
		c.line(done, "withdrawn", change.path+" stays reserved for you; --release gives it up")
	}
}
