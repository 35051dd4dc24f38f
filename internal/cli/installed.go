package cli

import (
	"fmt"
	"slices"
	"strings"

	"ecounit/plan"
	"ecounit/units"
)

// installed is an app as its unit files on disk describe it.
type installed struct {
	name     string
	files    []units.File
	services []string // units that run processes all the time; instances spelled out
	socket   string   // or ""
	timers   []string
	jobs     []installedJob
	paths    []string // notice changes of the code

	// mayBeDone are those services that need not run for ever.
	mayBeDone []string
}

func newInstalled(name string, files []units.File) *installed {
	a := &installed{name: name, files: files, jobs: jobsOf(name, files)}
	for _, f := range files {
		if f.Name != plan.TargetOf(name) {
			continue
		}
		for _, unit := range units.Wants(f.Content) {
			switch unit[strings.LastIndexByte(unit, '.')+1:] {
			case "socket":
				a.socket = unit
			case "timer":
				a.timers = append(a.timers, unit)
			case "path":
				a.paths = append(a.paths, unit)
			default:
				a.services = append(a.services, unit)
			}
		}
	}
	for _, f := range files {
		if f.Name != name+".service" && units.MayBeDone(f.Content) {
			a.mayBeDone = append(a.mayBeDone, f.Name)
		}
	}
	return a
}

// installedApp reads the units of an app that is enabled. There are none when
// somebody deleted them.
func (h *home) installedApp(name string) (*installed, error) {
	files, err := h.places.UnitFiles(name)
	if err != nil {
		return nil, err
	}
	return newInstalled(name, files), nil
}

// withUnits finds an app that is enabled, for verbs that need its units.
func (c *command) withUnits(h *home, app string) (*installed, error) {
	name, err := c.appName(h, app)
	if err != nil {
		return nil, err
	}
	a, err := h.installedApp(name)
	if err == nil && len(a.files) == 0 {
		err = withHint(fmt.Errorf("cannot find the units of %s", name), "ecounit enable %s writes them again", name)
	}
	return a, err
}

// all are the units to start or stop, the target among them: it says whether
// the app is meant to run.
func (a *installed) all() []string {
	all := slices.Concat([]string{plan.TargetOf(a.name)}, a.services, a.timers, a.paths)
	if a.socket != "" {
		all = append(all, a.socket)
	}
	return all
}

// reloadable are the services that can take up new code while they run.
func (a *installed) reloadable() []string {
	var names []string
	for _, f := range a.files {
		if units.Reloads(f.Content) && slices.Contains(a.services, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// watchProcess is what the lines about changes of the code are called.
const watchProcess = "watch"

// watchApply is the unit that has the app take up a change of the code, or "".
func (a *installed) watchApply() string {
	if len(a.paths) == 0 {
		return ""
	}
	return plan.WatchApplyOf(a.name)
}

// process chooses the units of one process or job, or of all.
func (a *installed) process(process string) ([]string, error) {
	var chosen []string
	for _, unit := range a.services {
		name := processName(a.name, unit)
		all, _, _ := strings.Cut(name, "@")
		if process == "" || process == all || process == name {
			chosen = append(chosen, unit)
		}
	}
	for _, j := range a.jobs {
		if process == "" || process == j.name {
			chosen = append(chosen, j.logged()...)
		}
	}
	if unit := a.watchApply(); unit != "" && (process == "" || process == watchProcess) {
		chosen = append(chosen, unit)
	}
	if len(chosen) == 0 && process != "" {
		return nil, noProcess(a.name, process, a.processes())
	}
	return chosen, nil
}

// processName turns a unit's name into the name in the descriptor. Runs of a
// job that may overlap are told apart by their ids, which say nothing.
func processName(app, unit string) string {
	if unit == plan.WatchApplyOf(app) {
		return watchProcess
	}
	name := strings.TrimPrefix(strings.TrimSuffix(unit, ".service"), app)
	if name == "" {
		return plan.WebProcess
	}
	name = strings.TrimPrefix(name, "-")
	if process, id, isInstance := strings.Cut(name, "@"); isInstance && len(id) > longestNumber {
		return process
	}
	return name
}

// longestNumber is more than those of instances of a process have; the ids of
// runs have more.
const longestNumber = 8

func noProcess(app, process string, known []string) error {
	return usage("its processes are "+strings.Join(known, ", "), "%s has no process %q", app, process)
}
