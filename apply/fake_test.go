package apply

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/dbusctl"
	"ecounit/units"
)

var errInjected = errors.New("injected")

// killed is what a run that is killed panics with.
type killed struct{}

// killedDuring reports whether the run was killed.
func killedDuring(run func()) (was bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, was = r.(killed); !was {
				panic(r)
			}
		}
	}()
	run()
	return false
}

// fakeManager stands for systemd and logind: it reads the unit files of the
// home, keeps what runs, and fails or kills at a chosen change.
type fakeManager struct {
	places  Places
	lingers bool
	running map[string]bool
	loaded  map[string]string
	crashes string // units with this in them do not stay up

	changes, failAt, killAt int
}

// change counts, and fails before anything is done.
func (m *fakeManager) change() error {
	m.changes++
	switch m.changes {
	case m.failAt:
		return errInjected
	case m.killAt:
		panic(killed{})
	}
	return nil
}

func (m *fakeManager) Linger(context.Context, int) (bool, error) { return m.lingers, nil }

func (m *fakeManager) SetLinger(_ context.Context, _ int, on bool) error {
	if err := m.change(); err != nil {
		return err
	}
	m.lingers = on
	return nil
}

func (m *fakeManager) Reload(context.Context) error {
	if err := m.change(); err != nil {
		return err
	}
	clear(m.loaded)
	files, err := m.places.AllUnitFiles()
	for _, f := range files["a"] {
		m.loaded[f.Name] = string(f.Content)
	}
	return err
}

func (m *fakeManager) Enable(_ context.Context, names ...string) ([]dbusctl.Link, error) {
	if err := m.change(); err != nil {
		return nil, err
	}
	link := m.places.EnabledLink(strings.TrimSuffix(names[0], ".target"))
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return nil, err
	}
	return nil, os.Symlink("../"+names[0], link)
}

func (m *fakeManager) Disable(_ context.Context, names ...string) ([]dbusctl.Link, error) {
	if err := m.change(); err != nil {
		return nil, err
	}
	return nil, os.Remove(m.places.EnabledLink(strings.TrimSuffix(names[0], ".target")))
}

func (m *fakeManager) Start(_ context.Context, names ...string) error {
	if err := m.change(); err != nil {
		return err
	}
	for _, name := range names {
		if m.loaded[units.FileOf(name)] == "" {
			return errors.New("cannot start " + name + ": there is no such unit")
		}
		m.running[name] = true
	}
	return nil
}

func (m *fakeManager) Stop(_ context.Context, names ...string) error {
	if err := m.change(); err != nil {
		return err
	}
	for _, name := range names {
		delete(m.running, name)
	}
	return nil
}

func (m *fakeManager) Restart(ctx context.Context, names ...string) error {
	return m.Start(ctx, names...)
}

func (m *fakeManager) Kill(context.Context, ...string) error { return nil }

func (m *fakeManager) ResetFailed(context.Context, ...string) error { return m.change() }

func (m *fakeManager) UnitsMatching(_ context.Context, patterns ...string) ([]dbusctl.Unit, error) {
	var found []dbusctl.Unit
	for name := range m.running {
		for _, p := range patterns {
			if ok, err := path.Match(p, name); err == nil && ok {
				found = append(found, dbusctl.Unit{Name: name, ActiveState: m.state(name)})
			}
		}
	}
	return found, nil
}

// state of a unit that was started. Programs called "ends" have ended, and those
// called "starts" are not up yet.
func (m *fakeManager) state(name string) string {
	switch content := m.loaded[units.FileOf(name)]; {
	case strings.Contains(content, "/ends"):
		return "inactive"
	case strings.Contains(content, "/starts"):
		return "activating"
	}
	return "active"
}

func (m *fakeManager) DetailsOf(_ context.Context, names ...string) ([]dbusctl.Details, error) {
	var all []dbusctl.Details
	for _, name := range names {
		d := dbusctl.Details{Unit: dbusctl.Unit{Name: name, ActiveState: m.state(name), SubState: "running"}}
		if m.crashes != "" && strings.Contains(m.loaded[units.FileOf(name)], m.crashes) {
			d.ActiveState, d.SubState = "activating", "auto-restart"
		}
		all = append(all, d)
	}
	return all, nil
}

func (m *fakeManager) Failure(context.Context, string) (string, error) {
	return "exited with status 3", nil
}

func sortUnits(files []units.File) {
	slices.SortFunc(files, func(a, b units.File) int { return cmp.Compare(a.Name, b.Name) })
}
