package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"ecounit/internal/terminal"
)

// Version is set by the build (-ldflags -X).
var Version = "devel"

func (c *command) version(_ context.Context, app string, flags *cli.Context) error {
	if app != "" {
		return usage("ecounit version", "version takes no app")
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int    `json:"version"`
			Ecounit string `json:"ecounit"`
			Go      string `json:"go"`
		}{terminal.JSONVersion, Version, runtime.Version()})
	}
	fmt.Fprintln(c.Out, "ecounit", Version)
	return nil
}
