package excerpt

import "fmt"

// trace is one report of an error: a traceback of Python's, or a stack of
// node's. Numbers are places among all lines.
type trace struct {
	lines  []int
	frames []frame
	cause  int // the line that says what went wrong, or below 0
	text   string
}

// frame is a function that was running, and what is shown of its source.
type frame struct {
	lines   []int
	indent  string
	library bool
}

// frames are the runs of frames in libraries.
func frames(traces []trace) []run {
	var runs []run
	for _, t := range traces {
		for i := 0; i < len(t.frames); i++ {
			var r run
			first := i
			for ; i < len(t.frames) && t.frames[i].library; i++ {
				r.lines = append(r.lines, t.frames[i].lines...)
			}
			switch count := i - first; count {
			case 0:
				continue
			case 1:
				r.marker = "… 1 frame in a library"
			default:
				r.marker = fmt.Sprintf("… %d frames in libraries", count)
			}
			r.marker = t.frames[first].indent + r.marker
			runs = append(runs, r)
		}
	}
	return runs
}
