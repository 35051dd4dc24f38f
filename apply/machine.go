package apply

import (
	"context"
	"net"
	"time"

	"ecounit/dbusctl"
	"ecounit/plan"
)

// Manager is what apply asks of the user's systemd manager; *dbusctl.Manager
// is it. Tests put one in its place that fails at a chosen step.
type Manager interface {
	Reload(ctx context.Context) error
	Enable(ctx context.Context, names ...string) ([]dbusctl.Link, error)
	Disable(ctx context.Context, names ...string) ([]dbusctl.Link, error)
	Start(ctx context.Context, names ...string) error
	Stop(ctx context.Context, names ...string) error
	Restart(ctx context.Context, names ...string) error
	Kill(ctx context.Context, names ...string) error
	ResetFailed(ctx context.Context, names ...string) error
	UnitsMatching(ctx context.Context, patterns ...string) ([]dbusctl.Unit, error)
	DetailsOf(ctx context.Context, names ...string) ([]dbusctl.Details, error)
	Failure(ctx context.Context, name string) (string, error)
}

// Login is what apply asks of logind; *dbusctl.System is it.
type Login interface {
	Linger(ctx context.Context, uid int) (bool, error)
	SetLinger(ctx context.Context, uid int, on bool) error
}

// Machine is where changes are carried out.
type Machine struct {
	Places
	UID   int
	Login Login
	// Manager is nil while the user's manager does not run.
	Manager Manager
	// Connect waits for the manager that lingering starts.
	Connect func(ctx context.Context) (Manager, error)
	// Logs returns the last lines that a unit wrote since a time.
	Logs func(ctx context.Context, unit string, since time.Time) []string
	// Progress is told of each step that was taken.
	Progress func(Step, Outcome)
	// Ahead is called before each step, and may fail it; nil for nothing. Who
	// has what the app needs gives it up there, when all else is prepared.
	Ahead func(context.Context, Step) error
	// Dial reaches the web process where another one still has its address; nil
	// for its own socket or port.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Back is called when a step failed, before anything is undone; nil for
	// nothing.
	Back func()
	// Web is how to ask the app for an answer; nil without a web process.
	Web *plan.Web
	// StaysUp is how long a process without a web address must run.
	StaysUp time.Duration
	// Database makes the app's database; nil where no change wants one.
	Database Database
	// Listener says who listens on a port of 127.0.0.1.
	Listener func(port int) (uid int, ok bool)

	made Made // by this change, or by one before it that was killed
}
