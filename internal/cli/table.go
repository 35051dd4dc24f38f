package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// table prints rows below a heading. Each row begins with the dot of a state.
func (c *command) table(heading []string, rows [][]string, states []string) {
	widths := make([]int, len(heading))
	for _, row := range append([][]string{heading}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(printable(cell)))
		}
	}
	line := func(row []string) string {
		text := ""
		for i, cell := range row {
			text += fmt.Sprintf("%-*s  ", widths[i], printable(cell))
		}
		return strings.TrimRight(text, " ")
	}
	fmt.Fprintln(c.Out, "  "+line(heading))
	for i, row := range rows {
		fmt.Fprintln(c.Out, c.OutStyle.dot(states[i])+" "+line(row))
	}
}
