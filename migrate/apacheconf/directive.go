package apacheconf

import "strings"

// directive is a line of a configuration, or several with backslashes at their
// ends.
type directive struct {
	first, last int // numbers of its lines
	name        string
	args        []string
	location    string // the argument of the <Location> around it
}

// directives splits a file. Comments and empty lines are not among them.
func directives(text string) (all []directive) {
	var locations []string // that are open; "" for other sections
	number, start, joined := 0, 0, ""
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if joined == "" {
			start = number
		}
		if before, isContinued := strings.CutSuffix(line, `\`); isContinued {
			joined += before + " "
			continue
		}
		line, joined = strings.TrimSpace(joined+line), ""
		if line == "" || line[0] == '#' {
			continue
		}
		words := split(strings.TrimSuffix(line, ">"))
		if len(words) == 0 || words[0] == "" {
			words = []string{line} // nothing that Apache knows
		}
		d := directive{first: start, last: number, name: strings.ToLower(words[0]), args: words[1:]}
		switch {
		case strings.HasPrefix(d.name, "</"):
			if len(locations) > 0 {
				locations = locations[:len(locations)-1]
			}
		case d.name == "<location" && len(d.args) == 1:
			locations = append(locations, d.args[0])
			d.location = d.args[0]
		case d.name[0] == '<':
			locations = append(locations, "")
		default:
			for _, location := range locations {
				if location != "" {
					d.location = location
				}
			}
			d.args = split(line)
			d.args = d.args[min(1, len(d.args)):]
		}
		all = append(all, d)
	}
	if joined != "" {
		all = append(all, directive{first: start, last: number, name: "\\"})
	}
	return all
}

// split splits words at blanks; they may be in quotes, in which a backslash
// stands in front of quotes.
func split(line string) (words []string) {
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		quote := line[0]
		if quote != '"' && quote != '\'' {
			end := strings.IndexAny(line+" ", " \t")
			words, line = append(words, line[:end]), line[end:]
			continue
		}
		var b strings.Builder
		i := 1
		for ; i < len(line) && line[i] != quote; i++ {
			if line[i] == '\\' && i+1 < len(line) && line[i+1] == quote {
				i++
			}
			b.WriteByte(line[i])
		}
		words, line = append(words, b.String()), line[min(len(line), i+1):]
	}
	return words
}
