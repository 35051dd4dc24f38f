package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecounit/internal/terminal"
	"ecounit/units"
)

func (c *command) printStatus(s *appStatus) {
	title := c.OutStyle.Paint(terminal.Bold, terminal.Printable(s.Name))
	if s.Description != "" && s.Description != s.Name {
		title += " - " + terminal.Printable(s.Description)
	}
	fmt.Fprintf(c.Out, "%s %s\n", c.OutStyle.Dot(s.State), title)
	c.row("state", s.State+since(s.Since)+"; "+atBoot(s))
	if s.Site != nil {
		c.printSite(s.Site)
	}
	if s.Database != nil {
		c.printDatabase(s.Database)
	}
	for _, p := range s.Processes {
		c.row(p.Process, processLine(p))
	}
	if s.Watch != nil {
		c.printWatch(s.Watch)
	}
	for _, f := range s.Failing {
		c.printFailing(f)
	}
	for _, j := range s.Jobs {
		c.row(j.Job, j.line())
	}
	if s.Descriptor != "" {
		c.row("descriptor", s.Descriptor)
	}
	name := "last lines"
	for _, line := range s.LastLines {
		c.row(name, line)
		name = ""
	}
	for _, w := range s.Warnings {
		c.Warn("%s", w)
	}
}

// row prints one line of status; problem stands out at its end.
func (c *command) row(name, text string, problem ...string) {
	line := terminal.Printable(text)
	for _, p := range problem {
		line += ", " + c.OutStyle.Paint(terminal.Red, terminal.Printable(p))
	}
	fmt.Fprintf(c.Out, "%12s  %s\n", terminal.Printable(name), line)
}

func since(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " for " + terminal.Span(time.Since(*t))
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

func (c *command) printSite(s *siteStatus) {
	if s.hosted {
		text, problem := s.words()
		c.row("site", s.where(s.Path)+", "+text, problem...)
	} else {
		c.row("site", s.Path+", "+s.wordsByHand())
	}
	text := s.Address
	if s.Socket != "" && s.Socket != "active" {
		text += ", its socket is " + s.Socket
	}
	if s.Answer != 0 {
		text += fmt.Sprintf(", answers %d in %d ms", s.Answer, int(s.AnswerTime*1000))
	}
	if s.Problem != "" {
		c.row("address", text, s.Problem)
	} else {
		c.row("address", text)
	}
}

func processLine(p processStatus) string {
	parts := []string{p.State + since(p.Since)}
	if p.Done {
		parts[0] = "done"
	}
	if p.PID != 0 {
		parts = append(parts, fmt.Sprintf("pid %d", p.PID))
	}
	switch {
	case p.Restarts == 1:
		parts = append(parts, "restarted once")
	case p.Restarts > 1:
		parts = append(parts, fmt.Sprintf("restarted %d times", p.Restarts))
	}
	switch {
	case p.Tasks != nil && *p.Tasks == 1:
		parts = append(parts, "1 task")
	case p.Tasks != nil:
		parts = append(parts, fmt.Sprintf("%d tasks", *p.Tasks))
	}
	if p.Memory != nil {
		parts = append(parts, terminal.Size(*p.Memory))
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
