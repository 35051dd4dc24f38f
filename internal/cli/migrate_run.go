package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecounit/apply"
	"ecounit/cutover"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// mover carries a migration out. Everything that can be prepared is prepared
// while the old programs run, and whatever fails, they run again.
type mover struct {
	*migration
	record *cutover.Record
	move   *cutover.Move
	quiet  bool
	table  string // the crontab as it is by now
	sites  []siteChange
	failed *moving // the app that did not come up
}

func (r *mover) say(m terminal.Mark, what, text string) {
	if !r.quiet {
		r.Line(m, what, text)
	}
}

// all moves every app, or none.
func (r *mover) all(ctx context.Context) error {
	move, err := r.before(ctx)
	if err != nil {
		return err
	}
	r.record.Moves = append(r.record.Moves, move)
	r.move, r.table = &r.record.Moves[len(r.record.Moves)-1], r.crontab
	if err := r.record.Write(); err != nil {
		return err
	}
	if err = r.forward(ctx); err == nil {
		r.move.Done = true
		err = r.record.Write()
	}
	if err == nil {
		return nil
	}
	fmt.Fprintln(r.Err, "going back to the old programs")
	b := &back{command: r.command, h: r.h, record: r.record, quiet: true}
	if problem := b.last(context.WithoutCancel(ctx)); problem != nil {
		return hint.With(fmt.Errorf("%w; and not everything could be put back: %w", plainly(err), problem), "ecounit migrate --undo tries again")
	}
	so := "everything is as it was, and the old programs run"
	if r.command.hasNew(r.migration) {
		so += "; to change a descriptor first, have it written by ecounit import, then migrate again"
	}
	if m := r.failed; m != nil && m.daemon != nil && !m.isUp() {
		so += fmt.Sprintf("; %s did not run under supervisord either: with autostart=false in its section of %s it is left out", m.name(), r.shown(m.daemon.file))
	}
	return hint.With(plainly(err), "%s", so)
}

func (c *command) hasNew(mv *migration) bool {
	return slices.ContainsFunc(mv.apps, func(m *moving) bool { return m.descriptor.state == notThere })
}

func (r *mover) forward(ctx context.Context) error {
	var texts newDescriptors
	for _, m := range r.apps {
		texts = append(texts, m.descriptor)
	}
	if err := texts.write(r.command); err != nil {
		return err
	}
	for _, m := range r.apps {
		if !m.enable {
			r.say(terminal.Done, m.name(), m.loaded.shown+" is written, and not enabled")
			continue
		}
		if err := r.app(ctx, m); err != nil {
			r.failed = m
			return fmt.Errorf("%s: %w", m.name(), err)
		}
	}
	if err := r.comment(ctx, r.lines); err != nil {
		return err
	}
	for _, d := range r.daemons {
		if err := r.endDaemon(ctx, d); err != nil {
			return err
		}
	}
	if n := len(r.allLines()); n > 0 {
		r.say(terminal.Done, "crontab", plural(n, "line is commented out", "lines are commented out"))
	}
	texts.markWritten()
	return nil
}

// app replaces one app.
func (r *mover) app(ctx context.Context, m *moving) error {
	began := time.Now()
	if err := r.comment(ctx, m.lines); err != nil { // before its timers run, so that no job runs twice
		return err
	}
	target := r.h.target(m.loaded.plan.Web)
	change, err := r.enabling(ctx, r.h, target, m.loaded)
	if err != nil {
		return err
	}
	if err := untouched(change, false); err != nil {
		return err
	}
	s := &swap{mover: r, moving: m, target: target}
	defer s.close()
	if m.beside == "" {
		if err := s.share(); err != nil {
			return err
		}
	}
	status := 0
	target.Ahead = s.ahead
	target.Back = s.toOld
	target.Progress = func(step apply.Step, o apply.Outcome) {
		s.after(step)
		if step.Action == apply.Health {
			status = o.Status
		}
	}
	err = r.carryOut(ctx, target, change)
	if err == nil {
		err = s.finish(ctx)
	}
	if err == nil {
		err = r.addresses(ctx, m, s.gap)
	}
	if err != nil {
		return err
	}
	site := r.h.toPublish(m.loaded.plan)
	if err := r.carryOutSite(ctx, r.h, m.loaded.plan, &site); err != nil {
		return err
	}
	r.sites = append(r.sites, site)
	r.tell(m, s, began, status)
	return nil
}

func (r *mover) tell(m *moving, s *swap, began time.Time, status int) {
	text := "runs under systemd"
	if status != 0 {
		text += fmt.Sprintf(", answers %d", status)
	}
	switch {
	case m.loaded.plan.Web == nil || !m.runs():
	case s.gap == 0:
		text += fmt.Sprintf("; port %d changed hands without a gap", m.old.Port)
	default:
		text += "; nobody listened for " + terminal.Span(s.gap)
	}
	r.say(terminal.Done, m.name(), text+" (in "+terminal.Span(time.Since(began))+")")
	for _, url := range m.urls {
		r.say(terminal.Done, "", url+" answers as before")
	}
	if name := m.name(); len(r.sites) > 0 && r.sites[len(r.sites)-1].found != nil && !r.quiet {
		r.sayPublished(name, r.sites[len(r.sites)-1])
	}
}

// published is the exit code: an app that could not be published has it.
func (r *mover) published() error {
	for _, site := range r.sites {
		if err := site.err(); err != nil {
			return err
		}
	}
	return nil
}

// addresses: what answered before has to answer again. A web server that could
// not reach the old program once sends nobody for a minute.
func (r *mover) addresses(ctx context.Context, m *moving, gap time.Duration) error {
	patience := urlTime
	if gap > 0 {
		patience = apacheForgets
	}
	for _, url := range m.urls {
		took, err := stillAnswers(ctx, url, patience)
		if err != nil {
			return err
		}
		if took > urlTime {
			r.say(terminal.Attention, m.name(), fmt.Sprintf("the web server sent nobody for %s after that", terminal.Span(took)))
		}
	}
	return nil
}

// endDaemon stops a supervisord in which nothing is left.
func (r *mover) endDaemon(ctx context.Context, d *oldDaemon) error {
	if d.process == nil || !r.moves(d) {
		return nil
	}
	if left := r.stays(d); len(left) > 0 {
		r.say(terminal.Attention, "supervisord", "goes on with "+strings.Join(left, ", "))
		return nil
	}
	if err := d.process.End(ctx); err != nil {
		return err
	}
	r.say(terminal.Done, "supervisord", "stopped; nothing was left in it")
	return nil
}
