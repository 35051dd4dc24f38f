package cli

import (
	"os"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

// How a site stands where there is a host service, beside what the web server
// has of it.
const (
	pending  webserver.Publication = "pending"  // waits for an administrator
	rejected webserver.Publication = "rejected" // an administrator does not want it
	reserved webserver.Publication = "reserved" // withdrawn; the path is kept for its owner
	waiting  webserver.Publication = "waiting"  // approved, and not served yet
)

// standing is how an app's site stands, as far as files tell. In JSON its
// fields are among those of what it belongs to.
type standing struct {
	Publication webserver.Publication `json:"publication"`
	URL         string                `json:"url,omitempty"`       // where visitors find it, or will
	Reason      string                `json:"reason,omitempty"`    // why it is rejected or not served
	NobodyIn    bool                  `json:"nobody_in,omitempty"` // auth = "basic", and no passwords yet

	hosted bool // there is a host service
}

// standing looks in the registry, and where there is none, or it knows nothing
// of the site, in the web server's folder. include is what belongs there, or nil
// for what was written when the app was last enabled.
func (h *home) standing(site plan.Site, include []byte) standing {
	var found standing
	if s := h.hosting(); s != nil {
		if found, _ = s.standing(site, h.User, h.lastInclude(site)); found.Publication != webserver.Unpublished {
			return found
		}
	}
	name := apache.FileName(site.Owner, site.App)
	found.Publication = h.webServer().Has(apache.File{Name: name, Content: include})
	if include == nil && found.Publication == webserver.Outdated {
		include = h.lastInclude(site)()
		found.Publication = h.webServer().Has(apache.File{Name: name, Content: include})
	}
	if found.Publication == webserver.Unpublished && h.webServer().ByHand(site) != "" {
		found.Publication = webserver.Published
	}
	return found
}

// lastInclude reads the include that was written when the app was last enabled.
func (h *home) lastInclude(site plan.Site) func() []byte {
	return func() []byte {
		content, _ := os.ReadFile(h.places.IncludeFile(site.App, apache.FileName(site.Owner, site.App)))
		return content
	}
}

// standing also reports whether the service would do nothing if it were asked:
// the site is served in the form that the app asks for, or an administrator
// has to act.
//
// last returns the include that was written for this site when the app was last
// enabled: where it is installed, nothing needs to be rendered.
func (s *hosting) standing(site plan.Site, user plan.User, last func() []byte) (found standing, settled bool) {
	found = standing{Publication: webserver.Unpublished, URL: s.url(site.Path), hosted: true}
	record, ours, err := s.record(site.ID(), user)
	switch {
	case err != nil:
		found.Publication, found.Reason = webserver.Unknown, err.Error()
		return found, false
	case !ours && s.webServer().ByHand(site) != "":
		found.Publication = webserver.Published
		return found, true // the service would refuse a path that an administrator's own line has
	case !ours:
		found.Reason = s.broken()
		return found, false
	}
	if !record.Site.Equal(site) {
		last = nil
	}
	found.Publication, found.Reason = s.standingOf(record, last)
	same := s.asAsked(record.Site, site)
	if found.Publication == webserver.Published && !same {
		found.Publication = webserver.Outdated
	}
	switch found.Publication {
	case webserver.Published, rejected:
		return found, same
	case pending:
		return found, same && s.policy.Ask
	}
	return found, false
}

// standingOf is how a site of the registry stands, and why.
func (s *hosting) standingOf(r host.Record, last func() []byte) (webserver.Publication, string) {
	if r.Leaving {
		return reserved, "" // until the web server has let go of it, or its owner comes back
	}
	switch r.State {
	case host.Pending:
		if s.webServer().Has(apache.File{Name: apache.FileName(r.Owner, r.App)}) == webserver.Outdated {
			return pending, "the form approved before is served meanwhile"
		}
		return pending, ""
	case host.Rejected:
		return rejected, r.Reason
	case host.Reserved:
		return reserved, ""
	}
	if r.Problem != "" {
		return waiting, r.Problem
	}
	if problem := s.unserved(r.Site, last); problem != "" {
		return waiting, problem
	}
	return webserver.Published, ""
}

// asAsked reports whether the registry has a site as its app asks for it. The
// service makes it stricter where the policy says so.
func (s *hosting) asAsked(has, asks plan.Site) bool {
	if s.broken() != "" { // it is not known what the policy said
		asks.HTTPSOnly, asks.BodyLimit = has.HTTPSOnly, has.BodyLimit
	}
	asks.HTTPSOnly = asks.HTTPSOnly || s.policy.HTTPSOnly
	if most := s.policy.BodyLimit; most > 0 && (asks.BodyLimit == 0 || asks.BodyLimit > most) {
		asks.BodyLimit = most
	}
	return has.Equal(asks)
}
