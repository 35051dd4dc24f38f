package migrate

import (
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

var placeholder = lazy.Regexp(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// own are the names that ecounit puts values in place of, also in what a shell
// is given.
var own = []string{"NAME", "PORT", "SOCKET", "FD", "BASE_PATH"}

// Literal is a command in which nothing is meant for ecounit to replace.
func Literal(argv []string) descriptor.Command {
	if !slices.ContainsFunc(argv, placeholder().MatchString) {
		return argv
	}
	quoted := make([]string, len(argv))
	for i, word := range argv {
		quoted[i] = strings.ReplaceAll(Quoted(word), "${", "$''{") // within quotes, as such a word has them
	}
	return descriptor.Command{"sh", "-c", "exec " + strings.Join(quoted, " ")}
}

// Script is a command for a shell to read. ${NAME:-} says the same as ${NAME},
// and is the shell's.
func Script(shell, text string) descriptor.Command {
	text = placeholder().ReplaceAllStringFunc(text, func(found string) string {
		if name := found[2 : len(found)-1]; slices.Contains(own, name) {
			return "${" + name + ":-}"
		}
		return found
	})
	return descriptor.Command{shell, "-c", text}
}

var plainWord = lazy.Regexp(`^[A-Za-z0-9_./@%+=:,-]+$`)

// Quoted is a word for a POSIX shell.
func Quoted(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Simple splits a command for a shell into words, if it takes no shell to run
// it.
func Simple(text string) (words []string, ok bool) {
	words, err := descriptor.Words(text)
	if err != nil || len(words) == 0 || words[0] == "" || slices.ContainsFunc(words, placeholder().MatchString) {
		return nil, false
	}
	name, _, isAssignment := strings.Cut(words[0], "=")
	return words, !isAssignment || !IsVariable(name)
}
