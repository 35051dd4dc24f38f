package migrate

import (
	"fmt"

	"ecounit/report"
)

// What can become of a line, as the severities of a report: its places, its
// order, its text and its JSON are the same. report.Error is for files that
// the old program itself would refuse.
const (
	Kept      report.Severity = "kept"          // means the same now
	Changed   report.Severity = "changed"       // done in another way; the message says how and why
	NotNeeded report.Severity = "not needed"    // about what systemd and ecounit see to
	Lost      report.Severity = "no equivalent" // the hint says what to do
)

// rank orders the verdicts from the most to the least welcome.
var rank = map[report.Severity]int{NotNeeded: 0, Kept: 1, Changed: 2, Lost: 3, report.Error: 4}

// Verdict says what became of a line.
type Verdict struct {
	Is      report.Severity
	Message string
	Hint    string
}

// Verdicts collects what is said about lines. Several may be said about one:
// each is an entry of the report.
type Verdicts struct {
	said map[place][]Verdict
}

type place struct {
	file string
	line int
}

// Say adds a verdict on a line, once.
func (v *Verdicts) Say(file string, line int, is report.Severity, hint, format string, args ...any) {
	if v.said == nil {
		v.said = map[place][]Verdict{}
	}
	at, verdict := place{file, line}, Verdict{is, fmt.Sprintf(format, args...), hint}
	for _, said := range v.said[at] {
		if said == verdict {
			return
		}
	}
	v.said[at] = append(v.said[at], verdict)
}

// On returns what was said about a line.
func (v *Verdicts) On(file string, line int) []Verdict { return v.said[place{file, line}] }

// Report has an entry for each verdict, in the order of the files.
func (v *Verdicts) Report() report.Report {
	var r report.Report
	for at, verdicts := range v.said {
		for _, said := range verdicts {
			r.Add(report.Entry{
				Severity: said.Is, File: at.file, Range: report.Range{Line: at.line, Column: 1},
				Message: said.Message, Hint: said.Hint,
			})
		}
	}
	return r
}

// Worst is the least welcome of some verdicts, or NotNeeded.
func Worst(verdicts []Verdict) report.Severity {
	worst := NotNeeded
	for _, said := range verdicts {
		if rank[said.Is] > rank[worst] {
			worst = said.Is
		}
	}
	return worst
}
