package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ecounit/internal/failures"
	"ecounit/notice"
	"ecounit/plan"
)

// failingStatus is a process or job that fails again and again, and who knows
// of it.
type failingStatus struct {
	Process  string     `json:"process"`
	Since    time.Time  `json:"since"`
	Last     time.Time  `json:"last"`
	Failures int        `json:"failures"`
	Reason   string     `json:"reason"`
	Told     []string   `json:"told"`
	ToldAt   *time.Time `json:"told_at,omitempty"`
	Sending  bool       `json:"sending"`           // the notice is on its way
	Problem  string     `json:"problem,omitempty"` // why there was no notice
}

// failing are the episodes of failures that are not over.
func (h *home) failing(ctx context.Context, app string) ([]failingStatus, error) {
	kept := failures.Of(h.User.UID, app)
	sent, err := kept.Told()
	if err != nil {
		return nil, err
	}
	var all []failingStatus
	for _, process := range kept.Processes() {
		e, err := kept.Episode(process)
		if err != nil {
			return nil, err
		}
		if e == nil || h.isOver(ctx, e) {
			continue
		}
		f := failingStatus{Process: process, Since: e.Since, Last: e.Last.At, Failures: e.Failures, Reason: e.Last.Reason, Told: []string{}}
		if of := sent.Of[process]; of.Since.Equal(e.Since) {
			f.Told, f.ToldAt, f.Problem = append(f.Told, of.To...), moment(of.At), of.Problem
			switch {
			case of.Silent:
				f.Problem = "there were too many notices within an hour"
			case of.Problem == cutOff && h.sends(ctx, app, process):
				f.Sending, f.Problem = true, ""
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// sends reports whether a notice is being sent.
func (h *home) sends(ctx context.Context, app, process string) bool {
	if h.manager == nil {
		return false
	}
	found, err := h.manager.Units(ctx, plan.NoticeOf(app, process)+".service")
	return err == nil && len(found) > 0 && found[0].ActiveState == "activating"
}

// isOver reports whether the next failure would be told of.
func (h *home) isOver(ctx context.Context, e *notice.Episode) bool {
	if e.Job {
		return !e.Succeeded.IsZero()
	}
	if h.manager == nil {
		return true
	}
	d, err := h.manager.Details(ctx, e.Unit)
	return err == nil && (d.ActiveState == "inactive" || well(d, time.Now()))
}

func (c *command) printFailing(f failingStatus) {
	text := fmt.Sprintf("%s since %s", f.Process, whenFailed(f.Since))
	if f.Failures > 1 {
		text += fmt.Sprintf(", %d failures, the last at %s", f.Failures, whenFailed(f.Last))
	}
	text += ": " + f.Reason
	if len(f.Told) > 0 {
		text += "; told " + strings.Join(f.Told, " and ")
	}
	if f.Sending {
		text += "; a notice is being sent"
	}
	if f.Problem != "" {
		c.row("failing", text, "the notice could not be sent: "+f.Problem)
		return
	}
	c.row("failing", text)
}

// whenFailed is the time of the day, and the day when it is another one.
func whenFailed(t time.Time) string {
	t = t.Local()
	if time.Since(t) < 24*time.Hour && t.Day() == time.Now().Day() {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}
