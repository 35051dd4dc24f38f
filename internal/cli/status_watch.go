package cli

import (
	"context"
	"strings"
	"time"

	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/plan"
)

// watchStatus is what an app with [watch] has made of the last change.
type watchStatus struct {
	Paths     []string   `json:"paths"`
	Git       bool       `json:"git"`
	State     string     `json:"state"`             // of the path units, in systemd's words: failed when one is
	Last      string     `json:"last,omitempty"`    // applied, applying, refused (it does not load) or failed
	LastAt    *time.Time `json:"last_at,omitempty"` // when that ended
	Problem   string     `json:"problem,omitempty"` // why not all is watched
	directory string
}

// The values of Last.
const (
	changeApplied  = "applied"
	changeApplying = "applying"
	changeRefused  = "refused"
	changeFailed   = "failed"
)

// watch asks systemd what became of the last change since the app was started.
func (h *home) watch(ctx context.Context, a *installed.App, last *plan.Plan, s *appStatus) (*watchStatus, error) {
	w := &watchStatus{Paths: []string{}, State: "inactive"}
	if last != nil && last.Watch != nil {
		w.Paths, w.Git = last.Watch.Paths, last.Watch.Git != nil
		w.directory = strings.TrimSuffix(last.Directory, "/") + "/"
	}
	if h.manager == nil {
		return w, nil
	}
	apply := plan.WatchApplyOf(a.Name)
	details, err := h.manager.DetailsOf(ctx, append([]string{apply}, a.Paths...)...)
	if err != nil {
		return nil, err
	}
	change := details[0]
	for _, path := range details[1:] {
		if w.State != "failed" {
			w.State = path.ActiveState
		}
		if path.ActiveState == "failed" && w.Problem == "" {
			if w.Problem, err = h.manager.Failure(ctx, path.Name); err != nil {
				return nil, err
			}
		}
	}
	switch change.ActiveState {
	case "active":
		w.Last, w.LastAt = changeApplied, moment(change.Activated)
	case "activating", "deactivating":
		w.Last = changeApplying
	case "failed":
		w.Last, w.LastAt = changeFailed, moment(change.Deactivated)
		// It got no further than ExecStartPre=. A process that ends by itself is
		// started with the change all the same.
		if last != nil && last.Watch != nil && last.Watch.Check != nil && change.ExecMainStart.Before(change.Started) && overall(s.Processes) == "active" {
			w.Last = changeRefused
		}
		if w.overtaken(s.Processes) {
			w.Last, w.LastAt = "", nil
			break
		}
		h.lastRun(ctx, a, "the watch", apply, s)
	}
	return w, nil
}

// overtaken reports whether the app was started since the last change failed,
// by hand or because it failed as well. One that crashes each time is active for
// a moment, too.
func (w *watchStatus) overtaken(processes []processStatus) bool {
	for _, p := range processes {
		if p.State != "active" || p.Since == nil || w.LastAt == nil || p.Since.Before(*w.LastAt) {
			return false
		}
		if p.Restarts > 0 && time.Since(*p.Since) < staysUp {
			return false
		}
	}
	return true
}

func (c *command) printWatch(w *watchStatus) {
	var names []string
	for _, path := range w.Paths {
		names = append(names, strings.TrimPrefix(path, w.directory))
	}
	if w.Git {
		names = append(names, "git")
	}
	text := strings.Join(names, ", ")
	ago := ""
	if w.LastAt != nil {
		ago = " of " + terminal.Span(time.Since(*w.LastAt)) + " ago"
	}
	switch {
	case w.State == "failed":
		c.row("watch", text, "not all of it is watched: "+w.Problem)
	case w.State == "inactive":
		c.row("watch", text+", stopped")
	case w.Last == changeApplied:
		c.row("watch", text+"; the change"+ago+" is in use")
	case w.Last == changeApplying:
		c.row("watch", text+"; a change is being taken up")
	case w.Last == changeRefused:
		c.row("watch", text, "the change"+ago+" does not load, so the version before it goes on")
	case w.Last == changeFailed:
		c.row("watch", text, "the app did not come up with the change"+ago)
	default:
		c.row("watch", text+"; no change since the start")
	}
}
