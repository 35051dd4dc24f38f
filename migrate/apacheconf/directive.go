package apacheconf

import (
	"cmp"
	"strings"

	"ecounit/lazy"
)

// directive is a line of a configuration, or several with backslashes at their
// ends.
type directive struct {
	first, last int // numbers of its lines
	name        string
	args        []string
	location    string // the argument of the <Location> around it
	isMatch     bool   // it is from a <LocationMatch>
	balancer    string // the address of the <Proxy balancer://…> around it
}

// directives splits a file. Comments and empty lines are not among them.
func directives(text string) (all []directive) {
	var open []section
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
			open = open[:max(0, len(open)-1)]
		case d.name[0] == '<':
			around := sectionOf(d)
			open = append(open, around)
			d.location = around.location
		default:
			for _, around := range open {
				d.balancer = cmp.Or(around.balancer, d.balancer)
				if around.location != "" {
					d.location, d.isMatch = around.location, around.isMatch
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

// section is one that is open; empty for those that are not about a path or a
// balancer.
type section struct {
	location, balancer string
	isMatch            bool
}

// allBelow is a pattern of <LocationMatch> for a path and all below it.
var allBelow = lazy.Regexp(`^\^(/[A-Za-z0-9_-]+)(/|/?\.\*|\(/\.\*\)\??|/\(\.\*\)|\(/\|\$\))?\$?$`)

func sectionOf(d directive) section {
	if len(d.args) == 2 && d.args[0] == "~" { // <Location ~ PATTERN>
		d.name, d.args = d.name+"match", d.args[1:]
	}
	if len(d.args) != 1 {
		return section{}
	}
	switch found := allBelow().FindStringSubmatch(d.args[0]); {
	case d.name == "<location":
		return section{location: d.args[0]}
	case d.name == "<locationmatch" && found != nil:
		return section{location: found[1], isMatch: true}
	case d.name == "<proxy" && strings.HasPrefix(d.args[0], "balancer://"):
		return section{balancer: d.args[0]}
	}
	return section{}
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
