package apply

import (
	"path/filepath"
)

// Places are the paths in a home directory that belong to ecounit or that it
// shares with systemd. They follow the home directory alone: XDG variables of
// a shell under su or cron are not those of the user's manager.
type Places struct{ Home string }

// UnitDir is where systemd reads the user's own units (systemd.unit(5)).
func (p Places) UnitDir() string { return filepath.Join(p.Home, ".config/systemd/user") }

// EnabledLink is what makes systemd start the app at boot.
func (p Places) EnabledLink(app string) string { return p.BootLink(app + ".target") }

// BootLink has systemd start a unit when the user's manager begins.
func (p Places) BootLink(unit string) string {
	return filepath.Join(p.UnitDir(), "default.target.wants", unit)
}

// timerStamp is where systemd keeps when a timer with Persistent= last came
// (systemd.timer(5)).
func (p Places) timerStamp(timer string) string {
	return filepath.Join(p.Home, ".local/share/systemd/timers", "stamp-"+timer)
}

// AppsDir holds a link to the descriptor of each app.
func (p Places) AppsDir() string { return filepath.Join(p.Home, ".config/ecounit/apps") }

// AppLink is the link to the descriptor of the app.
func (p Places) AppLink(app string) string { return filepath.Join(p.AppsDir(), app+".toml") }

// StateDir holds what was last applied for the app. Losing it loses no running app.
func (p Places) StateDir(app string) string {
	return filepath.Join(p.Home, ".local/state/ecounit", app)
}

// PlanFile is the last plan that came up.
func (p Places) PlanFile(app string) string { return filepath.Join(p.StateDir(app), "plan.json") }

// PassFile has the password of the app's database, where one is needed that is
// not in a file of the user's own. PGPASSFILE names it.
func (p Places) PassFile(app string) string { return filepath.Join(p.StateDir(app), passFile) }

const passFile = "pgpass"

// RequestFile is the text for the administrator.
func (p Places) RequestFile(app string) string { return filepath.Join(p.StateDir(app), "request.txt") }

// IncludeFile is the rendered Apache include of that name.
func (p Places) IncludeFile(app, name string) string { return filepath.Join(p.StateDir(app), name) }

// unfinishedFile exists while a change is under way.
func (p Places) unfinishedFile(app string) string {
	return filepath.Join(p.StateDir(app), "unfinished.json")
}

// lockFile is locked while a change of any app is under way: ports are chosen
// across apps. It is a neighbour of every StateDir, and no app's name begins
// with a dot.
func (p Places) lockFile() string { return filepath.Join(p.Home, ".local/state/ecounit/.lock") }

// removeEmpty tidies up behind the last file of an app.
func (p Places) removeEmpty(app string) {
	for _, dir := range []string{p.StateDir(app), p.AppsDir(), filepath.Dir(p.AppsDir()), filepath.Dir(p.EnabledLink(app))} {
		removeFolder(dir)
	}
}
