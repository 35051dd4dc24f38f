package procfile

import (
	"strings"

	"ecounit/lazy"
)

// Line is a process: NAME: COMMAND.
type Line struct {
	Number        int
	Name, Command string
}

var pattern = lazy.Regexp(`^([A-Za-z0-9_-]+):[ \t]*(.+)$`)

// maxProcesses bounds what a Procfile can ask for.
const maxProcesses = 64

// Parse returns the processes, and the numbers of the lines that are neither
// processes, comments nor empty.
func Parse(text string) (lines []Line, bad []int) {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		found := pattern().FindStringSubmatch(line)
		if found == nil || strings.ContainsRune(line, 0) || len(lines) == maxProcesses {
			bad = append(bad, number)
			continue
		}
		lines = append(lines, Line{number, found[1], strings.TrimSpace(found[2])})
	}
	return lines, bad
}
