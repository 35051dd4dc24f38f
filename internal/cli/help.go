package cli

import (
	"cmp"
	"context"

	"github.com/urfave/cli/v2"
)

const commandHelp = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   {{.UsageText}}

OPTIONS:{{range .VisibleFlags}}
   {{.}}{{end}}
`

// The library's own help takes the name of an app for a topic.
func init() { cli.HelpFlag = nil }

// helpFirst prints the help of a command where --help asks for it, and leaves
// the command itself alone.
func (c *command) helpFirst(ctx *cli.Context) error {
	if !ctx.Bool("help") {
		return nil
	}
	c.printHelp(ctx.Command)
	return statusError(exitOK)
}

// beforeAll sees to the options in front of all commands.
func (c *command) beforeAll(ctx *cli.Context) error {
	var err error
	switch {
	case ctx.Bool("help"):
		err = c.help(ctx.Context, ctx.Args().First(), ctx)
	case ctx.Bool("version"):
		err = c.version(ctx.Context, "", ctx)
	default:
		return nil
	}
	return cmp.Or(err, error(statusError(exitOK)))
}

// help is "ecounit help [COMMAND]".
func (c *command) help(_ context.Context, name string, ctx *cli.Context) error {
	if name == "" {
		return cli.ShowAppHelp(ctx)
	}
	command := find(ctx.App.Commands, name)
	if command == nil {
		return c.unknownCommand(name)
	}
	c.printHelp(command)
	return nil
}

func (c *command) printHelp(command *cli.Command) {
	cli.HelpPrinter(c.Out, commandHelp, command)
}
