package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/units"
)

func (c *command) cat(_ context.Context, app string, flags *cli.Context) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	name, err := c.appName(h, app)
	if err != nil {
		return err
	}
	files, err := h.places.UnitFiles(name)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.json(struct {
			Version int               `json:"version"`
			App     string            `json:"app"`
			Units   map[string]string `json:"units"`
		}{jsonVersion, name, texts(files)})
	}
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(c.Out)
		}
		fmt.Fprintf(c.Out, "%s\n%s", c.OutStyle.paint(bold, "# "+h.places.UnitDir()+"/"+f.Name), f.Content)
		c.warnEdited(f)
	}
	return nil
}

func (c *command) warnEdited(f units.File) {
	if origin, ours := units.Inspect(f.Content); ours && !origin.Intact {
		c.warn("%s was edited by hand since ecounit wrote it", f.Name)
	}
}
