package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v2"

	"ecounit/apply"
)

func (c *command) diff(ctx context.Context, app string, flags *cli.Context) error {
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	l, err := c.load(h, app)
	if err != nil {
		return err
	}
	l.claim(h)
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	change, err := c.enabling(ctx, h, h.target(l.plan.Web), l)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.json(changeDocument(change.App, apply.Diff(change)))
	}
	steps := apply.Diff(change)
	if len(steps) == 0 {
		c.line(done, change.App, "is as it should be, nothing to do")
		return nil
	}
	for _, step := range steps {
		if step.Action != apply.Write {
			fmt.Fprintln(c.Out, step)
			continue
		}
		for _, file := range step.Files {
			c.diffFile(file)
		}
	}
	return nil
}

func (c *command) diffFile(f apply.FileChange) {
	if f.Link != "" {
		fmt.Fprintf(c.Out, "link     %s -> %s\n", f.Path, f.Link)
		return
	}
	before, after := f.Path, f.Path
	if f.Before == nil {
		before = "/dev/null"
	}
	if f.After == nil {
		after = "/dev/null"
	}
	text := udiff.Unified(before, after, string(f.Before), string(f.After))
	for line := range strings.Lines(text) {
		switch line[0] {
		case '+':
			line = c.OutStyle.paint(green, strings.TrimSuffix(line, "\n")) + "\n"
		case '-':
			line = c.OutStyle.paint(red, strings.TrimSuffix(line, "\n")) + "\n"
		}
		fmt.Fprint(c.Out, line)
	}
}
