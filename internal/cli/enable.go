package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/apply"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

func (c *command) enable(ctx context.Context, app string, flags *cli.Context) error {
	h, end, err := c.begin(ctx, flags.Bool("dry-run"))
	if err != nil {
		return err
	}
	defer end()
	l, err := c.loadPrepared(ctx, h, app, flags.Bool("dry-run"))
	if err != nil {
		return err
	}
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	m := h.target(l.plan.Web)
	change, err := c.enabling(ctx, h, m, l)
	if err != nil {
		return err
	}
	if err := untouched(change, flags.Bool("force")); err != nil {
		return err
	}
	site := h.toPublish(l.plan)
	if flags.Bool("dry-run") {
		return c.dryRun(change, site, flags.Bool("json"))
	}
	report := &enableReport{command: c, loaded: l, change: change}
	if !flags.Bool("json") {
		m.Progress = report.step
		report.begin()
	}
	if err := c.carryOut(ctx, m, change); err != nil {
		return err
	}
	if err := c.carryOutSite(ctx, h, l.plan, &site); err != nil {
		return err
	}
	if flags.Bool("json") {
		err = c.JSON(changeDocument(change.App, apply.Diff(change), site))
	} else {
		report.end(h, site)
	}
	return cmp.Or(err, site.err())
}

// loadPrepared is loadToEnable with a folder for the app's socket, which is
// made before it is decided how the app listens.
func (c *command) loadPrepared(ctx context.Context, h *home, app string, dryRun bool) (*loaded, error) {
	l, err := c.read(h, app)
	if err != nil {
		return nil, err
	}
	return l, c.prepare(ctx, h, l, dryRun)
}

func (c *command) prepare(ctx context.Context, h *home, l *loaded, dryRun bool) error {
	if l.report.HasErrors() {
		return nil
	}
	l.database = h.database(ctx, l.descriptor, l.path)
	l.database.ask(ctx)
	if !dryRun {
		c.prepareSockets(ctx, h, l.descriptor)
	}
	if err := l.build(ctx, h, nil); err != nil {
		return err
	}
	if !l.report.HasErrors() {
		l.names(h)
	}
	return nil
}

// enabling is the change that enable makes.
func (c *command) enabling(ctx context.Context, h *home, m *apply.Machine, l *loaded) (apply.Change, error) {
	to, err := l.state(h)
	if err != nil {
		return apply.Change{}, err
	}
	change, err := c.change(ctx, m, l.plan.Name, to, to.Running)
	if err != nil || l.database == nil {
		return change, err
	}
	m.Database = maker{c, l.database}
	missing, err := l.database.missing(ctx)
	if missing {
		change.Database = l.database.name
	}
	return change, err
}

// enableReport tells of enable line by line, as it goes.
type enableReport struct {
	*command
	loaded  *loaded
	change  apply.Change
	changed bool
	lingers bool          // was told
	took    time.Duration // of all that makes the app come up
}

func (r *enableReport) begin() {
	if len(apply.Diff(r.change)) > 0 {
		r.Line(terminal.Done, "descriptor", r.loaded.shown)
		if r.change.Database == "" {
			r.database()
		}
	}
}

func (r *enableReport) database() {
	if db := r.loaded.database; db != nil {
		r.Line(terminal.Done, "database", db.String())
	}
}

func (r *enableReport) step(s apply.Step, o apply.Outcome) {
	r.changed = true
	switch s.Action {
	case apply.MakeDatabase:
		r.database()
	case apply.Write:
		if changed := unitNames(r.change, s.Files); changed != "" {
			r.Line(terminal.Done, "units", changed)
		}
		r.lingering()
	case apply.Start, apply.Restart:
		r.took += o.Took
	case apply.Health:
		text := "in " + terminal.Span(r.took+o.Took)
		if o.Status != 0 {
			text += fmt.Sprintf(", answers %d", o.Status)
		}
		r.Line(terminal.Done, "started", text)
	}
}

func (r *enableReport) end(h *home, site siteChange) {
	p := r.loaded.plan
	if !r.changed && site.action == "" && site.err() == nil {
		r.nothingToDo(p.Name)
		return
	}
	if r.changed {
		r.lingering()
		r.jobs()
	}
	switch {
	case p.Web == nil:
		r.sayWithdrawn(site)
	case site.found != nil:
		r.sayPublished(p.Name, site)
	default:
		r.sayRequest(h, p)
	}
}

// sayRequest is for hosts without the host service.
func (r *enableReport) sayRequest(h *home, p *plan.Plan) {
	name, path := p.Name, p.Web.Site.Path
	switch h.standing(p.Web.Site, r.loaded.include.Content).Publication {
	case webserver.Published:
		r.Line(terminal.Done, "published", path)
	case webserver.Outdated:
		r.Line(terminal.Attention, "published", path+", but with older settings: send your administrator "+h.places.RequestFile(name))
	case webserver.Unknown:
		r.Line(terminal.Attention, "published", "not to be told here; for the first time, send your administrator "+h.places.RequestFile(name))
	default:
		r.Line(terminal.Attention, "published", "not yet: send your administrator "+h.places.RequestFile(name))
	}
}

func (r *enableReport) jobs() {
	var names []string
	for _, j := range r.loaded.plan.Jobs {
		names = append(names, j.Name)
	}
	if len(names) > 0 {
		r.Line(terminal.Done, "jobs", strings.Join(names, " ")+"; ecounit jobs shows when they run, and how it went")
	}
}

func (r *enableReport) lingering() {
	if !r.lingers {
		r.lingers = true
		r.Line(terminal.Done, "lingering", "on: starts at boot, survives logout")
	}
}

// unitNames are the units among the files of a step.
func unitNames(change apply.Change, files []apply.FileChange) string {
	var names []string
	for _, f := range files {
		if filepath.Dir(f.Path) == change.UnitDir { // else a record, or a link to a unit
			names = append(names, filepath.Base(f.Path))
		}
	}
	return strings.Join(names, " ")
}
