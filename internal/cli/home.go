package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"ecounit/apply"
	"ecounit/dbusctl"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/internal/watch"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

// home is the machine as the user sees it: who they are, and the connections
// to systemd. manager is nil while the user's manager does not run.
type home struct {
	detect.Machine
	systemd plan.Systemd
	places  apply.Places
	system  *dbusctl.System
	manager *dbusctl.Manager

	// What most runs need not know is found out when it is asked for.
	webServer func() webserver.Server
	hosting   func() *hosting

	getenv func(string) string

	noSockets bool // the host service gives the user no folder for sockets
}

// user finds out who runs the command and where their files are; nothing is
// connected.
func (c *command) user() (*home, error) {
	if err := c.notRoot(); err != nil {
		return nil, err
	}
	return c.here()
}

func (c *command) here() (*home, error) {
	machine, err := detect.Here()
	if err != nil {
		return nil, err
	}
	h := c.homeOf(machine)
	h.systemd = machine.Systemd()
	h.systemd.Version = machine.SystemdOnDisk()
	return h, nil
}

func (c *command) homeOf(machine detect.Machine) *home {
	h := &home{Machine: machine, places: apply.Places{Home: machine.User.Home}, getenv: c.getenv}
	h.webServer = sync.OnceValue(c.at.webServer)
	h.hosting = sync.OnceValue(func() *hosting { return c.at.hosting(h.webServer) })
	return h
}

// connect opens the connections to systemd.
func (c *command) connect(ctx context.Context) (*home, error) {
	h, err := c.user()
	if err != nil {
		return nil, err
	}
	return h, h.connect(ctx)
}

// connectManagerAlone is connect for verbs that do no more than start and stop
// units: the system bus and systemd's version cost as much as all the rest of
// a restart. Where there is no manager, connect finds out why.
func (c *command) connectManagerAlone(ctx context.Context) (*home, error) {
	if err := c.notRoot(); err != nil {
		return nil, err
	}
	machine, err := detect.Here()
	if err != nil {
		return nil, err
	}
	h := c.homeOf(machine)
	if h.manager, err = dbusctl.Connect(ctx, h.User.UID); err != nil {
		return c.connect(ctx)
	}
	return h, nil
}

func (h *home) connect(ctx context.Context) (err error) {
	if h.system, err = dbusctl.ConnectSystem(ctx); err != nil {
		return err
	}
	if err = h.connectManager(ctx); err == nil {
		h.systemd.Version, err = h.systemdVersion(ctx)
	}
	if err != nil {
		h.close()
	}
	return err
}

// connectManager leaves the manager nil unless it runs and stays: for a while
// after the last logout its socket still answers.
func (h *home) connectManager(ctx context.Context) error {
	runs, err := h.system.ManagerRuns(ctx, h.User.UID)
	if err != nil || !runs {
		return err
	}
	manager, err := dbusctl.Connect(ctx, h.User.UID)
	if errors.Is(err, dbusctl.ErrNoManager) {
		return nil
	}
	h.manager = manager
	return err
}

func (h *home) systemdVersion(ctx context.Context) (int, error) {
	if h.manager != nil {
		return h.manager.Version(ctx)
	}
	return h.system.SystemVersion(ctx)
}

func (h *home) close() {
	if h.manager != nil {
		h.manager.Close()
	}
	if h.system != nil {
		h.system.Close()
	}
}

// whyDown says that the user's manager does not run, and why if systemd knows.
func (h *home) whyDown(ctx context.Context) string {
	state, err := h.system.UserManagerState(ctx, h.User.UID)
	if err != nil || state.Failure == "" {
		return "your systemd manager does not run"
	}
	return "your systemd manager does not run (" + state.Name + " failed: " + state.Failure + ")"
}

// needManager is for verbs that make no sense without the user's manager.
func (h *home) needManager(ctx context.Context, app string) error {
	if h.manager != nil {
		return nil
	}
	return hint.With(errors.New(h.whyDown(ctx)), "ecounit enable %s turns lingering on, which starts it", app)
}

const (
	// managerTimeout is how long lingering may take to start the manager: a
	// loaded host needs seconds, a home that is not mounted never gets there.
	managerTimeout  = 30 * time.Second
	managerPatience = 5 * time.Second
	// staysUp is the startsecs of supervisor.
	staysUp = time.Second
)

// waitForManager asks again when nothing happens: logind forgets the wish when
// it comes while the manager of before is still ending (seen with 257).
func (h *home) waitForManager(ctx context.Context) (*dbusctl.Manager, error) {
	ctx, cancel := context.WithTimeout(ctx, managerTimeout)
	defer cancel()
	for {
		patience, stop := context.WithTimeout(ctx, managerPatience)
		manager, err := h.system.WaitForManager(patience, h.User.UID)
		stop()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return manager, err
		}
		_ = h.system.SetLinger(ctx, h.User.UID, true) // where users may not, waiting is all that is left
	}
}

// target is where apply carries out changes.
func (h *home) target(web *plan.Web) *apply.Machine {
	m := &apply.Machine{
		Places: h.places, UID: h.User.UID, Login: h.system, Web: web, StaysUp: staysUp,
		Progress: func(apply.Step, apply.Outcome) {},
		Connect: func(ctx context.Context) (apply.Manager, error) {
			var err error
			if h.manager, err = h.waitForManager(ctx); err != nil {
				return nil, err
			}
			return h.manager, nil
		},
		Listener: func(port int) (int, bool) {
			uid, _, ok, err := h.Machine.Listener(port)
			return uid, ok && err == nil
		},
	}
	if h.manager != nil {
		m.Manager = watch.Noticing(h.manager, h.watched)
	}
	return m
}
