package cli

import (
	"slices"
	"strings"

	"ecounit/plan"
	"ecounit/units"
)

// installedJob is a job as its unit files on disk describe it.
type installedJob struct {
	app, name string
	unit      string // runs it
	instances string // the pattern of the units that unit starts instead, or ""
	timer     string // "" for a job of @reboot
	schedule  string
}

func jobsOf(app string, files []units.File) []installedJob {
	var jobs []installedJob
	for _, f := range files {
		stem, isTimer := strings.CutSuffix(f.Name, ".timer")
		// A timer of [on_failure] has none.
		isTimer = isTimer && len(units.Calendars(f.Content)) > 0
		if !isTimer && !units.AtBoot(f.Content) {
			continue
		}
		stem = strings.TrimSuffix(stem, ".service")
		j := installedJob{app: app, name: strings.TrimPrefix(stem, app+"-"), unit: stem + ".service", schedule: "@reboot"}
		if isTimer {
			j.timer, j.schedule = f.Name, strings.Join(units.Calendars(f.Content), "; ")
		}
		if slices.ContainsFunc(files, func(f units.File) bool { return f.Name == stem+"@.service" }) {
			j.instances = stem + "@*.service"
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// asWritten puts the schedules of the last plan in the place of those that
// systemd was given.
func asWritten(jobs []installedJob, last *plan.Plan) {
	if last == nil {
		return
	}
	for i := range jobs {
		for _, j := range last.Jobs {
			if j.Name == jobs[i].name {
				jobs[i].schedule = j.Schedule
			}
		}
	}
}

// stoppable are the units of all, and jobs, of which one may run.
func (a *installed) stoppable() []string {
	all := a.all()
	for _, j := range a.jobs {
		all = append(all, j.unit)
	}
	return all
}

// state sums up the app. Timers wait for their time while all is well; an app
// without processes is as they are. Processes that are done do not count.
func (a *installed) state(of func(unit string) string) string {
	states := func(units []string) (all []processStatus) {
		for _, unit := range units {
			all = append(all, processStatus{State: of(unit)})
		}
		return all
	}
	parts := states(slices.DeleteFunc(slices.Clone(a.services), func(unit string) bool { return a.done(unit, of) }))
	if len(parts) == 0 {
		parts = states(a.timers)
	}
	if len(parts) == 0 && len(a.jobs) > 0 {
		parts = states([]string{plan.TargetOf(a.name)})
	}
	state := overall(parts)
	late := slices.ContainsFunc(a.timers, func(timer string) bool { return of(timer) != "active" })
	failed := slices.ContainsFunc(a.jobs, func(j installedJob) bool { return of(j.unit) == "failed" })
	if state == "active" && (late || failed) {
		return "degraded"
	}
	return state
}

// done reports whether a process has ended and was meant to. It cannot be told
// from one that somebody stopped by itself.
func (a *installed) done(unit string, of func(unit string) string) bool {
	return of(unit) == "inactive" && of(plan.TargetOf(a.name)) == "active" && slices.Contains(a.mayBeDone, units.FileOf(unit))
}

// logged are the units whose lines the process of that name printed: one, or
// its instances, or a job.
func (j installedJob) logged() []string {
	if j.instances != "" {
		return []string{j.unit, j.instances}
	}
	return []string{j.unit}
}

// processes are the names for --process, sorted.
func (a *installed) processes() []string {
	var names []string
	for _, unit := range a.services {
		name, _, _ := strings.Cut(processName(a.name, unit), "@")
		names = append(names, name)
	}
	for _, j := range a.jobs {
		names = append(names, j.name)
	}
	if a.watchApply() != "" {
		names = append(names, watchProcess)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// several reports whether ecounit logs shows the lines of more than one.
func (a *installed) several() bool {
	return len(a.services)+len(a.jobs) > 1 || a.watchApply() != ""
}

// logs reports whether ecounit logs shows the lines of the unit by itself.
func (a *installed) logs(unit string) bool {
	return slices.Contains(a.services, unit) || unit == a.watchApply() || slices.ContainsFunc(a.jobs, func(j installedJob) bool { return j.unit == unit })
}
