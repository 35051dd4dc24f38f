package cli

import (
	"ecounit/internal/webserver"
)

// words say how a site stands where there is a host service, behind its
// address. What stands out comes second.
func (s standing) words() (text string, problem []string) {
	const enable = "; ecounit enable publishes it"
	switch s.Publication {
	case webserver.Published:
		return "published", nil
	case webserver.Outdated:
		return "published with older settings" + enable, nil
	case pending:
		if s.Reason != "" {
			return "waits for approval by the administrator; " + s.Reason, nil
		}
		return "waits for approval by the administrator", nil
	case rejected:
		return "rejected by the administrator", []string{s.Reason}
	case reserved:
		return "withdrawn, and reserved for you" + enable, nil
	case waiting:
		return "approved, and not live", []string{s.Reason}
	case webserver.Unknown:
		return "whether it is published is not to be told", []string{s.Reason}
	}
	if s.Reason != "" {
		return "not published", []string{s.Reason}
	}
	return "not published" + enable, nil
}

// wordsByHand are the same where includes are installed by hand.
func (s *siteStatus) wordsByHand() string {
	switch s.Publication {
	case webserver.Published:
		return "published"
	case webserver.Outdated:
		return "published with older settings; the include is now " + s.Include
	case webserver.Unknown:
		return "whether it is published is not to be told here; the include is " + s.Include
	}
	return "not published; the include is " + s.Include
}
