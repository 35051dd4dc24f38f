package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"ecounit/dbusctl"
)

// Outcome is how a step went.
type Outcome struct {
	Took   time.Duration
	Status int // of a Health step with a web process: the HTTP status
}

// Failure is a change that was not made. What was there before is there again,
// unless Back says why not.
type Failure struct {
	Step     Step
	Err      error
	Unit     string   // the unit that failed, or ""
	Log      []string // its last lines
	Previous bool     // there was a version before this one, and it runs again
	Back     error
}

func (f *Failure) Error() string { return f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

// goBackTimeout bounds the way back, which goes on after an interrupt: the
// longest TimeoutStopSec of our units, twice, and a start.
const goBackTimeout = 3 * time.Minute

// Run carries out the change. The caller holds the lock. On an error the
// machine is as before, and the error is a *Failure where a step was to blame.
func (m *Machine) Run(ctx context.Context, c Change) error {
	steps := Diff(c)
	removeLeftovers(append(paths(c), m.unfinishedFile(c.App)))
	m.removeStaged(c.App)
	if len(steps) == 0 {
		return m.endChange(c.App)
	}
	before := c.Before()
	var err error
	if m.made, err = m.madeBefore(c.App); err == nil {
		err = m.beginChange(c.App, before, m.made)
	}
	if err != nil {
		m.removeEmpty(c.App)
		return err
	}
	started := time.Now()
	failure := m.carryOut(ctx, c, before, steps)
	if failure == nil {
		return m.finish(c.App)
	}
	if failure.Unit != "" && m.Logs != nil {
		failure.Log = m.Logs(context.WithoutCancel(ctx), failure.Unit, started)
	}
	if m.Back != nil {
		m.Back()
	}
	failure.Previous = slices.ContainsFunc(before.Running, func(unit string) bool { return !passive(unit) })
	failure.Back = m.goBack(context.WithoutCancel(ctx), c, before, unanswered(failure.Step))
	return failure
}

func (m *Machine) finish(app string) error {
	if err := m.endChange(app); err != nil {
		return err
	}
	m.removeEmpty(app)
	return nil
}

// goBack brings the app from whatever is there now to the state before. When
// it fails, the mark of the unfinished change stays for the next run.
func (m *Machine) goBack(ctx context.Context, c Change, before State, hopeless []string) error {
	ctx, cancel := context.WithTimeout(ctx, goBackTimeout)
	defer cancel()
	if len(hopeless) > 0 && m.Manager != nil {
		if err := m.Manager.Kill(ctx, hopeless...); err != nil {
			return err
		}
	}
	now, err := m.Observe(ctx, c.App, c.To.names())
	if err != nil {
		return err
	}
	quiet := *m
	quiet.Progress, quiet.Ahead = func(Step, Outcome) {}, nil
	back := Change{App: c.App, UnitDir: c.UnitDir, From: now, To: before}
	steps := Diff(back)
	for i, s := range steps {
		if s.Action == Health {
			steps = append(steps[:i], steps[i+1:]...)
			break
		}
	}
	if failure := quiet.carryOut(ctx, back, before, steps); failure != nil {
		return failure
	}
	if err := m.unmake(ctx); err != nil {
		return err
	}
	return m.finish(c.App)
}

// unanswered are services that never came up. They have no request to finish,
// and asking a server that hangs to end takes as long as it may: the previous
// version would wait for that.
func unanswered(failed Step) []string {
	switch failed.Action {
	case Start, Restart, Health:
		return onlyServices(slices.Clone(failed.Units))
	}
	return nil
}

func (m *Machine) carryOut(ctx context.Context, c Change, before State, steps []Step) *Failure {
	files, err := stageAll(steps)
	if err != nil {
		return &Failure{Step: Step{Action: Write}, Err: err}
	}
	defer files.discard()
	for _, step := range steps {
		begin := time.Now()
		outcome, err := m.takeNext(ctx, c, before, step, files)
		if err != nil {
			return &Failure{Step: step, Err: err, Unit: unitOf(err)}
		}
		outcome.Took = time.Since(begin)
		m.Progress(step, outcome)
	}
	return nil
}

// stageAll prepares the files before any step is taken: a full disk must be
// found out while everything still runs.
func stageAll(steps []Step) (*batch, error) {
	for _, s := range steps {
		if s.Action == Write {
			return stage(s.Files)
		}
	}
	return &batch{}, nil
}

// takeNext takes a step, and notices an interrupt that came meanwhile.
func (m *Machine) takeNext(ctx context.Context, c Change, before State, s Step, files *batch) (outcome Outcome, err error) {
	if m.Ahead != nil {
		err = m.Ahead(ctx, s)
	}
	if err == nil {
		outcome, err = m.take(ctx, c, before, s, files)
	}
	return outcome, cmp.Or(err, ctx.Err())
}

func (m *Machine) take(ctx context.Context, c Change, before State, s Step, files *batch) (Outcome, error) {
	if m.Manager == nil && !s.Action.needsNoManager() {
		return Outcome{}, m.takeAlone(c.App, s)
	}
	switch s.Action {
	case MakeDatabase:
		return Outcome{}, m.makeDatabase(ctx, c.App, before)
	case Linger:
		return Outcome{}, m.lingerOn(ctx)
	case LingerOff:
		return Outcome{}, m.Login.SetLinger(ctx, m.UID, false)
	case Write:
		defer m.forgetRuns(s.Files)
		return Outcome{}, files.commit()
	case Link:
		_, err := m.Manager.Enable(ctx, s.Units...)
		return Outcome{}, err
	case Unlink:
		_, err := m.Manager.Disable(ctx, s.Units...)
		return Outcome{}, err
	case Reload:
		return Outcome{}, m.Manager.Reload(ctx)
	case Stop:
		return Outcome{}, m.Manager.Stop(ctx, s.Units...)
	case Start:
		return Outcome{}, m.Manager.Start(ctx, s.Units...)
	case Restart:
		return Outcome{}, m.Manager.Restart(ctx, s.Units...)
	case ResetState:
		return Outcome{}, m.Manager.ResetFailed(ctx, s.Units...)
	case Health:
		status, err := m.health(ctx, c, s.Units)
		return Outcome{Status: status}, err
	}
	return Outcome{}, fmt.Errorf("cannot do the unknown step %q", s.Action)
}

// takeAlone is for a manager that does not run: there is nothing to stop or to
// reload, and what is enabled is a link.
func (m *Machine) takeAlone(app string, s Step) error {
	switch s.Action {
	case Reload, Stop, ResetState:
		return nil
	case Unlink:
		if err := os.Remove(m.EnabledLink(app)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot remove %s: %w", m.EnabledLink(app), reason(err))
		}
		return nil
	}
	return fmt.Errorf("cannot %s %s: %w", s.Action, strings.Join(s.Units, " "), dbusctl.ErrNoManager)
}

// lingerOn also asks when lingering is on and the manager does not run: logind
// starts it then. Where users may not ask, it is enough that it is on.
func (m *Machine) lingerOn(ctx context.Context) error {
	if err := m.Login.SetLinger(ctx, m.UID, true); err != nil {
		if on, _ := m.Login.Linger(ctx, m.UID); !on {
			return err
		}
	}
	if m.Manager != nil {
		return nil
	}
	manager, err := m.Connect(ctx)
	if err != nil {
		return err
	}
	m.Manager = manager
	return nil
}

func paths(c Change) []string {
	var all []string
	for _, f := range append(unitChanges(c), recordChanges(c)...) {
		all = append(all, f.Path)
	}
	return all
}

// unitOf is the unit that is to blame, or "".
func unitOf(err error) string {
	var down *DownError
	if errors.As(err, &down) {
		return down.Unit
	}
	var job *dbusctl.JobError
	if errors.As(err, &job) {
		return job.Unit
	}
	return ""
}
