package cli

import (
	"context"
	"fmt"
	"time"

	"ecounit/host"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

// siteChange is what is to be done about the site of an app, and how it stands.
type siteChange struct {
	action string    // publish, withdraw, release, or "" for nothing
	path   string    // of the site
	found  *standing // nil where there is no host service, or no site
	failed error     // why the site could not be withdrawn
}

// err is the exit code when the site is not as it should be.
func (s siteChange) err() error {
	if s.failed == nil && (s.found == nil || s.found.Publication == webserver.Published) {
		return nil
	}
	return statusError(exitUnpublished)
}

// toPublish finds out from files alone what the host service is to be asked
// for. Asking it costs more than all the rest of an enable that changes nothing.
func (h *home) toPublish(p *plan.Plan) siteChange {
	s := h.hosting()
	switch {
	case s == nil:
		return siteChange{}
	case p.Web == nil:
		if _, ours, _ := s.record(plan.Site{Owner: s.label(h.User.Name), App: p.Name}.ID(), h.User); ours {
			return h.toWithdraw(p.Name, false) // it had an address before
		}
		return siteChange{}
	}
	found, settled := s.standing(p.Web.Site, h.User, nil)
	change := siteChange{action: "publish", path: p.Web.Site.Path, found: &found}
	switch {
	case settled:
		change.action = ""
	case s.broken() != "": // it would refuse everything
		change.action = ""
		found.Reason = s.broken()
	}
	return change
}

// carryOutSite asks the host service, after the app is up.
func (c *command) carryOutSite(ctx context.Context, h *home, p *plan.Plan, change *siteChange) error {
	switch change.action {
	case "":
		return nil
	case "publish":
		if err := c.publish(ctx, h.hosting(), p.Web.Site, change.found); err != nil {
			return fmt.Errorf("%s runs, but is not published: %w", p.Name, err)
		}
		return nil
	}
	return c.withdraw(ctx, h.hosting(), p.Name, h.User, change)
}

func (c *command) publish(ctx context.Context, s *hosting, site plan.Site, found *standing) error {
	return s.ask(ctx, func(ctx context.Context, client service) error {
		answer, err := client.Publish(ctx, requestFor(site))
		if err != nil {
			return err
		}
		*found = s.answered(answer, site.Path)
		if site.Auth == plan.AuthBasic {
			names, err := client.PasswordNames(ctx, site.App)
			found.NobodyIn = err == nil && len(names) == 0
		}
		return nil
	})
}

// answered is how a site stands by the service's own words.
func (s *hosting) answered(a host.Answer, path string) standing {
	found := standing{Publication: webserver.Unpublished, URL: s.url(path), Reason: a.Reason, hosted: true}
	switch host.State(a.State) {
	case host.Pending:
		found.Publication = pending
	case host.Rejected:
		found.Publication = rejected
	case host.Approved:
		found.Publication = waiting
		switch {
		case a.Live:
			found.Publication = webserver.Published
		case found.Reason == "":
			found.Reason = "the web server does not have it yet"
		}
	}
	return found
}

// requestFor leaves out what the service derives from who calls.
func requestFor(site plan.Site) host.Request {
	r := host.Request{
		App: site.App, Path: site.Path, Port: uint16(site.Port), Prefix: string(site.Prefix), WebSocket: site.WebSocket,
		Timeout: uint32(site.Timeout / time.Second), AllowFrom: []string{}, Auth: site.Auth, HTTPSOnly: site.HTTPSOnly,
		BodyLimit: uint64(site.BodyLimit), Connections: uint16(site.Connections),
	}
	for _, network := range site.AllowFrom {
		r.AllowFrom = append(r.AllowFrom, network.String())
	}
	return r
}

// sayPublished tells how the site stands after enable.
func (c *command) sayPublished(app string, change siteChange) {
	found := change.found
	switch found.Publication {
	case webserver.Published:
		c.Line(terminal.Done, "published", found.where(change.path))
	case pending:
		text, _ := found.words()
		c.Line(terminal.Attention, "published", text)
	case rejected:
		c.Line(terminal.Refused, "rejected", found.Reason)
	default:
		c.Line(terminal.Attention, "not live", found.Reason)
	}
	if found.NobodyIn {
		c.Line(terminal.Attention, "passwords", "nobody is let in yet; for each person type: ecounit passwd "+app+" NAME")
	}
}

// where is the address of a site, or its path where the host's is not known.
func (s standing) where(path string) string {
	if s.URL != "" {
		return s.URL
	}
	return path
}
