package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/plan"
	"ecounit/units"
)

// installed is an app as its unit files on disk describe it.
type installed struct {
	name     string
	files    []units.File
	services []string // units that run processes; instances spelled out
	socket   string   // or ""
}

// installedApp reads the units of an app that is enabled.
func (h *host) installedApp(name string) (*installed, error) {
	files, err := h.places.UnitFiles(name)
	if err != nil {
		return nil, err
	}
	return newInstalled(name, files), nil
}

func newInstalled(name string, files []units.File) *installed {
	a := &installed{name: name, files: files}
	for _, f := range files {
		if f.Name == plan.TargetOf(name) {
			for _, unit := range units.Wants(f.Content) {
				if strings.HasSuffix(unit, ".socket") {
					a.socket = unit
				} else {
					a.services = append(a.services, unit)
				}
			}
		}
	}
	return a
}

// all are the units to start or stop, the target among them: it says whether
// the app is meant to run.
func (a *installed) all() []string {
	all := append([]string{plan.TargetOf(a.name)}, a.services...)
	if a.socket != "" {
		all = append(all, a.socket)
	}
	return all
}

// control runs a verb on an app that is enabled.
func (c *command) control(ctx context.Context, app string, flags *cli.Context, choose func(*installed) []string, do func(*dbusctl.Manager, []string) error) error {
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	name, err := c.appName(h, app)
	if err != nil {
		return err
	}
	a, err := h.installedApp(name)
	if err != nil {
		return err
	}
	if len(a.files) == 0 {
		return withHint(fmt.Errorf("cannot find the units of %s", name), "ecounit enable %s writes them again", name)
	}
	if err := h.needManager(); err != nil {
		return err
	}
	chosen := choose(a)
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "%-8s %s\n", flags.Command.Name, strings.Join(chosen, " "))
		return nil
	}
	err = do(h.manager, chosen)
	var job *dbusctl.JobError
	if errors.As(err, &job) {
		return withHint(err, "ecounit logs %s", name)
	}
	return err
}

func (c *command) start(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed).all, func(m *dbusctl.Manager, units []string) error {
		return m.Start(ctx, units...)
	})
}

// stop stops the socket, too: the next request would start the app again.
func (c *command) stop(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed).all, func(m *dbusctl.Manager, units []string) error {
		return m.Stop(ctx, units...)
	})
}

// restart leaves the socket alone: requests wait in it meanwhile.
func (c *command) restart(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, func(a *installed) []string { return a.services }, func(m *dbusctl.Manager, units []string) error {
		return m.Restart(ctx, units...)
	})
}

func (c *command) reload(ctx context.Context, app string, flags *cli.Context) error {
	able := func(a *installed) []string {
		var names []string
		for _, f := range a.files {
			if units.Reloads(f.Content) && slices.Contains(a.services, f.Name) {
				names = append(names, f.Name)
			}
		}
		return names
	}
	return c.control(ctx, app, flags, able, func(m *dbusctl.Manager, units []string) error {
		if len(units) == 0 {
			return withHint(errors.New("cannot reload: no process of the app can take up new code while it runs"), "ecounit restart")
		}
		return m.ReloadUnits(ctx, units...)
	})
}
