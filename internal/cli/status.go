package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/apply"
	"ecounit/descriptor"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/plan"
)

// appStatus is what status says of one app, from the address people use down
// to its last error. It is the --json document.
type appStatus struct {
	Version     int             `json:"version"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	State       string          `json:"state"` // active, activating, deactivating, degraded, failed, inactive
	Since       *time.Time      `json:"since,omitempty"`
	Enabled     bool            `json:"enabled"`
	Linger      bool            `json:"linger"`
	Descriptor  string          `json:"descriptor"`
	Site        *siteStatus     `json:"site,omitempty"`
	Database    *databaseStatus `json:"database,omitempty"`
	Processes   []processStatus `json:"processes"`
	Jobs        []jobStatus     `json:"jobs,omitempty"`
	Watch       *watchStatus    `json:"watch,omitempty"`
	Failing     []failingStatus `json:"failing,omitempty"` // with [on_failure]
	Warnings    []string        `json:"warnings"`
	LastLines   []string        `json:"last_lines,omitempty"` // of processes that failed
}

func (s *appStatus) warn(text string) { s.Warnings = append(s.Warnings, text) }

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
		err = c.JSON(s)
	} else {
		c.printStatus(s)
	}
	if err == nil && s.State != "active" {
		return statusError(exitInactive)
	}
	return err
}

func (c *command) statusOf(ctx context.Context, h *home, name string) (*appStatus, error) {
	a, err := h.installedApp(name)
	if err != nil {
		return nil, err
	}
	s := &appStatus{Version: terminal.JSONVersion, Name: name, State: "inactive", Processes: []processStatus{}, Warnings: []string{}}
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
	socket := ""
	if h.manager == nil {
		s.warn(h.whyDown(ctx) + ", so nothing of yours runs; ecounit enable " + name + " starts it")
	} else if socket, err = h.runtime(ctx, a, s); err != nil {
		return nil, err
	}
	if len(a.Paths) > 0 {
		if s.Watch, err = h.watch(ctx, a, last, s); err != nil {
			return nil, err
		}
	}
	if s.Failing, err = h.failing(ctx, name); err != nil {
		return nil, err
	}
	if planErr == nil && last.Web != nil {
		s.Site = h.site(ctx, last.Web, s)
		s.Site.Socket = socket
	}
	if planErr == nil && last.Database != nil {
		s.Database = h.databaseStatus(ctx, last.Database)
	}
	c.compare(ctx, h, a, s, last)
	return s, ctx.Err()
}

// compare says where the descriptor, the disk and the last plan differ.
func (c *command) compare(ctx context.Context, h *home, a *installed.App, s *appStatus, last *plan.Plan) {
	for _, f := range (apply.State{Units: a.Files}).Edited() {
		s.warn(f + " was edited by hand since ecounit wrote it")
	}
	if previous, err := h.places.Interrupted(a.Name); err == nil && previous != nil {
		s.warn("a change was interrupted: ecounit enable " + a.Name + " repairs it")
	}
	switch {
	case len(a.Files) == 0:
		s.warn("its units are gone: ecounit enable " + a.Name + " writes them again")
	case last == nil:
		s.warn("what was applied last is not known any more, its address neither: ecounit enable " + a.Name + " writes it again")
	}
	if !s.Linger {
		s.warn("lingering is off: the app ends when you log out; ecounit enable " + a.Name + " turns it on")
	}
	if s.Descriptor == "" {
		s.warn("the link to the descriptor is gone: ecounit enable in its folder makes it again")
		return
	}
	l, err := c.load(ctx, h, s.Descriptor)
	switch {
	case err != nil:
		s.warn("the descriptor cannot be used any more: " + err.Error())
	case l.report.HasErrors():
		s.warn("the descriptor cannot be applied any more: " + l.report.FirstError() + "; ecounit check " + a.Name + " says more")
	case last != nil && !sameUnits(l.units, a.Files):
		s.warn("the descriptor, or what it depends on, changed since: ecounit diff " + a.Name + " shows it, ecounit enable " + a.Name + " applies it")
	}
}
