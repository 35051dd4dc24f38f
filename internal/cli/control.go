package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/internal/failures"
	"ecounit/internal/hint"
	"ecounit/internal/installed"
)

// control runs a verb on units of an app that is enabled.
func (c *command) control(ctx context.Context, app string, flags *cli.Context, choose func(*installed.App) []string, do func(*dbusctl.Manager, []string) error) error {
	h, err := c.connectManagerAlone(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	a, err := c.withUnits(h, app)
	if err != nil {
		return err
	}
	if err := h.needManager(ctx, a.Name); err != nil {
		return err
	}
	chosen := choose(a)
	switch {
	case len(chosen) > 0:
	case len(a.Services) == 0:
		return hint.With(fmt.Errorf("cannot %s %s: it has no process that runs all the time", flags.Command.Name, a.Name), "ecounit jobs run %s NAME runs a job now", a.Name)
	default: // start and stop always have something to do
		return hint.With(fmt.Errorf("cannot reload %s: no process of it can take up new code while it runs", a.Name), "ecounit restart %s", a.Name)
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "%-8s %s\n", flags.Command.Name, strings.Join(chosen, " "))
		return nil
	}
	err = do(h.manager, chosen)
	var job *dbusctl.JobError
	if errors.As(err, &job) {
		return hint.With(err, "ecounit logs %s", a.Name)
	}
	return err
}

func (c *command) start(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed.App).All, func(m *dbusctl.Manager, units []string) error {
		return m.Start(ctx, units...)
	})
}

// stop stops the socket, too: the next request would start the app again. A job
// that runs ends as well. What fails when it is started again, is told of anew.
func (c *command) stop(ctx context.Context, app string, flags *cli.Context) error {
	var kept failures.Kept
	stoppable := func(a *installed.App) []string {
		kept = failures.Of(c.uid, a.Name)
		return a.Stoppable()
	}
	return c.control(ctx, app, flags, stoppable, func(m *dbusctl.Manager, units []string) error {
		if err := m.Stop(ctx, units...); err != nil {
			return err
		}
		return kept.Stopped()
	})
}

// restart leaves the socket alone: requests wait in it meanwhile. A job that
// runs goes on: it may have hours of work behind it.
func (c *command) restart(ctx context.Context, app string, flags *cli.Context) error {
	services := func(a *installed.App) []string { return a.Services }
	return c.control(ctx, app, flags, services, func(m *dbusctl.Manager, units []string) error {
		return m.Restart(ctx, units...)
	})
}

func (c *command) reload(ctx context.Context, app string, flags *cli.Context) error {
	return c.control(ctx, app, flags, (*installed.App).Reloadable, func(m *dbusctl.Manager, units []string) error {
		return m.ReloadUnits(ctx, units...)
	})
}
