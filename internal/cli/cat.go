package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
	"ecounit/units"
)

func (c *command) cat(_ context.Context, app string, flags *cli.Context) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	a, err := c.withUnits(h, app)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int               `json:"version"`
			App     string            `json:"app"`
			Units   map[string]string `json:"units"`
		}{terminal.JSONVersion, a.Name, texts(a.Files)})
	}
	c.printUnits(h.places.UnitDir()+"/", a.Files)
	for _, f := range a.Files {
		if origin, ours := units.Inspect(f.Content); ours && !origin.Intact {
			c.Warn("%s was edited by hand since ecounit wrote it", f.Name)
		}
	}
	return nil
}
