package units

import (
	"slices"
	"strings"
	"time"

	"ecounit/plan"
)

const (
	// watchTimeout is longer than all that the watch waits for: the end of the
	// changes, and the end of an apply before it.
	watchTimeout = 10 * time.Minute
	// applyTimeout holds for the check and for the apply, each: the stop and
	// the start of every process have time limits of their own.
	applyTimeout = 5 * time.Minute
	// interrupted is the status of an ecounit that was asked to end, as when the
	// app is stopped meanwhile (ecounit(1)).
	interrupted = "130"
)

// watch renders what notices changes of the code and what is done about them.
//
// systemd does not look at the files while the service of a path unit runs, so
// that a change would be missed that comes while the app restarts. Therefore
// there are two services. The first waits for the end of the changes and ends;
// the second comes after it, while systemd looks again, so that a change is
// either there when the app reads its code, or starts the first once more.
func (r *renderer) watch() {
	if r.plan.Watch == nil {
		return
	}
	for i, name := range r.plan.WatchPaths() {
		r.watchPath(name, r.plan.Watch.All()[i])
	}
	r.watchService()
	r.watchApply()
}

// watchUnit begins a unit of the watch. No limit of starts: at the limit the
// path unit would fail for good.
func (r *renderer) watchUnit(name string) *Unit {
	u := New(name).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description+" (watch)").Units("PartOf", r.plan.Target())
	return u
}

// watchPath: PathChanged= comes when a file is closed, so that the app does not
// read half of it.
func (r *renderer) watchPath(name, path string) {
	u := r.watchUnit(name)
	u.Section("Path").Path("PathChanged", path).Units("Unit", r.plan.WatchService())
	r.add(u)
}

// notForCheck are settings about the process that runs all the time. What else
// users set, the app may need to load.
func notForCheck(s plan.Setting) bool {
	return slices.ContainsFunc([]string{
		"Exec", "Restart", "Timeout", "Runtime", "Watchdog", "Kill", "FinalKill", "SendSIG", "OOM", "Notify",
		"Success", "RemainAfterExit", "Standard", "SyslogIdentifier", "PIDFile", "FileDescriptorStore",
	}, func(prefix string) bool { return strings.HasPrefix(s.Key, prefix) })
}

func (r *renderer) watchService() {
	u := r.watchUnit(r.plan.WatchService())
	u.Section("Unit").Duration("StartLimitIntervalSec", 0)
	s := u.Section("Service").Word("Type", "oneshot").
		Exec("ExecStart", r.plan.Watch.Settle...).
		Words("SuccessExitStatus", interrupted, "SIGTERM").
		Duration("TimeoutStartSec", watchTimeout)
	s.Units("Slice", r.plan.Slice())
	r.add(u)
}

// watchApply loads the new code in the app's surroundings first, and keeps the
// old processes when that fails. What it says, RemainAfterExit= keeps for
// `ecounit status`.
func (r *renderer) watchApply() {
	u := r.watchUnit(r.plan.WatchApply())
	u.Section("Unit").Units("After", r.plan.WatchService()).Duration("StartLimitIntervalSec", 0)
	s := u.Section("Service").Word("Type", "oneshot").Bool("RemainAfterExit", true)
	// The strict sandbox keeps processes from the user's manager.
	if check := r.plan.Watch.Check; check == nil {
		s.Exec("ExecStart", r.plan.Watch.Apply...).Units("Slice", r.plan.Slice())
		r.identify(s, u.Name())
	} else {
		s.Exec("ExecStartPre", check...).ExecUnconfined("ExecStart", r.plan.Watch.Apply...)
		r.surroundings(s, u.Name(), r.plan.Services[0].Environment)
		// Where the app's memory is limited, the check is to die and not the app.
		s.Int("OOMScoreAdjust", 1000)
		r.sandbox(s)
		extra(s, slices.DeleteFunc(slices.Clone(r.plan.Extra.Service), notForCheck))
	}
	s.Words("SuccessExitStatus", interrupted, "SIGTERM").Duration("TimeoutStartSec", applyTimeout)
	r.add(u)
}
