package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// command is one run of ecounit.
type command struct {
	terminal.Streams
	at      place
	uid     int
	getenv  func(string) string
	workdir string
	words   []string // what was typed behind "ecounit"
}

// Main runs the command that was typed and returns the exit code.
func Main(ctx context.Context, words []string, streams terminal.Streams) int {
	return mainAt(ctx, thisPlace, words, streams)
}

func mainAt(ctx context.Context, at place, words []string, streams terminal.Streams) int {
	endings := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as behind nohup
		endings = append(endings, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, endings...)
	defer stop()
	// After a first Ctrl-C there may be much to undo; a second one ends that,
	// and the next enable repairs what it finds.
	context.AfterFunc(ctx, stop)
	out := &output{to: streams.Out}
	streams.Out = out
	err := run(ctx, at, words, streams)
	if out.failed != nil {
		err = fmt.Errorf("cannot write to the standard output: %w", hint.Reason(out.failed))
	}
	var code statusError
	if err != nil && !errors.As(err, &code) {
		streams.Fail(plainly(err))
	}
	return exitCode(ctx, err)
}

func run(ctx context.Context, at place, words []string, streams terminal.Streams) error {
	workdir, err := os.Getwd()
	if err != nil {
		workdir = "." // a folder that is gone: no app is in it, and most verbs need none
	}
	c := &command{Streams: streams, at: at, uid: os.Geteuid(), getenv: os.Getenv, workdir: workdir}
	if len(words) > 0 {
		c.words = words[1:]
	}
	app := c.app()
	return app.RunContext(ctx, flagsFirst(app.Commands, words))
}

func (c *command) app() *cli.App {
	helpFlag := &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help", DisableDefaultText: true}
	app := &cli.App{
		Name:      "ecounit",
		Usage:     "run your web apps as systemd services of your own",
		UsageText: "ecounit COMMAND [APP] [OPTIONS]",
		Description: "An APP is a name, or the path of a folder or of an ecounit.toml.\n" +
			"Without one it is the app of the folder you stand in.\n" +
			"ecounit help COMMAND says more about one command, man ecounit about all.",
		Flags: []cli.Flag{
			helpFlag,
			&cli.BoolFlag{Name: "version", Usage: "print the version", DisableDefaultText: true},
		},
		HideHelp:    true,
		HideVersion: true,
		Writer:      c.Out,
		ErrWriter:   c.Err,
		Commands:    c.commands(),
		// The library would exit by itself, with codes of its own.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   c.wrongOption,
		Before:         c.beforeAll,
		Action: func(ctx *cli.Context) error {
			if ctx.Args().Present() {
				return unknownCommand("", ctx.Args().First(), ctx.App.Commands)
			}
			return cli.ShowAppHelp(ctx)
		},
	}
	c.complete(app.Name, app.Commands, helpFlag)
	return app
}

// complete gives commands, and those within them, what all of them have.
func (c *command) complete(name string, commands []*cli.Command, helpFlag cli.Flag) {
	for _, command := range commands {
		full := name + " " + command.Name
		for _, inner := range command.Subcommands { // the library does the outer ones
			inner.HelpName = full + " " + inner.Name
		}
		command.Flags = append(command.Flags, helpFlag)
		command.OnUsageError = c.wrongOption
		command.HideHelp = true
		command.Before = c.helpFirst
		if command.UsageText == "" {
			words := []string{full, command.ArgsUsage, "[OPTIONS]"}
			command.UsageText = strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
		}
		c.complete(full, command.Subcommands, helpFlag)
	}
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
	return hint.With(errors.New("ecounit manages the apps of ordinary users, and you are root"),
		"sudo -u %s ecounit %s", name, terminal.ShellWords(c.words...))
}
