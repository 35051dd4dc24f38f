package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Table prints rows below a heading. Each row begins with the dot of a state.
func (s Streams) Table(heading []string, rows [][]string, states []string) {
	widths := make([]int, len(heading))
	for _, row := range append([][]string{heading}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(Printable(cell)))
		}
	}
	line := func(row []string) string {
		text := ""
		for i, cell := range row {
			text += fmt.Sprintf("%-*s  ", widths[i], Printable(cell))
		}
		return strings.TrimRight(text, " ")
	}
	fmt.Fprintln(s.Out, "  "+line(heading))
	for i, row := range rows {
		fmt.Fprintln(s.Out, s.OutStyle.Dot(states[i])+" "+line(row))
	}
}
