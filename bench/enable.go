package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecounit/bench/inside"
)

// everything is all of alice's files, with what changes when they are written.
const everything = `find . -printf '%p %i %s %T@ %C@\n' | sort`

// lastLoaded is when alice's manager last read its units.
const lastLoaded = `systemctl --user show --property UnitsLoadTimestampMonotonic --property GeneratorsStartTimestampMonotonic`

// unchanged measures enable where there is nothing to do.
func (b *bench) unchanged(ctx context.Context) ([]row, error) {
	if err := b.setUpTasks(ctx); err != nil {
		return nil, err
	}
	if err := b.countsReloads(ctx); err != nil {
		return nil, err
	}
	// Twice: the first one may see what the manager did not know before it ran.
	if said, err := b.sh(ctx, alice, "ecounit enable "+tasks+" 2>&1; ecounit enable "+tasks+" 2>&1 | grep 'nothing to do'"); err != nil {
		return nil, fmt.Errorf("there is something to do: %w: %s", err, said)
	}
	files, err := b.sh(ctx, alice, everything)
	if err != nil {
		return nil, err
	}
	loaded, err := b.sh(ctx, alice, lastLoaded)
	if err != nil {
		return nil, err
	}
	took, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: 40, Sides: []inside.Side{
		{Command: inside.Command{User: alice, Argv: []string{"ecounit", "enable", tasks}}},
	}})
	if err != nil {
		return nil, err
	}
	filesAfter, err := b.sh(ctx, alice, everything)
	if err != nil {
		return nil, err
	}
	loadedAfter, err := b.sh(ctx, alice, lastLoaded)
	if err != nil {
		return nil, err
	}
	ms := milliseconds(took[0])
	written, reloaded := "none", "none"
	if names := changed(files, filesAfter); len(names) > 0 {
		written = strings.Join(names, " ")
	}
	if loaded != loadedAfter {
		reloaded = "some"
	}
	return []row{
		{figure: "enable, nothing to change", ours: ms.text("ms"), bar: "≤ 25 ms", met: ms.median() <= 25},
		{figure: "- files written by it", ours: written, bar: "none", met: written == "none"},
		{figure: "- reloads of systemd by it", ours: reloaded, bar: "none", met: reloaded == "none"},
	}, nil
}

// countsReloads makes sure that a reload would be seen.
func (b *bench) countsReloads(ctx context.Context) error {
	before, err := b.sh(ctx, alice, lastLoaded)
	if err != nil {
		return err
	}
	after, err := b.sh(ctx, alice, "systemctl --user daemon-reload; "+lastLoaded)
	if err == nil && (before == after || strings.Count(after, "=") != 2) {
		err = fmt.Errorf("a reload of the manager would not be seen:\n%s", after)
	}
	return err
}

// changed are the files that were added, altered or removed between two lists.
func changed(before, after string) []string {
	old := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(before), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		old[name] = rest
	}
	var names []string
	for line := range strings.SplitSeq(strings.TrimSpace(after), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		if was, known := old[name]; !known || was != rest {
			names = append(names, name)
		}
		delete(old, name)
	}
	return append(names, slices.Sorted(maps.Keys(old))...)
}

// newApp measures enable of an app that was not there.
func (b *bench) newApp(ctx context.Context) ([]row, error) {
	if err := b.setUpTrivial(ctx); err != nil {
		return nil, err
	}
	address, err := b.addressOf(ctx, "trivial-units", trivial)
	if err != nil {
		return nil, err
	}
	byHand := inside.Side{
		Command: inside.Command{User: alice, Argv: []string{
			program, "inside", "by-hand", "/home/alice/trivial-units", "/home/alice/.config/systemd/user",
			trivial + ".target", "http://" + address + "/alice_" + trivial + "/",
		}},
		After: `systemctl --user --quiet disable trivial.target
			systemctl --user stop trivial.target trivial.socket trivial.service app-trivial.slice
			cd trivial-units && ls | sed s,^,../.config/systemd/user/, | xargs rm
			systemctl --user daemon-reload`,
	}
	enable := inside.Side{
		Command: inside.Command{User: alice, Argv: []string{"ecounit", "enable", "./" + trivial}},
		After:   "ecounit disable trivial",
	}
	took, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: 15, Sides: []inside.Side{enable, byHand}})
	if err != nil {
		return nil, err
	}
	ours, other := milliseconds(took[0]), milliseconds(took[1])
	ratio := ours.ratio(other)
	return []row{{
		figure: "enable of a new web app", ours: ours.text("ms"), other: "the same units by hand: " + other.text("ms"),
		ratio: ratio, bar: "≤ 1.3 ×", met: ratio <= 1.3,
	}}, nil
}
