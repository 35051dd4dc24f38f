package excerpt

import (
	"strings"

	"ecounit/lazy"
)

var (
	// pythonFrame is the first line of a frame; | and + are the margins of
	// exception groups.
	pythonFrame = lazy.Regexp(`^([ |+]*)File "([^"]+)", line \d+(, in .+)?$`)
	// pythonLibrary is a file that came with Python or by pip: of the
	// distribution, of conda and pyenv, or in a virtual environment.
	pythonLibrary = lazy.Regexp(`^<frozen |/(site|dist)-packages/|/lib(64)?/python\d[0-9.]*/`)
)

const tracebackHead = "Traceback (most recent call last):"

// chained are the lines between the traceback of an exception and that of the
// next one.
var chained = map[string]bool{
	"During handling of the above exception, another exception occurred:":  true,
	"The above exception was the direct cause of the following exception:": true,
}

// tracebacks finds Python's reports of errors.
func (p *process) tracebacks() []trace {
	var all []trace
	for i := 0; i < len(p.text); i++ {
		if !pythonFrame().MatchString(p.text[i]) {
			continue
		}
		head := i
		if head > 0 && strings.HasSuffix(p.text[head-1], tracebackHead) {
			if head--; head > 0 && chained[p.text[head-1]] {
				head--
			}
		}
		t := trace{cause: -1}
		t.frames, i = p.pythonFrames(i)
		end := i
		if i < len(p.text) {
			t.cause, t.text = p.at[i], p.text[i]
			end++
		}
		t.lines = p.at[head:end]
		all = append(all, t)
	}
	return all
}

// pythonFrames reads frames up to the line that names the exception.
func (p *process) pythonFrames(i int) (frames []frame, end int) {
	for i < len(p.text) {
		found := pythonFrame().FindStringSubmatch(p.text[i])
		if found == nil {
			break
		}
		indent, file, in := found[1], found[2], found[3]
		begin := i
		for i++; i < len(p.text) && belongs(p.text[i], indent); {
			i++
		}
		// Without a function it is where a SyntaxError is.
		library := in != "" && pythonLibrary().MatchString(file)
		frames = append(frames, frame{p.at[begin:i], indent, library})
	}
	return frames, i
}

// belongs reports whether a line belongs to the frame above: its source, marks
// below that, or how often the frame repeats.
func belongs(text, indent string) bool {
	rest, ok := strings.CutPrefix(text, indent)
	return ok && (strings.HasPrefix(rest, "  ") || strings.HasPrefix(rest, "[Previous line repeated "))
}
