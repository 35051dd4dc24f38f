package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v2"

	"ecounit/apply"
	"ecounit/internal/terminal"
)

func (c *command) diff(ctx context.Context, app string, flags *cli.Context) error {
	h, l, err := c.look(ctx, app, c.connect, c.loadToEnable, true)
	if err != nil {
		return err
	}
	defer h.close()
	change, err := c.enabling(ctx, h, h.target(l.plan.Web), l)
	if err != nil {
		return err
	}
	steps, site := apply.Diff(change), h.toPublish(l.plan)
	if flags.Bool("json") {
		return c.JSON(changeDocument(change.App, steps, site))
	}
	for _, step := range steps {
		if step.Action != apply.Write {
			fmt.Fprintln(c.Out, step)
			continue
		}
		for _, file := range step.Files {
			c.diffFile(file, h.forPeople(file.Path))
		}
	}
	c.lastStep(change.App, len(steps), site)
	return nil
}

// forPeople reports whether a file is worth reading. The plan and the request
// say again what is in the units and in the include.
func (h *home) forPeople(path string) bool {
	return filepath.Dir(path) == h.places.UnitDir() || filepath.Ext(path) == ".conf"
}

func (c *command) diffFile(f apply.FileChange, inFull bool) {
	if !inFull {
		c.Data([]byte(oneLine(f) + "\n"))
		return
	}
	before, after := f.Path, f.Path
	if f.Before == nil {
		before = "/dev/null"
	}
	if f.After == nil {
		after = "/dev/null"
	}
	for line := range strings.Lines(udiff.Unified(before, after, string(f.Before), string(f.After))) {
		c.diffLine(line)
	}
}

func (c *command) diffLine(line string) {
	paint := terminal.Color("")
	switch line[0] {
	case '+':
		paint = terminal.Green
	case '-':
		paint = terminal.Red
	}
	if c.OutStyle.Terminal {
		line = terminal.Harmless(line, "\n\t")
	}
	fmt.Fprintln(c.Out, c.OutStyle.Paint(paint, strings.TrimSuffix(line, "\n")))
}
