package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecounit/dbusctl"
	"ecounit/internal/installed"
	"ecounit/journal"
	"ecounit/plan"
)

// processStatus is one process of an app in status.
type processStatus struct {
	Process  string     `json:"process"`
	Unit     string     `json:"unit"`
	State    string     `json:"state"`
	SubState string     `json:"sub_state"`
	PID      int        `json:"pid,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Restarts int        `json:"restarts"`
	Memory   *uint64    `json:"memory,omitempty"` // bytes
	Tasks    *uint64    `json:"tasks,omitempty"`
	CPU      *float64   `json:"cpu_seconds,omitempty"`
	Failure  string     `json:"failure,omitempty"`
	Done     bool       `json:"done,omitempty"` // it has ended, and was meant to
}

func (p processStatus) broken() bool {
	return p.State == "failed" || strings.HasPrefix(p.SubState, "auto-restart")
}

// runtime asks systemd about all units of the app at once. It returns the
// state of the socket, or "".
func (h *home) runtime(ctx context.Context, a *installed.App, s *appStatus) (socket string, err error) {
	details, err := h.manager.DetailsOf(ctx, a.All()...)
	if err != nil {
		return "", err
	}
	if s.Jobs, err = h.jobStatuses(ctx, h.withSchedules(a.Name, a.Files)); err != nil {
		return "", err
	}
	stale, states := false, map[string]string{}
	var since *time.Time
	for _, d := range details {
		stale = stale || d.NeedDaemonReload
		states[d.Name] = d.ActiveState
		switch {
		case d.Name == plan.TargetOf(a.Name):
			if d.ActiveState == "active" {
				since = moment(d.Activated)
			}
		case d.Name == a.Socket:
			socket = d.ActiveState
		case slices.Contains(a.Services, d.Name):
			p := processOf(a.Name, d)
			p.Done = a.Done(d.Name, func(unit string) string { return states[unit] })
			if p.broken() {
				h.explain(ctx, a, &p, s)
			}
			s.Processes = append(s.Processes, p)
		}
	}
	for _, j := range s.Jobs {
		if states[j.Unit] = j.state(); j.broken() {
			h.lastRun(ctx, a, j.Job, j.failed, s)
		}
	}
	if s.State = a.State(func(unit string) string { return states[unit] }); s.State == "active" {
		s.Since = since // how long it has been otherwise, nobody knows
	}
	if stale {
		s.warn("unit files changed on disk since systemd read them: ecounit enable " + a.Name)
	}
	return socket, nil
}

func processOf(app string, d dbusctl.Details) processStatus {
	p := processStatus{
		Process: installed.ProcessName(app, d.Name), Unit: d.Name, State: d.ActiveState, SubState: d.SubState,
		PID: d.MainPID, Restarts: d.NRestarts, Memory: d.MemoryCurrent, Tasks: d.TasksCurrent,
	}
	if d.ActiveState == "active" {
		p.Since = moment(d.Activated)
	}
	if d.CPUUsage != nil {
		p.CPU = new(d.CPUUsage.Seconds())
	}
	return p
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const statusLines = 5

// explain says why a process failed and what it printed last.
func (h *home) explain(ctx context.Context, a *installed.App, p *processStatus, s *appStatus) {
	var err error
	if p.Failure, err = h.manager.Failure(ctx, p.Unit); err != nil {
		s.warn(err.Error())
	}
	h.lastRun(ctx, a, p.Process, p.Unit, s)
}

// lastRun adds what a process or a job printed last.
func (h *home) lastRun(ctx context.Context, a *installed.App, process, unit string, s *appStatus) {
	entries, err := journal.LastRun(ctx, unit, linesRead)
	if err != nil {
		s.warn(fmt.Sprintf("the last lines of %s are missing: %v", process, err))
	}
	s.LastLines = append(s.LastLines, lastLines(entries, statusLines, allLines(a, unit))...)
}

// overall sums up the processes. What is done does not count.
func overall(processes []processStatus) string {
	var states []string
	for _, p := range processes {
		if !p.Done {
			states = append(states, p.State)
		}
	}
	return installed.Overall(states)
}
