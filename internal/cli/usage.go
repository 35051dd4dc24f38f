package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/lazy"
)

// argument returns the one word that was given besides the options, or "".
func argument(ctx *cli.Context) (string, error) {
	words := arguments(ctx)
	what := strings.ToLower(strings.Trim(ctx.Command.ArgsUsage, "[]"))
	switch {
	case what == "" && len(words) > 0:
		return "", usage(ctx.Command.UsageText, "%s takes no argument, got %q", ctx.Command.Name, words[0])
	case slices.Contains(words, ""):
		return "", emptyWord(ctx)
	case len(words) > 1:
		return "", usage(ctx.Command.UsageText, "%s takes one %s, got %d words", ctx.Command.Name, what, len(words))
	}
	return strings.Join(words, ""), nil
}

// emptyWord is for a variable of the shell that is not set: that is not to mean
// the app of this folder.
func emptyWord(ctx *cli.Context) error {
	return usage(ctx.Command.UsageText, "%s got an empty word, and not a name", ctx.Command.Name)
}

// arguments are the words that were given besides the options.
func arguments(ctx *cli.Context) []string {
	words := ctx.Args().Slice()
	for i, word := range words {
		if word == "--" { // what follows may begin with a dash
			return append(words[:i:i], words[i+1:]...)
		}
	}
	return words
}

// operands is for commands that take so many words, and not just an app.
func operands(least, most int, do func(ctx context.Context, words []string, flags *cli.Context) error) cli.ActionFunc {
	return func(ctx *cli.Context) error {
		words := arguments(ctx)
		switch {
		case len(words) > most && most == 0:
			return usage(ctx.Command.UsageText, "%s takes no argument, got %q", ctx.Command.Name, words[0])
		case len(words) < least || len(words) > most:
			return usage(ctx.Command.UsageText, "%s takes %s, got %d words", ctx.Command.Name, ctx.Command.ArgsUsage, len(words))
		}
		if slices.Contains(words, "") {
			return emptyWord(ctx)
		}
		return do(ctx.Context, words, ctx)
	}
}

// group is a command that has others, and does nothing by itself.
func (c *command) group(ctx *cli.Context) error {
	if name := ctx.Args().First(); name != "" {
		return unknownCommand(strings.TrimPrefix(ctx.Command.HelpName, ctx.App.Name+" ")+" ", name, ctx.Command.Subcommands)
	}
	c.printHelp(ctx.Command)
	return nil
}

// unknownCommand is for a word where one of the commands should be; group is
// what was typed before it.
func unknownCommand(group, name string, known []*cli.Command) error {
	var names []string
	for _, command := range known {
		names = append(names, command.Name)
	}
	hint := "ecounit " + group + "--help lists the commands"
	if near := descriptor.Nearest(name, names); near != "" {
		hint = "did you mean ecounit " + group + near + "?"
	}
	return usage(hint, "there is no command %q", group+name)
}

// What the library says of options.
var (
	unknownOption = lazy.Regexp(`^(?:flag provided but not defined: -|bad flag syntax: -?-?)(.*)$`)
	missingValue  = lazy.Regexp(`^flag needs an argument: -(.*)$`)
	wrongValue    = lazy.Regexp(`(?s)^invalid value (".*") for flag -(\S+): `)
	wrongSwitch   = lazy.Regexp(`(?s)^invalid boolean value ".*" for -(\S+): `)
	givenTwice    = lazy.Regexp(`^Cannot use two forms of the same flag: (\S+) (\S+)$`)
)

// wrongOption replaces the library's own answer, which is printed to stdout
// with the whole help text behind it.
func (c *command) wrongOption(ctx *cli.Context, err error, _ bool) error {
	flags, hint := ctx.App.Flags, "ecounit --help"
	switch command := ctx.Command; {
	case command == nil || command.Name == ctx.App.Name:
	case command.Name == "exec": // the option may be one of the command behind a -- that is missing
		flags, hint = command.Flags, command.UsageText
	default:
		flags, hint = command.Flags, command.HelpName+" --help"
	}
	text := err.Error()
	if m := unknownOption().FindStringSubmatch(text); m != nil {
		if near := nearestOption(m[1], flags); near != "" {
			hint = "did you mean " + near + "?"
		}
		return usage(hint, "there is no option %s", c.typed(m[1]))
	}
	if m := missingValue().FindStringSubmatch(text); m != nil {
		return usage(hint, "%s needs a value", option(m[1]))
	}
	if m := wrongValue().FindStringSubmatch(text); m != nil {
		return usage(hint, "%s is a number, not %s", option(m[2]), m[1])
	}
	if m := wrongSwitch().FindStringSubmatch(text); m != nil {
		return usage(hint, "%s takes no value", option(m[1]))
	}
	if m := givenTwice().FindStringSubmatch(text); m != nil {
		return usage(hint, "%s and %s are the same option", option(m[1]), option(m[2]))
	}
	return usage(hint, "%s", text)
}

// typed is an option that is not known, as it was typed.
func (c *command) typed(name string) string {
	for _, word := range c.words {
		if strings.HasPrefix(word, "-") && strings.TrimLeft(word, "-") == name {
			return word
		}
	}
	return option(name)
}

// option writes the name of an option as one types it.
func option(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func nearestOption(name string, flags []cli.Flag) string {
	name, _, _ = strings.Cut(name, "=")
	var names []string
	for _, flag := range flags {
		names = append(names, flag.Names()[0])
	}
	if near := descriptor.Nearest(name, names); near != "" {
		return option(near)
	}
	return ""
}
