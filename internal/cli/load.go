package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ecounit/apache"
	"ecounit/apply"
	"ecounit/descriptor"
	"ecounit/detect"
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
	plan       *plan.Plan
	descriptor *descriptor.Descriptor
	units      []units.File
	include    apache.File // without content when nothing is published
	request    []byte
}

// load reads and plans an app. An error is about reading; mistakes in the
// descriptor are in the report, and then there are no units.
func (c *command) load(h *host, app string) (*loaded, error) {
	return c.loadAs(h, app, func(*descriptor.Descriptor) error { return nil })
}

// loadAs is load with a change to the descriptor before it is planned.
func (c *command) loadAs(h *host, app string, change func(*descriptor.Descriptor) error) (*loaded, error) {
	path, err := c.descriptorPath(h, app)
	if err != nil {
		return nil, err
	}
	l := &loaded{path: path, shown: c.shown(path)}
	if l.source, err = detect.ReadDescriptor(path); err != nil {
		return nil, err
	}
	d, mistakes := descriptor.Parse(l.shown, l.source)
	l.descriptor, l.report = d, mistakes
	if mistakes.HasErrors() {
		return l, nil
	}
	if err := change(d); err != nil {
		return nil, err
	}
	needs := plan.NeedsOf(d)
	facts := h.Facts(needs, h.known(path, d.Name))
	var problems report.Report
	l.plan, problems = plan.Build(d, facts)
	l.report.Merge(problems)
	if l.report.HasErrors() {
		return l, nil
	}
	return l, l.render(h, d)
}

// render turns the plan into files. What no file can hold is the user's
// mistake, too.
func (l *loaded) render(h *host, d *descriptor.Descriptor) error {
	var err error
	if l.units, err = units.Render(l.plan); err != nil {
		l.report.Add(d.Entry(report.Error, "", err.Error(), ""))
		return nil
	}
	if l.plan.Web == nil {
		return nil
	}
	server := h.webServer()
	if l.include, err = apache.Render(l.plan.Web.Site, server.version); err != nil {
		l.report.Add(d.Entry(report.Error, "web", err.Error(), ""))
		return nil
	}
	l.request, err = templates.Request(templates.RequestData{
		User: l.plan.User.Name, App: l.plan.Name, URLPath: l.plan.Web.Site.Path,
		IncludePath: h.places.IncludeFile(l.plan.Name, l.include.Name), Include: string(l.include.Content),
		InstallDir: server.includeDir, Test: server.test, Reload: server.reload,
	})
	return err
}

// claim reports names that are taken. Only what brings an app up needs them: a
// copy of its folder can be checked and run.
func (l *loaded) claim(h *host) {
	if l.report.HasErrors() {
		return
	}
	if other := h.otherFolder(l.plan.Name, l.path); other != "" {
		l.report.Add(l.descriptor.Entry(report.Error, "name", fmt.Sprintf("you have an app of this name already: %s", other), "choose another name, or first type: ecounit disable "+l.plan.Name))
	}
	for _, holder := range h.places.Holders(l.plan.Name, names(l.units)) {
		l.report.Add(l.descriptor.Entry(report.Error, "name", fmt.Sprintf("the unit name %s is taken: %s", holder.Unit, holder.Path), "choose another name for the app"))
	}
}

// known is what the files of the user's apps say about ports. They are read
// from the units, so that a port stays the same when the state is lost.
func (h *host) known(path, app string) detect.Known {
	known := detect.Known{Descriptor: path, Systemd: h.systemd, TakenPorts: map[int]string{}}
	files, _ := h.places.AllUnitFiles()
	for _, other := range h.apps() {
		port := h.portOf(other, files[other])
		switch {
		case port == 0:
		case other == app:
			known.KeptPort = port
		default:
			known.TakenPorts[port] = other
		}
	}
	return known
}

func (h *host) portOf(app string, files []units.File) int {
	for _, f := range files {
		if filepath.Ext(f.Name) == ".socket" {
			if port, _, ok := units.ListenStream(f.Content); ok {
				return port
			}
		}
	}
	if last, err := h.lastPlan(app); err == nil && last.Web != nil {
		return last.Web.Site.Port
	}
	return 0
}

// lastPlan reads the plan that was applied last.
func (h *host) lastPlan(app string) (*plan.Plan, error) {
	text, err := os.ReadFile(h.places.PlanFile(app))
	if err != nil {
		return nil, err
	}
	var p plan.Plan
	if err := json.Unmarshal(text, &p); err != nil || p.Version != plan.Version {
		return nil, errors.Join(fmt.Errorf("cannot use %s: it is of another version of ecounit", h.places.PlanFile(app)), err)
	}
	return &p, nil
}

// state is how the app is to be on the machine.
func (l *loaded) state(h *host) (apply.State, error) {
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
		s.Records = append(s.Records,
			apply.Record{Path: h.places.IncludeFile(app, l.include.Name), Content: l.include.Content},
			apply.Record{Path: h.places.RequestFile(app), Content: l.request})
	}
	s.Running = append(l.plan.AllServices(), l.plan.Target(), l.plan.Slice())
	if socket := l.plan.Socket(); socket != "" {
		s.Running = append(s.Running, socket)
	}
	slices.Sort(s.Running)
	return s, nil
}

// otherFolder is the descriptor of another app of that name, or "". An app that
// was moved is the same app: its old descriptor is gone.
func (h *host) otherFolder(app, path string) string {
	linked, err := os.Readlink(h.places.AppLink(app))
	if err != nil {
		return ""
	}
	before, err := os.Stat(linked)
	if err != nil {
		return ""
	}
	if now, err := os.Stat(path); err == nil && os.SameFile(before, now) {
		return ""
	}
	return linked
}

func names(files []units.File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Name
	}
	return all
}
