package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
	"ecounit/report"
)

// errMistakes is returned after the mistakes themselves were printed.
const errMistakes = statusError(exitFailed)

func (c *command) check(ctx context.Context, app string, flags *cli.Context) error {
	asJSON := flags.Bool("json")
	h, l, err := c.look(ctx, app, c.connectIfPossible, func(ctx context.Context, h *home, app string) (*loaded, error) {
		l, err := c.loadToEnable(ctx, h, app)
		if err == nil && !l.report.HasErrors() {
			l.askServer(ctx)
		}
		return l, err
	}, !asJSON)
	if err != nil {
		return err
	}
	defer h.close()
	if !asJSON {
		c.Line(terminal.Done, "descriptor", l.shown)
		return nil
	}
	entries := l.report.Entries()
	for i := range entries {
		entries[i].File = l.path
	}
	err = c.JSON(struct {
		Version int            `json:"version"`
		File    string         `json:"file"`
		OK      bool           `json:"ok"`
		Entries []report.Entry `json:"entries"`
	}{terminal.JSONVersion, l.path, !l.report.HasErrors(), entries})
	if err == nil && l.report.HasErrors() {
		return errMistakes
	}
	return err
}

// look is the beginning of verbs that only look at an app. With complain, it
// ends where the plan could not be carried out.
func (c *command) look(
	ctx context.Context, app string, connect func(context.Context) (*home, error), load func(context.Context, *home, string) (*loaded, error), complain bool,
) (*home, *loaded, error) {
	h, err := connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	l, err := load(ctx, h, app)
	if err == nil && complain {
		err = c.usable(ctx, l)
	} else if err == nil {
		err = c.verify(ctx, l)
	}
	if err != nil {
		h.close()
		return nil, nil, err
	}
	return h, l, nil
}

// complain prints what is wrong with a descriptor.
func (c *command) complain(l *loaded) {
	for i, e := range l.report.Entries() {
		if i > 0 {
			fmt.Fprintln(c.Err)
		}
		fmt.Fprint(c.Err, e.Text(l.source))
	}
	if n := l.report.Count(report.Error); n > 1 {
		fmt.Fprintf(c.Err, "\n%d errors\n", n)
	}
}

// usable prints the report and says whether the plan may be carried out.
func (c *command) usable(ctx context.Context, l *loaded) error {
	if err := c.verify(ctx, l); err != nil {
		return err
	}
	c.complain(l)
	if l.report.HasErrors() {
		return errMistakes
	}
	return nil
}

// connectIfPossible is for verbs that only look: they also work for root, as in
// the container of a test, and where no systemd runs, as on a laptop.
func (c *command) connectIfPossible(ctx context.Context) (*home, error) {
	h, err := c.connect(ctx)
	if err == nil {
		return h, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return c.here()
}
