package cli

import (
	"errors"
	"fmt"
	"slices"

	"ecounit/cutover"
	"ecounit/internal/hint"
	"ecounit/migrate"
	"ecounit/report"
)

// whole is about what is left of supervisords and the crontab.
func (mv *migration) whole() {
	for _, d := range mv.daemons {
		if d.line != 0 && mv.moves(d) {
			mv.lines = append(mv.lines, d.line)
		}
	}
	for _, file := range mv.idle {
		mv.notes = append(mv.notes, mv.shown(file)+" stays as it is: neither a supervisord that runs nor your crontab reads it; ecounit migrate APP... moves what is in it")
	}
}

// moves reports whether anything of a supervisord is migrated.
func (mv *migration) moves(d *oldDaemon) bool {
	return slices.ContainsFunc(mv.apps, func(m *moving) bool { return m.daemon == d })
}

// stays are the programs of a supervisord that run on: those that it does not
// start by itself, and that nobody asked for.
func (mv *migration) stays(d *oldDaemon) (names []string) {
	for _, p := range d.programs {
		isMoved := slices.ContainsFunc(mv.apps, func(m *moving) bool {
			return m.daemon == d && m.enable && slices.ContainsFunc(m.programs, func(own cutover.Program) bool { return own.Name == p.Name })
		})
		if (p.Runs || p.Starts) && !isMoved && !slices.Contains(d.listens, p.Name) && mv.isKnown(d, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// isKnown is false for a program that no app was made of: that it is lost was
// said, and accepted.
func (mv *migration) isKnown(d *oldDaemon, name string) bool {
	for a, of := range mv.of {
		if mv.daemons[of] == d && slices.ContainsFunc(a.Old, func(o migrate.Old) bool { return o.Name == name }) {
			return true
		}
	}
	return false
}

// lost is what no descriptor can say.
func (mv *migration) lost() (lost []report.Entry) {
	for _, e := range mv.report.Entries() {
		if e.Severity == migrate.Lost {
			lost = append(lost, e)
		}
	}
	return lost
}

// losses refuses what cannot be carried over before it is accepted.
func (mv *migration) losses() error {
	lacks := slices.ContainsFunc(mv.apps, func(m *moving) bool { return len(m.missing) > 0 })
	switch lost := mv.lost(); {
	case len(lost) > 0:
		mv.showPlan(mv.Err)
		return hint.With(fmt.Errorf("nothing was changed: %s no equivalent", plural(len(lost), "line has", "lines have")),
			"read what the plan says of that, then type: %s", mv.accepting())
	case lacks:
		mv.showPlan(mv.Err)
		return hint.With(errors.New("nothing was changed: the old programs have variables that no file says"),
			"write those that are needed into [env] or env_files (ecounit import writes the descriptors), or go on without them: %s", mv.accepting())
	}
	return nil
}
