package cli

import (
	"context"
	"slices"
	"time"

	"ecounit/cutover"
)

// before is how everything is now.
func (r *mover) before(ctx context.Context) (cutover.Move, error) {
	linger, err := r.h.system.Linger(ctx, r.h.User.UID)
	if err != nil {
		return cutover.Move{}, err
	}
	now := time.Now()
	move := cutover.Move{Began: now, Linger: linger, Mark: cutover.Mark(now), Crontab: r.crontab}
	places := map[*oldDaemon]int{}
	for _, d := range r.daemons {
		if d.process != nil && r.moves(d) {
			places[d] = len(move.Daemons)
			move.Daemons = append(move.Daemons, cutover.Daemon{File: d.file, Process: *d.process, Programs: d.programs, Servers: d.servers})
		}
	}
	for _, m := range r.apps {
		app := cutover.App{Name: m.name(), Descriptor: m.old.File, Enabled: m.enable, Was: m.was, Processes: m.processes, Site: r.h.toWithdraw(m.name(), true).action != ""}
		if m.descriptor.state == notThere {
			app.Written = string(m.descriptor.text)
		}
		_, app.DropIn = m.dropIn(r.h)
		if place, runs := places[m.daemon]; runs && m.enable {
			for _, p := range m.programs {
				app.Programs = append(app.Programs, cutover.OfDaemon{Daemon: place, Name: p.Name})
			}
		}
		move.Apps = append(move.Apps, app)
	}
	for _, number := range r.allLines() {
		move.Lines = append(move.Lines, r.crontabLine(number))
	}
	return move, nil
}

// allLines are the lines of the crontab that are commented out.
func (mv *migration) allLines() []int {
	numbers := slices.Clone(mv.lines)
	for _, m := range mv.apps {
		if m.enable {
			numbers = append(numbers, m.lines...)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
