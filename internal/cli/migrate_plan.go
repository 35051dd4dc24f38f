package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"ecounit/cutover"
	"ecounit/internal/hint"
	"ecounit/migrate"
)

// migration is what is about to be done.
type migration struct {
	*oldPrograms
	apps  []*moving
	lines []int // of the crontab that start a supervisord which is left
	notes []string
}

// moving is one app on its way.
type moving struct {
	old        *migrate.App
	descriptor *newDescriptor
	loaded     *loaded
	enable     bool // or only its descriptor is written
	was        bool // it is enabled already
	daemon     *oldDaemon
	programs   []cutover.Program // of it, as they are now
	processes  []cutover.Process // that cron started
	lines      []int             // of the crontab
	beside     string            // why the new one cannot begin to listen beside the old one, or ""
	servedBy   string            // the file of Apache's that passes requests on to it, or ""
	urls       []string          // where visitors find the old one
	missing    []string          // variables that the old one has alone
	notes      []string
}

func (m *moving) name() string { return m.old.Descriptor.Name }

// runs reports whether anything of the old app runs.
func (m *moving) runs() bool {
	return len(m.processes) > 0 || slices.ContainsFunc(m.programs, func(p cutover.Program) bool { return p.Runs || p.Starts })
}

// isUp reports whether supervisord takes a program of the old app for started.
func (m *moving) isUp() bool {
	return slices.ContainsFunc(m.programs, func(p cutover.Program) bool { return p.Runs || p.State == "STARTING" })
}

// planned decides everything about a move. It changes nothing, and what is
// wrong is found here.
func (c *command) planned(ctx context.Context, old *oldPrograms, selected []string, dryRun, isAccepted bool) (*migration, error) {
	mv := &migration{oldPrograms: old, notes: old.notes}
	if old.report.HasErrors() {
		c.verdicts(old.report)
		return nil, errors.New("nothing was changed: the old program would refuse its configuration, too")
	}
	if err := mv.choose(selected); err != nil {
		return nil, err
	}
	for _, m := range mv.apps {
		if err := mv.plan(ctx, m, dryRun); err != nil {
			return nil, err
		}
	}
	// A supervisord that takes no orders ends with the first app that cannot
	// begin before that.
	slices.SortStableFunc(mv.apps, func(a, b *moving) int { return cmp.Compare(min(len(a.beside), 1), min(len(b.beside), 1)) })
	mv.whole()
	if dryRun || isAccepted {
		return mv, nil
	}
	return mv, mv.losses()
}

// plan decides about one app.
func (mv *migration) plan(ctx context.Context, m *moving, dryRun bool) error {
	mv.findRunning(m)
	if err := mv.source(m); err != nil {
		return err
	}
	l := m.loaded
	l.yielded = m.old.Port
	if !m.runs() {
		l.yielded = 0
	}
	if l.report.HasErrors() {
		return mv.isUsable(ctx, m)
	}
	if err := mv.prepare(ctx, mv.h, l, dryRun); err != nil {
		return err
	}
	if l.plan != nil && l.plan.Web != nil {
		m.servedBy = mv.h.webServer().ByHand(l.plan.Web.Site)
	}
	if err := mv.isUsable(ctx, m); err != nil || !m.enable {
		return err
	}
	enabled, err := mv.h.apps()
	if err != nil {
		return err
	}
	m.was = slices.Contains(enabled, l.plan.Name)
	m.beside = mv.whyNotBeside(m)
	m.missing = mv.missingVariables(m)
	if l.plan.Web != nil && m.runs() {
		m.urls = mv.answering(ctx, l.plan.Web)
	}
	if m.old.Socket != "" && len(m.urls) > 0 {
		return hint.With(fmt.Errorf("cannot migrate %s: the web server sends visitors to %s, and no app of ecounit's can listen there", m.name(), m.old.Socket),
			"have it listen on a port of 127.0.0.1, also in the line of the web server, and migrate then")
	}
	mv.describe(m)
	return nil
}

// isUsable complains about a descriptor, which may not have been written.
func (mv *migration) isUsable(ctx context.Context, m *moving) error {
	err := mv.usable(ctx, m.loaded)
	if errors.Is(err, errMistakes) && m.descriptor.state == notThere {
		mv.Hint("nothing was changed; to change " + m.loaded.shown + " before you migrate, have it written: ecounit import")
	}
	return err
}

// whyNotBeside is about starting the new app while the old one still answers,
// so that visitors notice nothing.
func (mv *migration) whyNotBeside(m *moving) string {
	web := m.loaded.plan.Web
	switch {
	case web == nil, !m.runs(), m.was:
		return "there is nothing to hand over"
	case m.old.Port == 0 || web.Site.Port != m.old.Port:
		return "it does not keep its port"
	case !web.Activated:
		return "its command opens the port by itself"
	}
	if err := cutover.CanHandOver(m.old.Port, mv.h.User.UID); err != nil {
		return err.Error()
	}
	return ""
}

// dropIn has the socket of an app share its port while it takes it over.
func (m *moving) dropIn(h *home) (folder, file string) {
	folder = filepath.Join(h.places.UnitDir(), m.name()+".socket.d")
	return folder, filepath.Join(folder, "ecounit-migrate.conf")
}
