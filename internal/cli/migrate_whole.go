package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/cutover"
	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/migrate"
	"ecounit/plan"
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
		mv.notes = append(mv.notes, mv.shown(file)+" stays as it is: neither a supervisord that runs nor your crontab reads it")
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

// losses refuses what cannot be carried over before it is accepted.
func (mv *migration) losses(flags *cli.Context) error {
	if flags.Bool("accept-losses") || flags.Bool("dry-run") {
		return nil
	}
	var lost report.Report
	for _, e := range mv.report.Entries() {
		if e.Severity == migrate.Lost {
			lost.Add(e)
		}
	}
	problem := mv.refusal(lost, flags)
	missing := false
	for _, m := range mv.apps {
		missing = missing || len(m.missing) > 0
	}
	switch {
	case problem == nil && !missing:
		return nil
	case problem == nil:
		mv.showPlan(mv.Err)
		return withHint(errors.New("nothing was changed: the old programs have variables that no file says"),
			"write those that are needed into [env] or env_files (ecounit import writes the descriptors), or go on without them: %s", mv.accepting())
	}
	mv.verdicts(lost)
	return withHint(errors.New("nothing was changed: not everything has an equivalent"), "read what is said about it, then type: %s", mv.accepting())
}
