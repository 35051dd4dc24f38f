package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/apache"
	"ecounit/apply"
	"ecounit/dbusctl"
	"ecounit/descriptor"
	"ecounit/journal"
	"ecounit/plan"
)

// appStatus is what status says of one app, from the address people use down
// to its last error. It is the --json document.
type appStatus struct {
	Version     int             `json:"version"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	State       string          `json:"state"` // active, activating, degraded, failed, inactive
	Since       *time.Time      `json:"since,omitempty"`
	Enabled     bool            `json:"enabled"`
	Linger      bool            `json:"linger"`
	Descriptor  string          `json:"descriptor"`
	Site        *siteStatus     `json:"site,omitempty"`
	Processes   []processStatus `json:"processes"`
	Warnings    []string        `json:"warnings"`
	LastLines   []string        `json:"last_lines,omitempty"` // of a process that failed
}

type siteStatus struct {
	Path        string      `json:"path"`
	Address     string      `json:"address"`
	Publication publication `json:"publication"`
	Include     string      `json:"include"`
	Socket      string      `json:"socket,omitempty"` // systemd's state of the socket unit
	Answer      int         `json:"answer,omitempty"` // HTTP status
	AnswerTime  float64     `json:"answer_seconds,omitempty"`
	Problem     string      `json:"problem,omitempty"`
}

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
}

func (c *command) status(ctx context.Context, app string, flags *cli.Context) error {
	if app == "" {
		if _, err := os.Stat(filepath.Join(c.workdir, descriptor.FileName)); errors.Is(err, os.ErrNotExist) {
			return c.list(ctx, app, flags)
		}
	}
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	name, err := c.appName(h, app)
	if err != nil {
		return err
	}
	s, err := c.statusOf(ctx, h, name)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		err = c.json(s)
	} else {
		c.printStatus(h, s)
	}
	if err == nil && s.State != "active" {
		return statusError(exitInactive)
	}
	return err
}

func (c *command) statusOf(ctx context.Context, h *host, name string) (*appStatus, error) {
	a, err := h.installedApp(name)
	if err != nil {
		return nil, err
	}
	s := &appStatus{Version: jsonVersion, Name: name, State: "inactive", Processes: []processStatus{}, Warnings: []string{}}
	if s.Linger, err = h.system.Linger(ctx, h.User.UID); err != nil {
		return nil, err
	}
	_, err = os.Lstat(h.places.EnabledLink(name))
	s.Enabled = err == nil
	s.Descriptor, _ = os.Readlink(h.places.AppLink(name))
	last, planErr := h.lastPlan(name)
	if planErr == nil {
		s.Description = last.Description
	}
	if h.manager == nil {
		s.warn(h.whyDown(ctx) + ", so nothing of yours runs; ecounit enable " + name + " starts it")
	} else if err := c.runtime(ctx, h, a, s); err != nil {
		return nil, err
	}
	if planErr == nil && last.Web != nil {
		s.Site = c.site(ctx, h, last.Web, s)
	}
	c.compare(h, a, s, last)
	return s, nil
}

func (s *appStatus) warn(text string) { s.Warnings = append(s.Warnings, text) }

// runtime asks systemd about all units of the app at once.
func (c *command) runtime(ctx context.Context, h *host, a *installed, s *appStatus) error {
	details, err := h.manager.DetailsOf(ctx, a.all()...)
	if err != nil {
		return err
	}
	stale := false
	for _, d := range details {
		stale = stale || d.NeedDaemonReload
		switch {
		case d.Name == plan.TargetOf(a.name):
			if d.ActiveState == "active" {
				s.Since = moment(d.Activated)
			}
		case strings.HasSuffix(d.Name, ".service"):
			p := processOf(a.name, d)
			if p.broken() {
				p.Failure, _ = h.manager.Failure(ctx, d.Name)
				s.LastLines = lastLines(ctx, d, s.LastLines)
			}
			s.Processes = append(s.Processes, p)
		}
	}
	s.State = overall(s.Processes, s.Since != nil)
	if stale {
		s.warn("unit files changed on disk since systemd read them: ecounit enable " + a.name)
	}
	return nil
}

func processOf(app string, d dbusctl.Details) processStatus {
	p := processStatus{
		Process: processName(app, d.Name), Unit: d.Name, State: d.ActiveState, SubState: d.SubState,
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

func (p processStatus) broken() bool {
	return p.State == "failed" || strings.HasPrefix(p.SubState, "auto-restart")
}

// processName turns a unit's name into the name in the descriptor.
func processName(app, unit string) string {
	name := strings.TrimPrefix(strings.TrimSuffix(unit, ".service"), app)
	if name == "" {
		return plan.WebProcess
	}
	return strings.TrimPrefix(name, "-")
}

// overall sums up the states of the processes in one of systemd's words;
// degraded, as in systemctl is-system-running, is some of each.
func overall(processes []processStatus, wanted bool) string {
	count := map[string]int{}
	for _, p := range processes {
		count[p.State]++
	}
	switch n := len(processes); {
	case n > 0 && count["active"]+count["reloading"] == n:
		return "active"
	case count["failed"] == n && n > 0:
		return "failed"
	case count["failed"] > 0 || count["active"] > 0 && wanted && count["activating"] == 0:
		return "degraded"
	case count["activating"] > 0:
		return "activating"
	case count["deactivating"] > 0:
		return "deactivating"
	}
	return "inactive"
}

func lastLines(ctx context.Context, d dbusctl.Details, before []string) []string {
	entries, err := journal.Tail(ctx, d.Name, time.Time{}, statusLines)
	if err != nil {
		return before
	}
	for _, e := range entries {
		before = append(before, e.Text())
	}
	return before
}

const (
	statusLines = 5
	// statusAnswer is how long status waits for the app's own answer.
	statusAnswer = 3 * time.Second
)

// site looks along the way that a request takes.
func (c *command) site(ctx context.Context, h *host, web *plan.Web, s *appStatus) *siteStatus {
	include := apache.FileName(web.Site.Owner, web.Site.App)
	content, _ := os.ReadFile(h.places.IncludeFile(s.Name, include))
	site := &siteStatus{
		Path: web.Site.Path, Address: address(web.Site),
		Publication: h.publication(apache.File{Name: include, Content: content}), Include: h.places.IncludeFile(s.Name, include),
	}
	if s.State == "inactive" || h.manager == nil {
		return site
	}
	ctx, cancel := context.WithTimeout(ctx, statusAnswer)
	defer cancel()
	client := apply.Client(web.Site)
	defer client.CloseIdleConnections()
	begin := time.Now()
	status, err := apply.Ask(ctx, client, web)
	if err != nil {
		site.Problem = "no answer: " + err.Error()
		return site
	}
	site.Answer, site.AnswerTime = status, time.Since(begin).Seconds()
	site.Problem = h.listenerProblem(web.Site.Port)
	return site
}

// listenerProblem says what is wrong with who listens on the app's port.
func (h *host) listenerProblem(port int) string {
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

// compare says where the descriptor, the disk and the last plan differ.
func (c *command) compare(h *host, a *installed, s *appStatus, last *plan.Plan) {
	for _, f := range (apply.State{Units: a.files}).Edited() {
		s.warn(f + " was edited by hand since ecounit wrote it")
	}
	if previous, err := h.places.Interrupted(a.name); err == nil && previous != nil {
		s.warn("a change was interrupted: ecounit enable " + a.name + " repairs it")
	}
	if !s.Linger {
		s.warn("lingering is off: the app ends when you log out; ecounit enable " + a.name + " turns it on")
	}
	if s.Descriptor == "" {
		s.warn("the link to the descriptor is gone: ecounit enable in its folder makes it again")
		return
	}
	l, err := c.load(h, s.Descriptor)
	switch {
	case err != nil:
		s.warn("the descriptor cannot be read any more: " + err.Error())
	case l.report.HasErrors():
		s.warn("the descriptor has mistakes: ecounit check " + a.name)
	case last != nil && !sameUnits(l.units, a.files):
		s.warn("the descriptor, or what it depends on, changed since: ecounit diff " + a.name + " shows it, ecounit enable " + a.name + " applies it")
	}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
