package apply

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/units"
)

// Change is a wish to bring one app from a state to another.
type Change struct {
	App     string
	UnitDir string // where unit files go, absolute
	From    State
	To      State
	// Interrupted: an earlier change was killed. What systemd has loaded may
	// be anything, so nothing that runs is trusted.
	Interrupted bool
	// Down: the user's manager does not run, though it may be meant to.
	Down bool
	// Database is the one to make, or "" where none is wanted or it is there.
	Database string
	// Previous is what to go back to when To does not come up; nil means From.
	Previous *State
}

// Before is what a change that fails goes back to.
func (c Change) Before() State {
	if c.Previous != nil {
		return *c.Previous
	}
	return c.From
}

// Diff lists what to do, in order; nothing when both states are the same.
func Diff(c Change) []Step {
	var (
		files   = append(unitChanges(c), recordChanges(c)...)
		changed = namesOf(changedUnits(c))
		gone    = goneUnits(c)
		stop    = union(gone, held(c, changed))
		steps   []Step
	)
	add := func(s Step) { steps = append(steps, s) }
	if c.Database != "" {
		add(Step{Action: MakeDatabase, Name: c.Database})
	}
	if c.To.Linger && (!c.From.Linger || c.Down) {
		add(Step{Action: Linger})
	}
	if len(stop) > 0 {
		add(Step{Action: Stop, Units: stop})
	}
	target := c.App + ".target"
	if c.From.Enabled && !c.To.Enabled {
		add(Step{Action: Unlink, Units: []string{target}})
	}
	if len(files) > 0 {
		add(Step{Action: Write, Files: files})
	}
	if c.To.Enabled && !c.From.Enabled {
		add(Step{Action: Link, Units: []string{target}})
	}
	if c.Interrupted || len(changed) > 0 || c.To.Enabled != c.From.Enabled || unitsRemoved(c) || linksChanged(c) {
		add(Step{Action: Reload})
	}
	running := without(c.From.Running, stop)
	restart := intersection(running, c.To.Running, func(u string) bool { return c.Interrupted || slices.Contains(changed, units.FileOf(u)) })
	restart = slices.DeleteFunc(restart, passive)
	if len(restart) > 0 {
		add(Step{Action: Restart, Units: restart})
	}
	// To start what starts already is to wait for it.
	start := without(c.To.Running, without(running, without(c.From.Starting, restart)))
	if len(start) > 0 {
		add(Step{Action: Start, Units: start})
	}
	if services := onlyServices(union(restart, start)); len(services) > 0 {
		add(Step{Action: Health, Units: services})
	}
	if forget := union(gone, orphans(c, c.From.Failed)); len(forget) > 0 {
		add(Step{Action: ResetState, Units: forget})
	}
	if c.From.Linger && !c.To.Linger {
		add(Step{Action: LingerOff})
	}
	return steps
}

// passive units are changed by the daemon-reload alone; restarting a slice
// would stop everything in it.
func passive(unit string) bool {
	return strings.HasSuffix(unit, ".slice") || strings.HasSuffix(unit, ".target")
}

func unitChanges(c Change) []FileChange {
	var changes []FileChange
	for _, f := range changedUnits(c) {
		before, _ := c.From.unit(f.Name)
		changes = append(changes, FileChange{Path: filepath.Join(c.UnitDir, f.Name), Before: before, After: f.Content, Mode: 0o644})
	}
	for _, f := range c.From.Units {
		if _, stays := c.To.unit(f.Name); !stays {
			changes = append(changes, FileChange{Path: filepath.Join(c.UnitDir, f.Name), Before: f.Content})
		}
	}
	return changes
}

func recordChanges(c Change) []FileChange {
	var changes []FileChange
	for _, r := range c.To.Records {
		before, exists := c.From.record(r.Path)
		if !exists || !before.equal(r) {
			changes = append(changes, FileChange{Path: r.Path, Before: before.Content, After: r.Content, Link: r.Link, Mode: 0o600, Secret: isSecret(r)})
		}
	}
	for _, r := range c.From.Records {
		if _, stays := c.To.record(r.Path); !stays {
			changes = append(changes, FileChange{Path: r.Path, Before: append([]byte{}, r.Content...), Secret: isSecret(r)})
		}
	}
	return changes
}

func isSecret(r Record) bool { return filepath.Base(r.Path) == passFile }

// changedUnits are the files that are new or different.
func changedUnits(c Change) []units.File {
	return slices.DeleteFunc(slices.Clone(c.To.Units), func(f units.File) bool {
		before, exists := c.From.unit(f.Name)
		return exists && bytes.Equal(before, f.Content)
	})
}

func namesOf(files []units.File) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

func unitsRemoved(c Change) bool {
	return slices.ContainsFunc(c.From.Units, func(f units.File) bool {
		_, stays := c.To.unit(f.Name)
		return !stays
	})
}

// linksChanged: systemd reads the links to units with the units.
func linksChanged(c Change) bool {
	return slices.ContainsFunc(recordChanges(c), func(f FileChange) bool {
		return strings.HasPrefix(f.Path, c.UnitDir+string(filepath.Separator))
	})
}

// goneUnits run and are not wanted. They are stopped while systemd still knows
// their file: afterwards it would kill them without their KillMode=.
func goneUnits(c Change) []string {
	return union(without(c.From.Running, c.To.Running), orphans(c, c.From.Passing))
}

// orphans are the units whose files go away.
func orphans(c Change, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(unit string) bool {
		_, stays := c.To.unit(units.FileOf(unit))
		return stays
	})
}

// held are units that cannot be changed while they run: a socket whose address
// changes and the service that holds it, or a service that is to get a socket
// for the first time (systemd refuses the socket while its service is active).
func held(c Change, changed []string) []string {
	var names []string
	for _, unit := range union(c.From.Running, c.To.Running) {
		service, isSocket := strings.CutSuffix(unit, ".socket")
		runs := slices.Contains(c.From.Running, unit)
		if !isSocket || runs && !c.Interrupted && !slices.Contains(changed, unit) {
			continue
		}
		if runs {
			names = append(names, unit)
		}
		if slices.Contains(c.From.Running, service+".service") {
			names = append(names, service+".service")
		}
	}
	return union(names, nil)
}

func onlyServices(units []string) []string {
	return slices.DeleteFunc(units, func(u string) bool { return !strings.HasSuffix(u, ".service") })
}

func without(list, remove []string) []string {
	var kept []string
	for _, item := range list {
		if !slices.Contains(remove, item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

func intersection(a, b []string, keep func(string) bool) []string {
	var both []string
	for _, item := range a {
		if slices.Contains(b, item) && keep(item) {
			both = append(both, item)
		}
	}
	return both
}
