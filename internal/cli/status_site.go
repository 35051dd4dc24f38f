package cli

import (
	"context"
	"fmt"
	"time"

	"ecounit/apache"
	"ecounit/apply"
	"ecounit/internal/hint"
	"ecounit/plan"
)

// siteStatus is how an app is reached, in status.
type siteStatus struct {
	Path    string `json:"path"`
	Address string `json:"address"`
	standing
	Include    string  `json:"include"`
	Socket     string  `json:"socket,omitempty"` // systemd's state of the socket unit
	Answer     int     `json:"answer,omitempty"` // HTTP status
	AnswerTime float64 `json:"answer_seconds,omitempty"`
	Problem    string  `json:"problem,omitempty"`
}

// statusAnswer is how long status waits for the app's own answer.
const statusAnswer = 3 * time.Second

// site looks along the way that a request takes.
func (h *home) site(ctx context.Context, web *plan.Web, s *appStatus) *siteStatus {
	site := &siteStatus{
		Path: web.Site.Path, Address: address(web.Site),
		Include:  h.places.IncludeFile(s.Name, apache.FileName(web.Site.Owner, web.Site.App)),
		standing: h.standing(web.Site, nil),
	}
	if s.State == "inactive" || h.manager == nil {
		return site
	}
	limited, cancel := context.WithTimeout(ctx, statusAnswer)
	defer cancel()
	client := apply.Client(web.Site)
	defer client.CloseIdleConnections()
	begin := time.Now()
	status, err := apply.Ask(limited, client, web)
	switch {
	case limited.Err() != nil:
		site.Problem = fmt.Sprintf("no answer within %s", statusAnswer)
	case err != nil:
		site.Problem = fmt.Sprintf("no answer: %v", hint.Reason(err))
	default:
		site.Answer, site.AnswerTime = status, time.Since(begin).Seconds()
		site.Problem = h.listenerProblem(web.Site.Port)
	}
	return site
}

// listenerProblem says what is wrong with who listens on the app's port.
func (h *home) listenerProblem(port int) string {
	if port == 0 {
		return ""
	}
	uid, addr, ok, err := h.Listener(port)
	switch {
	case err != nil || !ok:
		return ""
	case uid != h.User.UID:
		return "somebody else listens on the port"
	case addr != "127.0.0.1":
		return "it listens on " + addr + ": others reach it without the web server; let it listen on 127.0.0.1"
	}
	return ""
}
