package dbusctl

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// State is how a unit is at a moment.
type State struct {
	Name        string
	ActiveState string
	SubState    string
	Result      string // services, sockets, timers, paths; see Details

	// Services only; see Details.
	MainPID        int
	NRestarts      int
	ExecMainCode   int
	ExecMainStatus int
}

// Failed says that the unit failed, or that it ended by itself and waits to be
// started again.
func (s State) Failed() bool {
	return s.ActiveState == "failed" || strings.Contains(s.SubState, "auto-restart")
}

// Watch tells the state of the named units now and after each change. Of
// changes that follow each other faster than they are received only the last
// is told: compare NRestarts to see a crash that was over at once.
//
// The channel is closed when ctx ends or the connection is lost. It need not
// be read to its end.
func (m *Manager) Watch(ctx context.Context, names ...string) (<-chan State, error) {
	if err := m.subscribe(ctx); err != nil {
		return nil, err
	}
	// From before the present state is read, so that no change falls between.
	signals := make(chan *dbus.Signal, 16)
	m.conn.Signal(signals)
	w := &watcher{paths: map[dbus.ObjectPath]string{}, seen: map[string]properties{}}
	if err := w.begin(ctx, m.link, names); err != nil {
		m.conn.RemoveSignal(signals)
		return nil, fmt.Errorf("cannot watch %s: %w", strings.Join(names, ", "), err)
	}
	changes := make(chan State)
	go func() {
		defer close(changes)
		defer m.conn.RemoveSignal(signals)
		w.relay(ctx, signals, changes)
	}()
	return changes, nil
}

// watcher holds the last known properties of each unit, and the units whose
// change the reader has not taken yet.
type watcher struct {
	paths   map[dbus.ObjectPath]string
	seen    map[string]properties
	changed []string
}

func (w *watcher) begin(ctx context.Context, l link, names []string) error {
	wanted := []string{"Result", "MainPID", "NRestarts", "ExecMainCode", "ExecMainStatus"}
	var queries []query
	for _, name := range names {
		path := unitPath(name)
		w.paths[path] = name
		queries = append(queries, property(path, unitFace, "ActiveState"), property(path, unitFace, "SubState"))
		for _, p := range wanted {
			queries = append(queries, property(path, typeFace(name), p))
		}
	}
	order := append([]string{"ActiveState", "SubState"}, wanted...)
	for i, call := range l.ask(ctx, queries) {
		name, p := names[i/len(order)], order[i%len(order)]
		if w.seen[name] == nil {
			w.seen[name] = properties{}
			w.changed = append(w.changed, name)
		}
		if err := w.seen[name].answer(p, call); err != nil {
			return explain(ctx, err)
		}
	}
	return nil
}

// relay reads every signal at once, whether or not somebody takes the changes.
func (w *watcher) relay(ctx context.Context, signals <-chan *dbus.Signal, changes chan<- State) {
	for {
		var next State
		var out chan<- State // nil, which is never ready, while nothing has changed
		if len(w.changed) > 0 {
			next, out = w.state(w.changed[0]), changes
		}
		select {
		case <-ctx.Done():
			return
		case s, ok := <-signals:
			if !ok {
				return
			}
			w.apply(s)
		case out <- next:
			w.changed = w.changed[1:]
		}
	}
}

// apply takes over the properties that a signal brings. The manager sends two
// for each change, one for the unit and one for its type.
func (w *watcher) apply(s *dbus.Signal) {
	name, ours := w.paths[s.Path]
	if !ours || s.Name != "org.freedesktop.DBus.Properties.PropertiesChanged" {
		return
	}
	var face string
	var news map[string]dbus.Variant
	var invalidated []string
	if dbus.Store(s.Body, &face, &news, &invalidated) != nil {
		return
	}
	before := w.state(name)
	maps.Copy(w.seen[name], news)
	if w.state(name) != before && !slices.Contains(w.changed, name) {
		w.changed = append(w.changed, name)
	}
}

func (w *watcher) state(name string) State {
	p := w.seen[name]
	return State{
		Name:           name,
		ActiveState:    value[string](p, "ActiveState"),
		SubState:       value[string](p, "SubState"),
		Result:         value[string](p, "Result"),
		MainPID:        int(value[uint32](p, "MainPID")),
		NRestarts:      int(value[uint32](p, "NRestarts")),
		ExecMainCode:   int(value[int32](p, "ExecMainCode")),
		ExecMainStatus: int(value[int32](p, "ExecMainStatus")),
	}
}
