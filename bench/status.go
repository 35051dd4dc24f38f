package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/bench/inside"
)

// status measures the states of a hundred apps.
func (b *bench) status(ctx context.Context) ([]row, error) {
	if err := b.setUpMany(ctx); err != nil {
		return nil, err
	}
	supervisorctl := []string{"supervisorctl", "-c", configOf("many"), "status"}
	said, err := b.sh(ctx, carol, "ecounit status")
	if err != nil {
		return nil, err
	}
	if n := strings.Count(said, " active "); n != apps {
		return nil, fmt.Errorf("ecounit status says that %d of %d apps are active", n, apps)
	}
	if said, err = b.sh(ctx, sam, strings.Join(supervisorctl, " ")); err != nil {
		return nil, err
	}
	if n := strings.Count(said, " RUNNING "); n != apps {
		return nil, fmt.Errorf("supervisorctl status says that %d of %d programs run", n, apps)
	}
	took, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: 20, Sides: []inside.Side{
		{Command: inside.Command{User: carol, Argv: []string{"ecounit", "status"}}},
		{Command: inside.Command{User: sam, Argv: supervisorctl}},
	}})
	if err != nil {
		return nil, err
	}
	ours, other := milliseconds(took[0]), milliseconds(took[1])
	ratio := ours.ratio(other)
	return []row{{
		figure: fmt.Sprintf("status, %d apps", apps), ours: ours.text("ms"), other: "supervisorctl status: " + other.text("ms"),
		ratio: ratio, bar: "≤ 0.2 ×, ≤ 50 ms", met: ratio <= 0.2 && ours.median() <= 50,
	}}, nil
}

// memory looks for processes of ours while everything runs.
func (b *bench) memory(ctx context.Context) ([]row, error) {
	if err := b.setUpMany(ctx); err != nil {
		return nil, err
	}
	all, err := ask[[]inside.Process](ctx, b, "processes", struct{}{})
	if err != nil {
		return nil, err
	}
	var ours, supervisor int64
	running := 0
	for _, p := range all {
		switch {
		case strings.HasPrefix(filepath.Base(p.Program), "ecounit"), strings.Contains(p.Command, "/ecounit"):
			ours += p.RSS
		case strings.Contains(p.Command, "supervisord -c "+configOf("many")):
			supervisor += p.RSS
		case strings.Contains(p.Command, program+" inside serve"):
			running++
		}
	}
	// What is not seen would be taken for what is not there.
	if running != 2*apps || supervisor == 0 {
		return nil, fmt.Errorf("of %d small apps only %d are seen to run", 2*apps, running)
	}
	return []row{{
		figure: fmt.Sprintf("resident memory of ours, %d apps", apps), ours: size(ours), other: "supervisord: " + size(supervisor),
		bar: "0", met: ours == 0,
	}}, nil
}

func size(n int64) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
