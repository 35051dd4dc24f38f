package cli

import (
	"cmp"
	"strings"

	"github.com/urfave/cli/v2"
)

const commandHelp = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   {{.UsageText}}

OPTIONS:{{range .VisibleFlags}}
   {{.}}{{end}}
`

const groupHelp = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   {{.UsageText}}
{{if .VisibleCommands}}
COMMANDS:{{range .VisibleCommands}}
   {{printf "%-12s" .Name}}{{.Usage}}{{end}}
{{end}}
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
		err = c.help(ctx)
	case ctx.Bool("version"):
		err = c.version(ctx.Context, "", ctx)
	default:
		return nil
	}
	return cmp.Or(err, error(statusError(exitOK)))
}

// help is "ecounit help [COMMAND]", where a command may be two words.
func (c *command) help(ctx *cli.Context) error {
	words := arguments(ctx)
	if len(words) == 0 {
		return cli.ShowAppHelp(ctx)
	}
	var command *cli.Command
	among, group := ctx.App.Commands, ""
	for _, word := range words {
		next := find(among, word)
		if next == nil && group != "" && len(among) == 0 {
			return usage("ecounit help COMMAND", "help is about one command, got %q behind %s", word, strings.TrimSpace(group))
		}
		if next == nil {
			return unknownCommand(group, word, among)
		}
		command, among, group = next, next.Subcommands, group+word+" "
	}
	c.printHelp(command)
	return nil
}

func (c *command) printHelp(command *cli.Command) {
	text := commandHelp
	if len(command.Subcommands) > 0 {
		text = groupHelp
	}
	cli.HelpPrinter(c.Out, text, command)
}
