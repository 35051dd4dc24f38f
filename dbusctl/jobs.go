package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Start starts units and waits until each has started: for Type=notify until
// it is ready, for Type=simple until it was forked.
//
// All of Start, Stop, Restart and ReloadUnits queue the jobs of all units
// before the manager begins the first, so that After= and Before= between
// them hold (of a hundred units, and where there is a private socket), and
// return when the last job has ended. What failed is told by a
// *JobError each, joined. When ctx ends first, the jobs go on in the manager.
func (m *Manager) Start(ctx context.Context, names ...string) error {
	return m.run(ctx, "start", "StartUnit", names)
}

// Stop stops units and waits until their processes are gone. A unit that is
// not running, but exists, is no error.
func (m *Manager) Stop(ctx context.Context, names ...string) error {
	return m.run(ctx, "stop", "StopUnit", startersFirst(names))
}

// startersFirst has the jobs of what starts other units queued ahead of all: a
// service may end, as when it was killed, between the job that stops it and that
// of its socket. The socket would have it started for whoever waits there, which
// cancels the first job. After= still says what stops when.
func startersFirst(names []string) []string {
	first := func(name string) int {
		switch name[strings.LastIndexByte(name, '.')+1:] {
		case "socket", "path", "timer":
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(names), func(a, b string) int { return first(a) - first(b) })
}

// Restart stops and starts units, and starts those that are not running.
func (m *Manager) Restart(ctx context.Context, names ...string) error {
	return m.run(ctx, "restart", "RestartUnit", names)
}

// ReloadUnits makes running units read their configuration again (ExecReload=).
func (m *Manager) ReloadUnits(ctx context.Context, names ...string) error {
	return m.run(ctx, "reload", "ReloadUnit", names)
}

// ResetFailed makes failed units inactive and sets back their counts of starts
// and restarts. A unit that is not loaded has nothing to set back. Start and
// Restart do it by themselves.
func (m *Manager) ResetFailed(ctx context.Context, names ...string) error {
	var all []error
	for i, call := range m.ask(ctx, resets(names)) {
		if err := explain(ctx, call.Err); err != nil && !errors.Is(err, ErrNoSuchUnit) {
			all = append(all, fmt.Errorf("cannot reset %s: %w", names[i], err))
		}
	}
	return errors.Join(all...)
}

func resets(names []string) []query {
	queries := make([]query, len(names))
	for i, name := range names {
		queries[i] = query{managerPath, managerFace + ".ResetFailedUnit", []any{name}}
	}
	return queries
}

// jobs are the jobs under way of one run.
type jobs struct {
	verb    string
	waiting map[dbus.ObjectPath][]string // a job's units: two names can be one unit
	results map[string]string            // every job that ended meanwhile, ours or not, by unit
	failed  []*JobError
}

func (m *Manager) run(ctx context.Context, verb, method string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	signals, unsubscribe, err := m.jobSignals(ctx)
	if err != nil {
		return fmt.Errorf("cannot %s %s: %w", verb, strings.Join(names, ", "), err)
	}
	defer unsubscribe()
	j := newJobs(verb)
	if err = m.queue(ctx, j, method, names); err == nil {
		err = j.wait(ctx, signals, j.ended)
	}
	if err != nil {
		return fmt.Errorf("cannot %s %s: %w", verb, strings.Join(j.unfinished(names), ", "), err)
	}
	return m.failures(ctx, j)
}

func newJobs(verb string) *jobs {
	return &jobs{verb: verb, waiting: map[dbus.ObjectPath][]string{}, results: map[string]string{}}
}

func (m *Manager) jobSignals(ctx context.Context) (signals chan *dbus.Signal, unsubscribe func(), err error) {
	if err := m.subscribe(ctx); err != nil {
		return nil, nil, err
	}
	signals = make(chan *dbus.Signal, 16)
	m.conn.Signal(signals)
	return signals, func() { m.conn.RemoveSignal(signals) }, nil
}

// queue asks for the jobs, all at once.
func (m *Manager) queue(ctx context.Context, j *jobs, method string, names []string) error {
	var queries []query
	// Our starts count against StartLimitBurst= like a crash loop's, so the
	// count is set back first. It fails for a unit that is not loaded yet,
	// which has nothing to set back.
	if j.verb == "start" || j.verb == "restart" {
		queries = resets(names)
	}
	for _, name := range names {
		queries = append(queries, query{managerPath, managerFace + "." + method, []any{name, "replace"}})
	}
	calls := m.ask(ctx, queries)
	for i, call := range calls[len(calls)-len(names):] {
		var refused dbus.Error
		if errors.As(call.Err, &refused) {
			j.failed = append(j.failed, refusal(j.verb, names[i], refused))
			continue
		}
		var path dbus.ObjectPath
		if err := explain(ctx, call.Err); err != nil {
			return err
		}
		if err := call.Store(&path); err != nil {
			return err
		}
		j.waiting[path] = append(j.waiting[path], names[i])
	}
	return nil
}

// ended reports whether none is under way.
func (j *jobs) ended() bool { return len(j.waiting) == 0 }

// wait reads the results until enough have come. A job cannot end before the
// reply that names it, and the signals of a connection that is lost end with a
// closed channel.
func (j *jobs) wait(ctx context.Context, signals <-chan *dbus.Signal, enough func() bool) error {
	for !enough() {
		select {
		case s, ok := <-signals:
			if !ok {
				return ErrLost
			}
			if s.Name == managerFace+".JobRemoved" {
				j.removed(s.Body)
			}
		case <-ctx.Done():
			return fmt.Errorf("the service manager has not finished: %w", context.Cause(ctx))
		}
	}
	return nil
}

func (j *jobs) removed(body []any) {
	var id uint32
	var path dbus.ObjectPath
	var unit, result string
	if dbus.Store(body, &id, &path, &unit, &result) != nil {
		return
	}
	j.results[unit] = result
	if result != "done" {
		for _, name := range j.waiting[path] {
			j.failed = append(j.failed, &JobError{Verb: j.verb, Unit: name, Result: result})
		}
	}
	delete(j.waiting, path)
}

// unfinished are the units whose jobs have not ended, in the order given.
func (j *jobs) unfinished(names []string) []string {
	var under []string
	for _, units := range j.waiting {
		under = append(under, units...)
	}
	if len(under) == 0 {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !slices.Contains(under, n) })
}

// failures finds out why each failed.
func (m *Manager) failures(ctx context.Context, j *jobs) error {
	var all []error
	for _, f := range j.failed {
		if f.Err == nil {
			f.Reason = m.jobReason(ctx, f, j.results)
		}
		all = append(all, f)
	}
	return errors.Join(all...)
}
