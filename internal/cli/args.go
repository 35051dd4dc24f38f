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
	if len(words) < 2 {
		return words
	}
	verb := 1
	for verb < len(words) && strings.HasPrefix(words[verb], "-") {
		verb++
	}
	if verb == len(words) {
		return words
	}
	command := find(commands, words[verb])
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
			flags = append(flags, word)
			if takesValue(command, word) && i+1 < len(tail) {
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

func find(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

func takesValue(command *cli.Command, word string) bool {
	name := strings.TrimLeft(word, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, flag := range command.Flags {
		for _, known := range flag.Names() {
			if known == name {
				_, isSwitch := flag.(*cli.BoolFlag)
				return !isSwitch
			}
		}
	}
	return false
}
