package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/dbusctl"
	"ecounit/units"
)

// Observe reads the state of an app. wanted are the units that the caller is
// about to write; systemd may hold units of those names whose files are gone.
func (m *Machine) Observe(ctx context.Context, app string, wanted []string) (State, error) {
	var (
		s   State
		err error
	)
	if s.Linger, err = m.Login.Linger(ctx, m.UID); err != nil {
		return s, err
	}
	if s.Units, err = m.UnitFiles(app); err != nil {
		return s, err
	}
	if s.Records, err = m.records(app, s.Units); err != nil {
		return s, err
	}
	_, err = os.Lstat(m.EnabledLink(app))
	s.Enabled = err == nil
	states, err := m.states(ctx, s.Units, wanted)
	isUp := slices.ContainsFunc(states, func(u dbusctl.Unit) bool { return u.Name == app+".target" && u.ActiveState == "active" })
	for _, u := range states {
		content, exists := s.unit(units.FileOf(u.Name))
		endsByItself := exists && units.EndsByItself(content)
		switch {
		case u.ActiveState == "failed":
			s.Failed = append(s.Failed, u.Name)
		case u.ActiveState == "inactive" && !(isUp && s.mayBeDone(app, u.Name)), u.ActiveState == "deactivating":
		case endsByItself:
			s.Passing = append(s.Passing, u.Name)
		default:
			s.Running = append(s.Running, u.Name)
			if u.ActiveState == "activating" {
				s.Starting = append(s.Starting, u.Name)
			}
		}
	}
	for _, names := range []*[]string{&s.Failed, &s.Passing, &s.Running, &s.Starting} {
		*names = union(*names, nil)
	}
	return s, err
}

// UnitFiles returns the files that ecounit made for the app, sorted by name.
func (p Places) UnitFiles(app string) ([]units.File, error) {
	all, err := p.AllUnitFiles()
	return all[app], err
}

// maxUnitFile is far more than a unit of ours has, in bytes.
const maxUnitFile = 1 << 20

// readUnit reads what may be a unit of ours. Anything can have the name of one,
// such as a pipe to which nobody writes; then it is false, as for a file that is
// not readable: we make them with 0644.
func readUnit(path string) ([]byte, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxUnitFile {
		return nil, false
	}
	content, err := os.ReadFile(path)
	return content, err == nil
}

// AllUnitFiles returns the files that ecounit made, by app. A file says itself
// which app it belongs to, so that nothing else has to be kept.
func (p Places) AllUnitFiles() (map[string][]units.File, error) {
	entries, err := os.ReadDir(p.UnitDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", p.UnitDir(), reason(err))
	}
	files := map[string][]units.File{}
	for _, entry := range entries { // sorted by name
		if !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		content, _ := readUnit(filepath.Join(p.UnitDir(), entry.Name()))
		if origin, ours := units.Inspect(content); ours {
			files[origin.App] = append(files[origin.App], units.File{Name: entry.Name(), Content: content})
		}
	}
	return files, nil
}

// records reads everything that is kept for the app besides its units.
func (p Places) records(app string, files []units.File) ([]Record, error) {
	var records []Record
	if to, err := os.Readlink(p.AppLink(app)); err == nil {
		records = append(records, Record{Path: p.AppLink(app), Link: to})
	}
	for _, f := range files {
		if to, err := os.Readlink(p.BootLink(f.Name)); err == nil && units.AtBoot(f.Content) {
			records = append(records, Record{Path: p.BootLink(f.Name), Link: to})
		}
	}
	entries, err := os.ReadDir(p.StateDir(app))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot read %s: %w", p.StateDir(app), reason(err))
	}
	for _, entry := range entries {
		path := filepath.Join(p.StateDir(app), entry.Name())
		if path == p.unfinishedFile(app) || !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", path, reason(err))
		}
		records = append(records, Record{Path: path, Content: content})
	}
	slices.SortFunc(records, func(a, b Record) int { return cmp.Compare(a.Path, b.Path) })
	return records, nil
}

// mayBeDone reports whether a process that has ended well is as it should be.
// The web process never is.
func (s State) mayBeDone(app, unit string) bool {
	content, exists := s.unit(units.FileOf(unit))
	return exists && unit != webOf(app) && units.MayBeDone(content)
}

func webOf(app string) string { return app + ".service" }

// states asks systemd in one call for the units of the app that it has loaded.
func (m *Machine) states(ctx context.Context, files []units.File, wanted []string) ([]dbusctl.Unit, error) {
	if m.Manager == nil {
		return nil, nil
	}
	patterns := slices.Clone(wanted)
	for _, f := range files {
		patterns = append(patterns, strings.Replace(f.Name, "@.", "@*.", 1))
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	return m.Manager.UnitsMatching(ctx, patterns...)
}

// Edited returns the unit files of the state that were changed by hand.
func (s State) Edited() []string {
	var names []string
	for _, f := range s.Units {
		if origin, ours := units.Inspect(f.Content); ours && !origin.Intact {
			names = append(names, f.Name)
		}
	}
	return names
}

// Holder is a unit name that somebody else has.
type Holder struct{ Unit, Path string }

// systemUnitDirs are searched by every user manager (systemd.unit(5)).
var systemUnitDirs = []string{
	"/etc/systemd/user", "/run/systemd/user", "/usr/local/lib/systemd/user",
	"/usr/local/share/systemd/user", "/usr/lib/systemd/user", "/usr/share/systemd/user", "/lib/systemd/user",
}

// Holders returns those of the names that another app, the user or a package
// has already.
func (p Places) Holders(app string, names []string) []Holder {
	var holders []Holder
	dirs := append([]string{p.UnitDir(), filepath.Join(p.Home, ".local/share/systemd/user")}, systemUnitDirs...)
	for _, name := range names {
		for _, dir := range dirs {
			path := filepath.Join(dir, name)
			if _, err := os.Lstat(path); err != nil {
				continue
			}
			content, _ := readUnit(path)
			if origin, ours := units.Inspect(content); !ours || origin.App != app {
				holders = append(holders, Holder{name, path})
				break
			}
		}
	}
	return holders
}
