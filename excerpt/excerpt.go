package excerpt

import (
	"fmt"
	"slices"
)

// Line is a line that a process printed.
type Line struct {
	PID  int // processes of a unit may print at the same time, and mix their lines
	Text string
}

// Of shows the last lines, n at most. Before, it leaves out the frames of error
// reports that are in libraries, and what gunicorn says of itself when the
// error of its worker is there; markers, which begin with "…", stand in their
// place. The last error is among the lines even when much was printed after it.
// It is whole when nothing at all was left out.
func Of(lines []Line, n int) (shown []string, whole bool) {
	if n = max(n, 0); len(lines) == 0 {
		return nil, true
	}
	rows, cause := condense(lines)
	whole = len(rows) <= n && !slices.ContainsFunc(rows, func(r row) bool { return r.marker })
	for _, r := range cut(rows, cause, n) {
		shown = append(shown, r.text)
	}
	return shown, whole
}

// row is a line that may be shown, or a marker.
type row struct {
	text   string
	marker bool
	at     int // the place of the line, or of the first one that is left out
}

// run is what a marker stands for: lines of one process that follow each other.
type run struct {
	lines  []int
	marker string
}

// condense puts markers in the place of runs. The cause is the place of the
// last error among the rows, or below 0.
func condense(lines []Line) (rows []row, cause int) {
	var traces []trace
	for _, process := range processes(lines) {
		traces = append(traces, process.tracebacks()...)
		traces = append(traces, process.stacks()...)
	}
	slices.SortStableFunc(traces, func(a, b trace) int { return a.lines[0] - b.lines[0] })
	omitted := map[int]bool{}
	markers := map[int]string{}
	last := -1
	for _, r := range append(halts(traces), frames(traces)...) {
		if len(r.lines) < 2 || omitted[r.lines[0]] {
			continue // a marker would be no shorter, or is there already
		}
		markers[r.lines[0]] = r.marker
		for _, i := range r.lines {
			omitted[i] = true
		}
	}
	for _, t := range traces {
		if t.cause >= 0 && !omitted[t.cause] {
			last = max(last, t.cause)
		}
	}
	cause = -1
	for i, line := range lines {
		switch marker, begins := markers[i]; {
		case begins:
			rows = append(rows, row{marker, true, i})
		case !omitted[i]:
			if i == last {
				cause = len(rows)
			}
			rows = append(rows, row{line.Text, false, i})
		}
	}
	return rows, cause
}

// cut keeps the last rows; where these do not reach back to the cause, half of
// them lead up to it.
func cut(rows []row, cause, n int) []row {
	begin := max(0, len(rows)-n)
	if cause < 0 || cause >= begin || n == 0 {
		return rows[begin:]
	}
	before := n / 2
	if n < 3 {
		before = n // too few for the cause, a marker and a line after it
	}
	shown := slices.Clone(rows[max(0, cause+1-before) : cause+1])
	if room := n - len(shown) - 1; room > 0 {
		after := rows[len(rows)-room:]
		gap := after[0].at - rows[cause].at - 1
		shown = append(append(shown, row{text: fmt.Sprintf("… %d lines", gap), marker: true}), after...)
	}
	return shown
}

// process is what one process printed, and the place of each line among all.
type process struct {
	text []string
	at   []int
}

func processes(lines []Line) []*process {
	var all []*process
	byPID := map[int]*process{}
	for i, line := range lines {
		p := byPID[line.PID]
		if p == nil {
			p = &process{}
			byPID[line.PID] = p
			all = append(all, p)
		}
		p.text = append(p.text, line.Text)
		p.at = append(p.at, i)
	}
	return all
}
