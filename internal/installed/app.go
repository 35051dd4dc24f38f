package installed

import (
	"slices"
	"strings"

	"ecounit/plan"
	"ecounit/units"
)

// App is an app as its unit files on disk describe it.
type App struct {
	Name     string
	Files    []units.File
	Services []string // units that run processes all the time; instances spelled out
	Socket   string   // or ""
	Timers   []string
	Jobs     []Job
	Paths    []string // notice changes of the code

	// mayBeDone are those services that need not run for ever.
	mayBeDone []string
}

// New reads the units of an app.
func New(name string, files []units.File) *App {
	a := &App{Name: name, Files: files, Jobs: JobsOf(name, files)}
	for _, f := range files {
		if f.Name != plan.TargetOf(name) {
			continue
		}
		for _, unit := range units.Wants(f.Content) {
			switch unit[strings.LastIndexByte(unit, '.')+1:] {
			case "socket":
				a.Socket = unit
			case "timer":
				a.Timers = append(a.Timers, unit)
			case "path":
				a.Paths = append(a.Paths, unit)
			default:
				a.Services = append(a.Services, unit)
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

// All are the units to start or stop, the target among them: it says whether
// the app is meant to run.
func (a *App) All() []string {
	all := slices.Concat([]string{plan.TargetOf(a.Name)}, a.Services, a.Timers, a.Paths)
	if a.Socket != "" {
		all = append(all, a.Socket)
	}
	return all
}

// Reloadable are the services that can take up new code while they run.
func (a *App) Reloadable() []string {
	var names []string
	for _, f := range a.Files {
		if units.Reloads(f.Content) && slices.Contains(a.Services, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// watchProcess is what the lines about changes of the code are called.
const watchProcess = "watch"

// WatchApply is the unit that has the app take up a change of the code, or "".
func (a *App) WatchApply() string {
	if len(a.Paths) == 0 {
		return ""
	}
	return plan.WatchApplyOf(a.Name)
}

// Of chooses the units of one process or job, or of all where process is "". It
// finds none where there is none of that name.
func (a *App) Of(process string) []string {
	var chosen []string
	for _, unit := range a.Services {
		name := ProcessName(a.Name, unit)
		all, _, _ := strings.Cut(name, "@")
		if process == "" || process == all || process == name {
			chosen = append(chosen, unit)
		}
	}
	for _, j := range a.Jobs {
		if process == "" || process == j.Name {
			chosen = append(chosen, j.logged()...)
		}
	}
	if unit := a.WatchApply(); unit != "" && (process == "" || process == watchProcess) {
		chosen = append(chosen, unit)
	}
	return chosen
}

// ProcessName turns a unit's name into the name in the descriptor. Runs of a
// job that may overlap are told apart by their ids, which say nothing.
func ProcessName(app, unit string) string {
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
