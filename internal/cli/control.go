package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
)

// control runs a verb on units of an app that is enabled.
func (c *command) control(ctx context.Context, app string, flags *cli.Context, choose func(*installed) []string, do func(*dbusctl.Manager, []string) error) error {
	h, err := c.connectManagerAlone(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	a, err := c.withUnits(h, app)
	if err != nil {
		return err
	}
	if err := h.needManager(ctx, a.name); err != nil {
		return err
	}
	chosen := choose(a)
	switch {
	case len(chosen) > 0:
	case len(a.services) == 0:
		return withHint(fmt.Errorf("cannot %s %s: it has no process that runs all the time", flags.Command.Name, a.name), "ecounit jobs run %s NAME runs a job now", a.name)
	default: // start and stop always have something to do
		return withHint(fmt.Errorf("cannot reload %s: no process of it can take up new code while it runs", a.name), "ecounit restart %s", a.name)
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "%-8s %s\n", flags.Command.Name, strings.Join(chosen, " "))
		return nil
	}
	err = do(h.manager, chosen)
	var job *dbusctl.JobError
	if errors.As(err, &job) {
		return withHint(err, "ecounit logs %s", a.name)
	}
	return err
}

func (c *command) start(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed).all, func(m *dbusctl.Manager, units []string) error {
		return m.Start(ctx, units...)
	})
}

// stop stops the socket, too: the next request would start the app again. A job
// that runs ends as well. What fails when it is started again, is told of anew.
func (c *command) stop(ctx context.Context, app string, flags *cli.Context) error {
	var failures failures
	stoppable := func(a *installed) []string {
		failures = failuresOf(c.uid, a.name)
		return a.stoppable()
	}
	return c.control(ctx, app, flags, stoppable, func(m *dbusctl.Manager, units []string) error {
		if err := m.Stop(ctx, units...); err != nil {
			return err
		}
		return failures.stopped()
	})
}

// restart leaves the socket alone: requests wait in it meanwhile. A job that
// runs goes on: it may have hours of work behind it.
func (c *command) restart(ctx context.Context, app string, flags *cli.Context) error {
	services := func(a *installed) []string { return a.services }
	return c.control(ctx, app, flags, services, func(m *dbusctl.Manager, units []string) error {
		return m.Restart(ctx, units...)
	})
}

func (c *command) reload(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed).reloadable, func(m *dbusctl.Manager, units []string) error {
		return m.ReloadUnits(ctx, units...)
	})
}
