package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
)

// command is one run of ecounit.
type command struct {
	Streams
	uid     int
	getenv  func(string) string
	workdir string
}

// Main runs the command that was typed and returns the exit code.
func Main(ctx context.Context, words []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := run(ctx, words, streams)
	var code statusError
	if err != nil && !errors.As(err, &code) {
		streams.fail(err)
	}
	return exitCode(ctx, err)
}

func run(ctx context.Context, words []string, streams Streams) error {
	workdir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("cannot tell which folder this is: %w", err)
	}
	c := &command{Streams: streams, uid: os.Geteuid(), getenv: os.Getenv, workdir: workdir}
	app := c.app()
	return app.RunContext(ctx, flagsFirst(app.Commands, words))
}

func (c *command) app() *cli.App {
	app := &cli.App{
		Name:            "ecounit",
		Usage:           "run your web apps as systemd services of your own",
		UsageText:       "ecounit COMMAND [APP] [OPTIONS]",
		Description:     "An APP is a name, or the path of a folder or of an ecounit.toml.\nWithout one it is the app of the folder you stand in.",
		HideVersion:     true,
		HideHelpCommand: true,
		Writer:          c.Out,
		ErrWriter:       c.Err,
		Commands:        c.commands(),
		// The library would exit by itself, with codes of its own.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageMistake,
		Action: func(ctx *cli.Context) error {
			if ctx.Args().Present() {
				return c.unknownCommand(ctx.Args().First())
			}
			return cli.ShowAppHelp(ctx)
		},
	}
	for _, command := range app.Commands {
		command.OnUsageError = usageMistake
		command.HideHelpCommand = true
	}
	return app
}

// usageMistake replaces the library's own answer, which is printed to stdout
// with the whole help text behind it.
func usageMistake(ctx *cli.Context, err error, _ bool) error {
	help := "ecounit --help"
	if ctx.Command != nil && ctx.Command.Name != "" && ctx.Command.Name != ctx.App.Name {
		help = "ecounit " + ctx.Command.Name + " --help"
	}
	message := strings.Replace(err.Error(), "flag provided but not defined: -", "there is no option --", 1)
	return usage(help, "%s", message)
}

func (c *command) unknownCommand(name string) error {
	var names []string
	for _, known := range c.commands() {
		names = append(names, known.Name)
	}
	hint := "ecounit --help lists the commands"
	if near := descriptor.Nearest(name, names); near != "" {
		hint = "did you mean ecounit " + near + "?"
	}
	return usage(hint, "there is no command %q", name)
}

// argument returns the one app that was named, or "".
func argument(ctx *cli.Context) (string, error) {
	args := ctx.Args().Slice()
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 1 {
		return "", usage("ecounit "+ctx.Command.Name+" --help", "%s takes one app, got %d words", ctx.Command.Name, len(args))
	}
	return strings.Join(args, ""), nil
}

// verb is the body of a command that concerns one app.
type verb func(ctx context.Context, app string, flags *cli.Context) error

func action(v verb) cli.ActionFunc {
	return func(ctx *cli.Context) error {
		app, err := argument(ctx)
		if err != nil {
			return err
		}
		return v(ctx.Context, app, ctx)
	}
}

// notRoot refuses root: its services would be root's.
func (c *command) notRoot() error {
	if c.uid != 0 {
		return nil
	}
	name := c.getenv("SUDO_USER")
	if name == "" || name == "root" {
		name = "NAME"
	}
	return withHint(errors.New("ecounit manages the apps of ordinary users, and you are root"),
		"sudo -u %s ecounit …", name)
}

func closeQuietly(c io.Closer) { _ = c.Close() }
