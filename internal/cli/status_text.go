package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecounit/units"
)

// dot is the sign in front of an app, as in systemctl.
func (s Style) dot(state string) string {
	symbol, paint := "○", color("")
	switch state {
	case "active":
		symbol, paint = "●", green
	case "failed", "degraded":
		symbol, paint = "●", red
	case "activating", "deactivating", "reloading":
		symbol, paint = "↻", yellow
	}
	if !s.Symbols {
		symbol = "*"
	}
	if paint == "" {
		return symbol
	}
	return s.paint(paint, symbol)
}

func (c *command) printStatus(h *host, s *appStatus) {
	row := func(name, text string) { fmt.Fprintf(c.Out, "%12s  %s\n", name, text) }
	title := c.OutStyle.paint(bold, s.Name)
	if s.Description != "" && s.Description != s.Name {
		title += " - " + s.Description
	}
	fmt.Fprintf(c.Out, "%s %s\n", c.OutStyle.dot(s.State), title)
	row("state", s.State+since(s.Since)+"; "+atBoot(s))
	if s.Site != nil {
		c.printSite(row, s.Site)
	}
	for _, p := range s.Processes {
		row(p.Process, processLine(p))
	}
	row("descriptor", s.Descriptor)
	if len(s.LastLines) > 0 {
		row("last lines", s.LastLines[0])
		for _, line := range s.LastLines[1:] {
			row("", line)
		}
	}
	for _, w := range s.Warnings {
		c.warn("%s", w)
	}
}

func since(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " for " + span(time.Since(*t))
}

func atBoot(s *appStatus) string {
	switch {
	case s.Enabled && s.Linger:
		return "starts at boot"
	case s.Enabled:
		return "starts when you log in"
	}
	return "does not start at boot"
}

func (c *command) printSite(row func(name, text string), s *siteStatus) {
	switch s.Publication {
	case published:
		row("site", s.Path+", published")
	case outdated:
		row("site", s.Path+", published with older settings; the include is now "+s.Include)
	default:
		row("site", s.Path+", not published; the include is "+s.Include)
	}
	text := s.Address
	if s.Answer != 0 {
		text += fmt.Sprintf(", answers %d in %d ms", s.Answer, int(s.AnswerTime*1000))
	}
	if s.Problem != "" {
		text += ", " + c.OutStyle.paint(red, s.Problem)
	}
	row("address", text)
}

func processLine(p processStatus) string {
	parts := []string{p.State + since(p.Since)}
	if p.PID != 0 {
		parts = append(parts, fmt.Sprintf("pid %d", p.PID))
	}
	if p.Restarts > 0 {
		parts = append(parts, fmt.Sprintf("restarted %d times", p.Restarts))
	}
	if p.Tasks != nil {
		parts = append(parts, fmt.Sprintf("%d tasks", *p.Tasks))
	}
	if p.Memory != nil {
		parts = append(parts, size(*p.Memory))
	}
	if p.CPU != nil {
		parts = append(parts, fmt.Sprintf("%.1f s CPU", *p.CPU))
	}
	if p.Failure != "" {
		parts = append(parts, p.Failure)
	}
	return p.Unit + ": " + strings.Join(parts, ", ")
}

// sameUnits compares the files that the descriptor gives now with those on disk.
func sameUnits(a, b []units.File) bool {
	return slices.EqualFunc(a, b, func(x, y units.File) bool {
		return x.Name == y.Name && bytes.Equal(x.Content, y.Content)
	})
}
