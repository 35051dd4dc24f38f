package excerpt

import (
	"fmt"
	"slices"
	"strings"
)

// halts are the tracebacks with which gunicorn ends: it prints them when
// several workers do not start, and they say no more than that. They stay where
// no worker said why.
func halts(traces []trace) []run {
	var runs []run
	caused := false
	for _, t := range traces {
		if t.cause < 0 || !strings.HasPrefix(t.text, "gunicorn.errors.HaltServer: ") {
			caused = caused || t.cause >= 0
			continue
		}
		if !caused {
			continue
		}
		if n := len(runs) - 1; n >= 0 && runs[n].lines[len(runs[n].lines)-1]+1 == t.lines[0] {
			runs[n].lines = slices.Concat(runs[n].lines, t.lines)
		} else {
			runs = append(runs, run{lines: t.lines})
		}
	}
	for i := range runs {
		runs[i].marker = fmt.Sprintf("… %d lines in which gunicorn says that its workers did not start", len(runs[i].lines))
	}
	return runs
}
