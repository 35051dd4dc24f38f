package excerpt

import "ecounit/lazy"

var (
	nodeFrame = lazy.Regexp(`^(\s+)at .`)
	// nodeLibrary is a frame of node itself (before node 16: internal/) or of a
	// package.
	nodeLibrary = lazy.Regexp(`^\s+at (.*[ (])?(node:|internal/|<anonymous>|(file:/)?/.*/node_modules/)`)
	nodeError   = lazy.Regexp(`^\s*(Uncaught |\[cause\]: )?([A-Za-z_$][\w$.]*)?(Error|Exception)\b`)
)

// nodeMessage is how many lines the message of an error may have, the list of
// who required a missing module among them.
const nodeMessage = 10

// stacks finds node's reports of errors, where the message comes first.
func (p *process) stacks() []trace {
	var all []trace
	for i := 0; i < len(p.text); i++ {
		t := trace{cause: -1}
		begin := i
		for ; i < len(p.text); i++ {
			found := nodeFrame().FindStringSubmatch(p.text[i])
			if found == nil {
				break
			}
			t.frames = append(t.frames, frame{p.at[i : i+1], found[1], nodeLibrary().MatchString(p.text[i])})
		}
		if i == begin {
			continue
		}
		head := begin
		for j := begin - 1; j >= max(0, begin-nodeMessage); j-- {
			if nodeError().MatchString(p.text[j]) {
				head, t.cause, t.text = j, p.at[j], p.text[j]
				break
			}
		}
		t.lines = p.at[head:i]
		all = append(all, t)
	}
	return all
}
