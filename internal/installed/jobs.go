package installed

import (
	"slices"
	"strings"

	"ecounit/plan"
	"ecounit/units"
)

// Job is a job as its unit files on disk describe it.
type Job struct {
	App, Name string
	Unit      string // runs it
	Instances string // the pattern of the units that unit starts instead, or ""
	Timer     string // "" for a job of @reboot
	Schedule  string
}

// JobsOf reads the jobs of an app out of its units.
func JobsOf(app string, files []units.File) []Job {
	var jobs []Job
	for _, f := range files {
		stem, isTimer := strings.CutSuffix(f.Name, ".timer")
		// A timer of [on_failure] has none.
		isTimer = isTimer && len(units.Calendars(f.Content)) > 0
		if !isTimer && !units.AtBoot(f.Content) {
			continue
		}
		stem = strings.TrimSuffix(stem, ".service")
		j := Job{App: app, Name: strings.TrimPrefix(stem, app+"-"), Unit: stem + ".service", Schedule: "@reboot"}
		if isTimer {
			j.Timer, j.Schedule = f.Name, strings.Join(units.Calendars(f.Content), "; ")
		}
		if slices.ContainsFunc(files, func(f units.File) bool { return f.Name == stem+"@.service" }) {
			j.Instances = stem + "@*.service"
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// AsWritten puts the schedules of the last plan in the place of those that
// systemd was given.
func AsWritten(jobs []Job, last *plan.Plan) {
	if last == nil {
		return
	}
	for i := range jobs {
		for _, j := range last.Jobs {
			if j.Name == jobs[i].Name {
				jobs[i].Schedule = j.Schedule
			}
		}
	}
}

// Stoppable are the units of all, and jobs, of which one may run.
func (a *App) Stoppable() []string {
	all := a.All()
	for _, j := range a.Jobs {
		all = append(all, j.Unit)
	}
	return all
}

// State sums up the app. Timers wait for their time while all is well; an app
// without processes is as they are. Processes that are done do not count.
func (a *App) State(of func(unit string) string) string {
	states := func(units []string) (all []string) {
		for _, unit := range units {
			all = append(all, of(unit))
		}
		return all
	}
	parts := states(slices.DeleteFunc(slices.Clone(a.Services), func(unit string) bool { return a.Done(unit, of) }))
	if len(parts) == 0 {
		parts = states(a.Timers)
	}
	if len(parts) == 0 && len(a.Jobs) > 0 {
		parts = states([]string{plan.TargetOf(a.Name)})
	}
	state := Overall(parts)
	late := slices.ContainsFunc(a.Timers, func(timer string) bool { return of(timer) != "active" })
	failed := slices.ContainsFunc(a.Jobs, func(j Job) bool { return of(j.Unit) == "failed" })
	if state == "active" && (late || failed) {
		return "degraded"
	}
	return state
}

// Done reports whether a process has ended and was meant to. It cannot be told
// from one that somebody stopped by itself.
func (a *App) Done(unit string, of func(unit string) string) bool {
	return of(unit) == "inactive" && of(plan.TargetOf(a.Name)) == "active" && slices.Contains(a.mayBeDone, units.FileOf(unit))
}

// logged are the units whose lines the process of that name printed: one, or
// its instances, or a job.
func (j Job) logged() []string {
	if j.Instances != "" {
		return []string{j.Unit, j.Instances}
	}
	return []string{j.Unit}
}

// Processes are the names for --process, sorted.
func (a *App) Processes() []string {
	var names []string
	for _, unit := range a.Services {
		name, _, _ := strings.Cut(ProcessName(a.Name, unit), "@")
		names = append(names, name)
	}
	for _, j := range a.Jobs {
		names = append(names, j.Name)
	}
	if a.WatchApply() != "" {
		names = append(names, watchProcess)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Several reports whether ecounit logs shows the lines of more than one.
func (a *App) Several() bool {
	return len(a.Services)+len(a.Jobs) > 1 || a.WatchApply() != ""
}

// Logs reports whether ecounit logs shows the lines of the unit by itself.
func (a *App) Logs(unit string) bool {
	return slices.Contains(a.Services, unit) || unit == a.WatchApply() || slices.ContainsFunc(a.Jobs, func(j Job) bool { return j.Unit == unit })
}
