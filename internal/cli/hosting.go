package cli

import (
	"errors"
	"fmt"
	"os"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/policy"
	"ecounit/internal/hint"
	"ecounit/internal/webserver"
	"ecounit/plan"
	"ecounit/report"
	"ecounit/tomlfile"
)

// hosting is the host service as everybody sees it without asking it: the
// policy, the registry and the includes can be read by all.
type hosting struct {
	place
	webServer func() webserver.Server
	policy    policy.Policy
	source    []byte
	report    report.Report // what is wrong with the policy; with errors, the policy is the default one
}

// hosting is nil where no administrator has set the host service up.
func (p place) hosting(server func() webserver.Server) *hosting {
	if !host.Installed(p.policyFile()) {
		return nil
	}
	s := &hosting{place: p, webServer: server}
	var err error
	if s.source, err = host.ReadRegular(p.policyFile(), tomlfile.MaxSize+1); err != nil {
		s.report.Add(report.Entry{Severity: report.Error, File: p.policyFile(), Message: "cannot read it: " + hint.Reason(err).Error()})
	} else {
		s.policy, s.report = policy.Parse(p.policyFile(), s.source)
	}
	if s.report.HasErrors() {
		s.policy = policy.Default()
	}
	return s
}

// broken is what is wrong with the policy, in a clause, or "".
func (s *hosting) broken() string {
	for _, e := range s.report.Entries() {
		if e.Severity == report.Error {
			return fmt.Sprintf("the administrator's policy has a mistake (%s): %s", placeOf(e), e.Message)
		}
	}
	return ""
}

func placeOf(e report.Entry) string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
}

// label stands for a user in paths and in the names of sites. A name that
// cannot is left to plan.Build to complain about.
func (s *hosting) label(account string) string {
	if label, ok := s.policy.Label(account); ok {
		return label
	}
	return account
}

// offersSockets says whether apps are to listen on sockets.
func (s *hosting) offersSockets() bool { return s.broken() == "" && !s.policy.PortsOnly }

// url is where visitors find a path, or "" where the policy does not say.
func (s *hosting) url(path string) string {
	if s.policy.BaseURL == "" {
		return ""
	}
	return s.policy.SiteURL(path)
}

// unserved says why the web server does not serve a site in the form that the
// registry has, or "". Where its folder is closed, the registry is believed.
func (s *hosting) unserved(site plan.Site, last func() []byte) string {
	server := s.webServer()
	has := webserver.Outdated
	if last != nil {
		has = server.Has(apache.File{Name: apache.FileName(site.Owner, site.App), Content: last()})
	}
	if has == webserver.Outdated { // or it was written for another release of the web server
		wanted, err := apache.Render(site, server.Release())
		if err != nil {
			return err.Error()
		}
		has = server.Has(wanted)
	}
	switch {
	case has == webserver.Unpublished || has == webserver.Outdated:
		return "the web server does not have it yet"
	case !server.Runs():
		return server.Unit + " does not run"
	}
	return ""
}

// record is the user's site of that ID. Without one, and when it is somebody
// else's, ok is false.
func (s *hosting) record(id string, user plan.User) (record host.Record, ok bool, err error) {
	record, err = s.store().Site(id)
	if errors.Is(err, os.ErrNotExist) {
		return record, false, nil
	}
	return record, err == nil && owns(user, record.UID, record.Account), err
}

// ownSite is the site of the user's app, also from when another word stood for
// the user in paths.
func (s *hosting) ownSite(app string, user plan.User) (host.Record, bool) {
	record, ours, _ := s.record(plan.Site{Owner: s.label(user.Name), App: app}.ID(), user)
	if ours {
		return record, true
	}
	sites, _ := s.store().AllSites() // what cannot be read, host check says
	for _, r := range sites {
		if r.App == app && owns(user, r.UID, r.Account) {
			return r, true
		}
	}
	return host.Record{}, false
}

// owns says whether something is the user's: who gets the number or the name of
// a user who is gone inherits nothing.
func owns(user plan.User, uid int, account string) bool {
	return user.UID == uid && user.Name == account
}

// stranger says whether something is somebody else's. Where only the number or
// only the name is the user's, whose it was is gone, and the service clears it
// away.
func stranger(user plan.User, uid int, account string) bool {
	return user.UID != uid && user.Name != account
}

// noHosting is for verbs that make no sense without the host service.
func noHosting(verb string) error {
	return hint.With(fmt.Errorf("cannot %s: no administrator has set up the host service here", verb), "an administrator types: sudo ecounit host setup")
}
