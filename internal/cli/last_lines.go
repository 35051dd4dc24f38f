package cli

import (
	"fmt"
	"slices"
	"strings"

	"ecounit/excerpt"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/journal"
)

// linesRead is how many lines of what failed are looked through for its cause:
// the error reports of a few gunicorn workers.
const linesRead = 200

// lastLines is what to show of the lines of a unit. Where it is not all, the
// first line says so, and which command prints the rest.
func lastLines(entries []journal.Entry, n int, all string) []string {
	var lines []excerpt.Line
	for _, e := range entries {
		for text := range strings.SplitSeq(e.Text(), "\n") {
			lines = append(lines, excerpt.Line{PID: e.PID, Text: text})
		}
	}
	shown, whole := excerpt.Of(lines, n)
	if whole {
		return shown
	}
	return slices.Insert(shown, 0, "… shortened; "+all+" shows every line")
}

// linesThen is how many lines ecounit logs is asked for: the version that runs
// again prints some, too.
const linesThen = 2 * linesRead

// allLines is the command that prints every line of a unit. ecounit logs knows
// the units of apps that are enabled.
func allLines(app *installed.App, unit string) string {
	switch {
	case !app.Logs(unit):
		return "journalctl --user-unit " + terminal.ShellWords(unit)
	case !app.Several():
		return fmt.Sprintf("ecounit logs %s -n %d", app.Name, linesThen)
	}
	return fmt.Sprintf("ecounit logs %s -p %s -n %d", app.Name, installed.ProcessName(app.Name, unit), linesThen)
}
