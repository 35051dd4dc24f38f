package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ecounit/apache"
	"ecounit/apply"
	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/report"
	"ecounit/templates"
	"ecounit/units"
)

// loaded is a descriptor and all that follows from it on this host.
type loaded struct {
	path       string // absolute
	shown      string // as messages name it
	source     []byte
	report     report.Report
	descriptor *descriptor.Descriptor
	python     *plan.Interpreter // nil when none was asked for
	database   *database         // nil when there is none
	plan       *plan.Plan
	units      []units.File
	include    apache.File // without content when nothing is published
	request    []byte      // for the administrator of a host without the host service

	yielded int // a port that an old program of the user's gives up for the app, or 0
}

// load reads and plans an app. An error is about reading; mistakes in the
// descriptor are in the report, and then there are no units.
func (c *command) load(ctx context.Context, h *home, app string) (*loaded, error) {
	return c.loadAs(ctx, h, app, nil)
}

// loadAs is load with what is tried out in place of what the descriptor says.
func (c *command) loadAs(ctx context.Context, h *home, app string, try *trial) (*loaded, error) {
	l, err := c.read(h, app)
	if err != nil || l.report.HasErrors() {
		return l, err
	}
	return l, l.build(ctx, h, try)
}

func (c *command) read(h *home, app string) (*loaded, error) {
	path, err := c.descriptorPath(h, app)
	if err != nil {
		return nil, err
	}
	l := &loaded{path: path, shown: c.shown(path)}
	if l.source, err = detect.ReadDescriptor(path); err != nil {
		if to, linked := os.Readlink(h.places.AppLink(app)); linked == nil && to == path {
			err = hint.With(err, "if you moved the folder, type in the new one: ecounit enable; to be rid of the app: ecounit disable %s", app)
		}
		return nil, err
	}
	l.descriptor, l.report = descriptor.Parse(l.shown, l.source)
	return l, nil
}

// build decides everything about an app without mistakes.
func (l *loaded) build(ctx context.Context, h *home, try *trial) error {
	known, err := h.known(l.path, l.descriptor.Name)
	if err != nil {
		return err
	}
	if l.yielded != 0 {
		known.KeptPort = l.yielded
	}
	if try != nil {
		if err := try.instead(l.descriptor, &known); err != nil {
			return err
		}
	}
	facts := h.facts(l.descriptor, known)
	l.python = facts.Python
	if l.database == nil {
		l.database = h.database(ctx, l.descriptor, l.path)
	}
	if err := ctx.Err(); err != nil { // no mistake of the descriptor's
		return err
	}
	if l.database != nil {
		facts.Database = l.database.facts()
	}
	if l.database != nil || l.descriptor.OnFailure != nil || l.descriptor.Watch != nil { // what their units run
		if facts.Ecounit, err = os.Executable(); err != nil {
			return fmt.Errorf("cannot find the path of ecounit itself: %w", err)
		}
	}
	var problems report.Report
	l.plan, problems = plan.Build(l.descriptor, facts)
	l.plan.User = h.User // and not what stands for them in paths
	l.report.Merge(problems)
	if l.report.HasErrors() {
		return nil
	}
	return l.render(h, l.descriptor)
}

// render turns the plan into files. What no file can hold is the user's
// mistake, too.
func (l *loaded) render(h *home, d *descriptor.Descriptor) error {
	var err error
	if l.units, err = units.Render(l.plan); err != nil {
		for _, e := range hint.Each(err) {
			l.report.Add(d.Entry(report.Error, "", e.Error(), ""))
		}
		return nil
	}
	if l.plan.Web == nil {
		return nil
	}
	server := h.webServer()
	if l.include, err = apache.Render(l.plan.Web.Site, server.Release()); err != nil {
		l.report.Add(d.Entry(report.Error, "web", err.Error(), ""))
		return nil
	}
	if h.hosting() != nil {
		return nil
	}
	l.request, err = templates.Request(templates.RequestData{
		User: l.plan.User.Name, App: l.plan.Name, URLPath: l.plan.Web.Site.Path,
		IncludePath: h.places.IncludeFile(l.plan.Name, l.include.Name), Include: string(l.include.Content),
		InstallDir: server.IncludeDir(), Once: server.Once(l.plan.Web.Site), Test: server.Test(), Reload: server.Reload(),
	})
	return err
}

// loadToEnable is load that also finds out who has the app's names already.
// Running a copy of an app beside it is no mistake; enabling it is.
func (c *command) loadToEnable(ctx context.Context, h *home, app string) (*loaded, error) {
	l, err := c.load(ctx, h, app)
	if err == nil && !l.report.HasErrors() {
		l.names(h)
	}
	return l, err
}

// names complains about names and paths that somebody else has.
func (l *loaded) names(h *home) {
	taken := func(hint, format string, args ...any) {
		l.report.Add(l.descriptor.Entry(report.Error, "name", fmt.Sprintf(format, args...), hint))
	}
	if other := h.otherFolder(l.plan.Name, l.path); other != "" {
		taken("choose another name, or first type: ecounit disable "+l.plan.Name, "you have an app of this name already: %s", other)
	}
	if other := h.otherName(l.plan.Name, l.path); other != "" {
		taken("to rename the app, first type: ecounit disable "+other, "this file is enabled as %s already", other)
	}
	for _, holder := range h.places.Holders(l.plan.Name, names(l.units)) {
		if to, err := os.Readlink(holder.Path); err == nil && to == "/dev/null" {
			taken("systemctl --user unmask "+holder.Unit, "the unit %s is masked: %s", holder.Unit, holder.Path)
			continue
		}
		taken("choose another name for the app", "the unit name %s is taken: %s", holder.Unit, holder.Path)
	}
	if s := h.hosting(); s != nil && l.plan.Web != nil {
		s.claims(l, h.User)
	}
}

// state is how the app is to be on the machine.
func (l *loaded) state(h *home) (apply.State, error) {
	app := l.plan.Name
	text, err := json.MarshalIndent(l.plan, "", "  ")
	if err != nil {
		return apply.State{}, err
	}
	s := apply.State{Linger: true, Enabled: true, Units: l.units}
	s.Records = []apply.Record{
		{Path: h.places.AppLink(app), Link: l.path},
		{Path: h.places.PlanFile(app), Content: append(text, '\n')},
	}
	if l.plan.Web != nil {
		s.Records = append(s.Records, apply.Record{Path: h.places.IncludeFile(app, l.include.Name), Content: l.include.Content})
	}
	if db := l.database; db != nil && db.environment.PassFile != nil {
		s.Records = append(s.Records, apply.Record{Path: h.places.PassFile(app), Content: db.environment.PassFile})
	}
	if l.request != nil {
		s.Records = append(s.Records, apply.Record{Path: h.places.RequestFile(app), Content: l.request})
	}
	s.Running = slices.Concat(l.plan.AllServices(), l.plan.Activators(), []string{l.plan.Target(), l.plan.Slice()})
	if socket := l.plan.Socket(); socket != "" {
		s.Running = append(s.Running, socket)
	}
	for _, j := range l.plan.Jobs {
		if unit := l.plan.JobUnit(j); j.AtBoot {
			s.Records = append(s.Records, apply.Record{Path: h.places.BootLink(unit), Link: filepath.Join(h.places.UnitDir(), unit)})
		}
	}
	slices.Sort(s.Running)
	return s, nil
}

func names(files []units.File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Name
	}
	return all
}
