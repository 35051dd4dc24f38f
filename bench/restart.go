package main

import (
	"context"

	"ecounit/bench/inside"
)

const sleeperToml = `name = "sleeper"
[process.one]
command = "sleep infinity"
[process.two]
command = "sleep infinity"
`

// restart measures both ways with processes that start at once, which shows
// the commands alone, and with a web app, which shows what people wait for.
func (b *bench) restart(ctx context.Context) ([]row, error) {
	if err := b.setUpTasks(ctx); err != nil {
		return nil, err
	}
	if err := b.host.WriteFile(ctx, "/home/alice/sleeper/ecounit.toml", []byte(sleeperToml), alice, 0o644); err != nil {
		return nil, err
	}
	if _, err := b.sh(ctx, alice, "ecounit enable ./sleeper"); err != nil {
		return nil, err
	}
	sleeper, err := b.restartOf(ctx, "restart of two processes", 40, "true", "sleeper", "sleeper-one.service", "sleeper-two.service")
	if err != nil {
		return nil, err
	}
	address, err := b.addressOf(ctx, ".config/systemd/user", tasks)
	if err != nil {
		return nil, err
	}
	answers := "curl -sSf http://" + address + "/alice_" + tasks + "/healthz"
	web, err := b.restartOf(ctx, "restart of a web app", 30, answers, tasks, tasks+".service")
	return []row{sleeper, web}, err
}

// restartOf begins each restart when the check after the one before has ended:
// gunicorn says that it is ready before its workers are.
func (b *bench) restartOf(ctx context.Context, figure string, rounds int, check, app string, services ...string) (row, error) {
	took, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: rounds, Sides: []inside.Side{
		{Command: inside.Command{User: alice, Argv: []string{"ecounit", "restart", app}}, After: check},
		{Command: inside.Command{User: alice, Argv: append([]string{"systemctl", "--user", "restart"}, services...)}, After: check},
	}})
	if err != nil {
		return row{}, err
	}
	ours, other := milliseconds(took[0]), milliseconds(took[1])
	ratio := ours.ratio(other)
	return row{
		figure: figure, ours: ours.text("ms"), other: "systemctl --user restart: " + other.text("ms"),
		ratio: ratio, bar: "≤ 1.0 ×", met: ratio <= 1,
	}, nil
}
