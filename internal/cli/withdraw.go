package cli

import (
	"context"

	"ecounit/host"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/plan"
)

// toWithdraw finds the site that an app leaves behind, from files alone. One
// that an administrator rejected stays as it is, unless it is served anyway.
func (h *home) toWithdraw(app string, release bool) siteChange {
	s := h.hosting()
	if s == nil {
		return siteChange{}
	}
	record, ours := s.ownSite(app, h.User)
	gone := (record.State == host.Reserved || record.State == host.Rejected) && record.Problem == ""
	switch {
	case !ours || gone && !release:
		return siteChange{}
	case release:
		return siteChange{action: "release", path: record.Path}
	}
	return siteChange{action: "withdraw", path: record.Path}
}

// withdraw takes a site off the web server. That it could not be done is in the
// change: the app is down by now, and that is not undone.
func (c *command) withdraw(ctx context.Context, s *hosting, app string, user plan.User, change *siteChange) error {
	release := change.action == "release"
	change.failed = s.ask(ctx, func(ctx context.Context, client service) error { return client.Withdraw(ctx, app, release) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if change.failed != nil {
		record, _ := s.ownSite(app, user)
		change.found = &standing{URL: s.url(change.path), Reason: change.failed.Error()}
		change.found.Publication, _ = s.standingOf(record, nil)
	}
	return nil
}

// sayWithdrawn tells of the site after disable.
func (c *command) sayWithdrawn(change siteChange) {
	switch found := change.found; {
	case change.action == "":
	case stillServed(change.failed):
		c.Line(terminal.Attention, "published", "still, at "+found.where(change.path)+", as an app that is down: "+found.Reason)
		c.Hint("an administrator types: " + hint.Of(change.failed))
	case found != nil && (found.Publication == reserved || found.Publication == rejected):
		c.Line(terminal.Attention, "released", change.path+" is not: "+found.Reason)
		c.Hint(hint.Of(change.failed))
	case found != nil:
		c.Line(terminal.Attention, "published", "still, at "+found.where(change.path)+", as an app that is down: "+found.Reason)
		c.Hint(hint.Of(change.failed))
	case change.action == "release":
		c.Line(terminal.Done, "withdrawn", change.path+" is free for others now")
	default:
		c.Line(terminal.Done, "withdrawn", change.path+" stays reserved for you; --release gives it up")
	}
}
