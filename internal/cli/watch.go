package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
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

// watchGroup is "ecounit watch" itself.
func (c *command) watchGroup(ctx *cli.Context) error {
	if name := ctx.Args().First(); name != "" {
		return unknownCommand("watch ", name, ctx.Command.Subcommands)
	}
	c.printHelp(ctx.Command)
	return nil
}

const (
	// quiet is how long nothing may change before the app is restarted: a
	// rebase moves HEAD many times, and an upload has pauses.
	quiet = time.Second
	// restless is how long the app waits for that at most.
	restless = 30 * time.Second
	// lookEvery is the pause between two looks at the files.
	lookEvery = 100 * time.Millisecond
)

// watchSettle ends when the files have come to rest. What comes after it,
// systemd starts when this process has ended, and looks at the files again by
// then. One that runs is not disturbed.
func (c *command) watchSettle(ctx context.Context, words []string, _ *cli.Context) error {
	app, paths := words[0], words[1:]
	if err := settled(ctx, paths); err != nil {
		return err
	}
	m, err := dbusctl.Connect(ctx, c.uid)
	if err != nil {
		return err
	}
	defer m.Close()
	unit := plan.WatchApplyOf(app)
	if err := idle(ctx, m, unit); err != nil {
		return err
	}
	return m.QueueRestart(ctx, unit)
}

// settled waits until the files have not changed for a moment.
func settled(ctx context.Context, paths []string) error {
	begin := time.Now()
	before, since := footprint(paths), begin
	for time.Since(since) < quiet && time.Since(begin) < restless {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
		if now := footprint(paths); now != before {
			before, since = now, time.Now()
		}
	}
	return nil
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
	if err := looksAgain(ctx, m, app); err != nil {
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
	if err := stayUp(ctx, m, before, restart); err != nil {
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

// looksAgain waits until systemd looks at the files again, so that it notices
// what is changed from now on. It does by the time this runs, or there was
// another change already, after which all of this comes once more.
func looksAgain(ctx context.Context, m *dbusctl.Manager, app string) error {
	for begin := time.Now(); time.Since(begin) < 2*time.Second; {
		units, err := m.UnitsMatching(ctx, plan.WatchPathOf(app), app+"-watch-*.path", plan.WatchServiceOf(app))
		if err != nil {
			return err
		}
		busy := func(u dbusctl.Unit) bool { return u.SubState == "running" }
		again := func(u dbusctl.Unit) bool { return u.ActiveState == "activating" }
		if !slices.ContainsFunc(units, busy) || slices.ContainsFunc(units, again) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery / 5):
		}
	}
	return nil
}

// stayUp looks for services that end with the new code. A restart sets the
// count of restarts back to zero.
func stayUp(ctx context.Context, m *dbusctl.Manager, before []dbusctl.Details, restarted []string) error {
	names := make([]string, len(before))
	for i, d := range before {
		names[i] = d.Name
	}
	for begin := time.Now(); time.Since(begin) < staysUp; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
		now, err := m.DetailsOf(ctx, names...)
		if err != nil {
			return err
		}
		for i, d := range now {
			restarts := before[i].NRestarts
			if slices.Contains(restarted, d.Name) {
				restarts = 0
			}
			if d.ActiveState != "failed" && !strings.HasPrefix(d.SubState, "auto-restart") && d.NRestarts <= restarts {
				continue
			}
			why, err := m.Failure(ctx, d.Name)
			if err != nil {
				return err
			}
			return fmt.Errorf("%s does not stay up with the new code: %s", d.Name, why)
		}
	}
	return nil
}

// idle waits until a unit is not on its way up.
func idle(ctx context.Context, m *dbusctl.Manager, name string) error {
	for {
		states, err := m.Units(ctx, name)
		if err != nil || len(states) == 0 || states[0].ActiveState != "activating" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery / 2):
		}
	}
}
