package cli

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves the flags of a command in front of its arguments. The
// library stops at the first argument, so that `status app --json` would look
// for an app called "--json" (facts: packaging-and-cli.md). Words after "--"
// stay as they are.
func flagsFirst(commands []*cli.Command, words []string) []string {
	verb, command := commandIn(commands, words)
	if command == nil {
		return words
	}
	var flags, rest []string
	tail := words[verb+1:]
	for i := 0; i < len(tail); i++ {
		word := tail[i]
		switch {
		case word == "--":
			rest = append(rest, tail[i:]...)
			i = len(tail)
		case len(word) < 2 || word[0] != '-':
			rest = append(rest, word)
		default:
			flags = append(flags, letters(command, word)...)
			if takesValue(command, flags[len(flags)-1]) && i+1 < len(tail) {
				i++
				flags = append(flags, tail[i])
			}
		}
	}
	if len(rest) > 0 {
		rest = append([]string{"--"}, rest...) // a "--" that was typed stays among the arguments
	}
	return append(append(append([]string{}, words[:verb+1]...), flags...), rest...)
}

// commandIn finds the command among the words, and of "host list" the inner one.
func commandIn(commands []*cli.Command, words []string) (at int, command *cli.Command) {
	for i := 1; i < len(words); i++ {
		if strings.HasPrefix(words[i], "-") && command == nil {
			continue
		}
		next := find(commands, words[i])
		if next == nil {
			break
		}
		at, command, commands = i, next, next.Subcommands
	}
	return at, command
}

// letters takes apart what users of journalctl write as one word: -fn20.
func letters(command *cli.Command, word string) []string {
	if strings.HasPrefix(word, "--") || named(command, word) != nil {
		return []string{word}
	}
	var flags []string
	for i := 1; i < len(word); i++ {
		flag := "-" + word[i:i+1]
		switch {
		case named(command, flag) == nil:
			return []string{word}
		case takesValue(command, flag) && i+1 < len(word):
			return append(flags, flag+"="+word[i+1:])
		}
		flags = append(flags, flag)
	}
	return flags
}

func find(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// named finds the flag that a word means, or nil.
func named(command *cli.Command, word string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	for _, flag := range command.Flags {
		for _, known := range flag.Names() {
			if known == name {
				return flag
			}
		}
	}
	return nil
}

// takesValue reports whether the value of a flag is the next word.
func takesValue(command *cli.Command, word string) bool {
	flag := named(command, word)
	_, isSwitch := flag.(*cli.BoolFlag)
	return flag != nil && !isSwitch && !strings.Contains(word, "=")
}
