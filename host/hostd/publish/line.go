package publish

import (
	"cmp"
	"strings"

	"ecounit/host/hostd/oneline"
)

// maxLine is the most that is quoted of another program's words, in characters.
const maxLine = 300

// firstUseful is the line of the web server's output that says what is wrong.
func firstUseful(output string) string {
	var first string
	for line := range strings.Lines(output) {
		line = oneLine(line)
		switch {
		case line == "" || chatter(line):
		case first != "": // "Syntax error on line 3 of …:", and then which
			return oneLine(first + " " + line)
		case strings.HasSuffix(line, ":"):
			first = line
		default:
			return line
		}
	}
	return cmp.Or(first, "it does not say which")
}

// chatter is what the web server says before it comes to the point.
func chatter(line string) bool {
	return strings.Contains(line, "Could not reliably determine the server's fully qualified domain name") ||
		strings.Contains(line, ":warn]") || strings.Contains(line, "[warn]")
}

// oneLine is for a log and a terminal.
func oneLine(text string) string { return oneline.Of(text, maxLine) }
