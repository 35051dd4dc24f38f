package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/journal"
)

func (c *command) logs(ctx context.Context, app string, flags *cli.Context) error {
	if flags.Int("lines") < 0 {
		return usage("ecounit logs --help", "--lines is not negative")
	}
	h, err := c.user()
	if err != nil {
		return err
	}
	a, err := c.withUnits(h, app)
	if err != nil {
		return err
	}
	chosen, err := processUnits(a, flags.String("process"))
	if err != nil {
		return err
	}
	query := journal.Query{Units: chosen, Lines: flags.Int("lines"), Since: flags.String("since"), Follow: flags.Bool("follow")}
	if query.Since != "" && !flags.IsSet("lines") {
		query.Lines = -1 // all since then
	}
	several := a.Several()
	show := func(e journal.Entry) error {
		if flags.Bool("json") {
			return c.JSONLine(logLine{e.Time, installed.ProcessName(a.Name, e.Unit), e.Unit, e.PID, e.Manager, e.Message})
		}
		c.printEntry(a.Name, e, several)
		return nil
	}
	err = journal.Read(ctx, query, show)
	if ctx.Err() != nil && query.Follow {
		return statusError(exitInterrupted)
	}
	if err != nil {
		return err
	}
	// What was stored before may be there and all that came since may not.
	if why := journal.Explain(); why != nil {
		c.Warn("%v", why)
		c.Hint(hint.Of(why))
	}
	return nil
}

type logLine struct {
	Time    time.Time `json:"time"`
	Process string    `json:"process"`
	Unit    string    `json:"unit"`
	PID     int       `json:"pid"`
	Systemd bool      `json:"systemd"` // systemd says it about the unit
	Message string    `json:"message"`
}

func (c *command) printEntry(app string, e journal.Entry, several bool) {
	prefix := c.OutStyle.Paint(terminal.Dim, e.Time.Local().Format("2006-01-02 15:04:05"))
	if several {
		prefix += " " + c.OutStyle.Paint(terminal.Bold, terminal.Printable(installed.ProcessName(app, e.Unit)))
	}
	for line := range strings.Lines(e.Text() + "\n") {
		line = strings.TrimSuffix(line, "\n")
		if e.Manager {
			line = c.OutStyle.Paint(terminal.Dim, line)
		}
		fmt.Fprintf(c.Out, "%s  %s\n", prefix, line)
	}
}
