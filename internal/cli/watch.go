package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/internal/watch"
	"ecounit/plan"
)

// watchCommands are what the units of [watch] run.
func (c *command) watchCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name: "settle", Usage: "wait until files change no more, and have the app take them up", ArgsUsage: "APP PATH...",
			Hidden: true, Action: operands(2, math.MaxInt, c.watchSettle),
		},
		{
			Name: "apply", Usage: "have the processes of an app take up new code", ArgsUsage: "APP UNIT...",
			Hidden: true, Action: operands(2, math.MaxInt, c.watchApply),
			Flags: []cli.Flag{&cli.StringSliceFlag{Name: "reload", Usage: "the `UNIT` can take it up while it runs"}},
		},
	}
}

// watchSettle ends when the files have come to rest. What comes after it,
// systemd starts when this process has ended, and looks at the files again by
// then. One that runs is not disturbed.
func (c *command) watchSettle(ctx context.Context, words []string, _ *cli.Context) error {
	app, paths := words[0], words[1:]
	if err := watch.Settled(ctx, paths); err != nil {
		return err
	}
	m, err := dbusctl.Connect(ctx, c.uid)
	if err != nil {
		return err
	}
	defer m.Close()
	unit := plan.WatchApplyOf(app)
	if err := watch.Idle(ctx, m, unit); err != nil {
		return err
	}
	return m.QueueRestart(ctx, unit)
}

// watchApply is what `ecounit restart` does, but for services that can take up
// new code while they run.
func (c *command) watchApply(ctx context.Context, words []string, flags *cli.Context) error {
	app, services := words[0], words[1:]
	m, err := dbusctl.Connect(ctx, c.uid)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := watch.LooksAgain(ctx, m, app); err != nil {
		return err
	}
	before, err := m.DetailsOf(ctx, append(slices.Clone(services), plan.TargetOf(app))...)
	if err != nil {
		return err
	}
	if target := before[len(services)]; target.ActiveState != "active" {
		fmt.Fprintf(c.Out, "%s does not run\n", app)
		return nil
	}
	before = before[:len(services)]
	var reload, restart []string
	for _, s := range before {
		if slices.Contains(flags.StringSlice("reload"), s.Name) && s.ActiveState == "active" {
			reload = append(reload, s.Name)
		} else {
			restart = append(restart, s.Name)
		}
	}
	if err := errors.Join(m.ReloadUnits(ctx, reload...), m.Restart(ctx, restart...)); err != nil {
		return err
	}
	if err := watch.StayUp(ctx, m, before, restart, staysUp); err != nil {
		return err
	}
	if len(reload) > 0 {
		fmt.Fprintln(c.Out, "reloaded", strings.Join(reload, " "))
	}
	if len(restart) > 0 {
		fmt.Fprintln(c.Out, "restarted", strings.Join(restart, " "))
	}
	return nil
}
