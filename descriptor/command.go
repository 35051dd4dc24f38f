package descriptor

import (
	"errors"
	"regexp"
	"strings"
)

// Command is a program and its arguments.
type Command []string

const commandHint = `write it as "program argument" or as ["program", "argument"]`

var commandPattern = regexp.MustCompile(`^[^\x00]*[^\x00 \t\n][^\x00]*$`) // not blank

// Forms lists what may be written.
func (Command) Forms() []Form {
	return []Form{
		{Type: "string", Pattern: commandPattern},
		{Type: "array", Min: 1, Items: []Form{{Type: "string", Pattern: textPattern}}},
	}
}

func (c *Command) decode(d *decoder, path string, n *node) {
	var words []string
	var ok bool
	switch n.kind {
	case str:
		words, ok = commandLine(d, path, n)
	case list:
		words, ok = commandList(d, path, n)
	default:
		d.mismatch(path, n, "a command", commandHint)
		return
	}
	switch {
	case !ok:
		return
	case len(words) == 0 || words[0] == "":
		d.wrong(path, n, commandHint, "the command is empty")
	default:
		*c = words
	}
}

func commandLine(d *decoder, path string, n *node) ([]string, bool) {
	line := n.value.(string)
	if !textPattern.MatchString(line) {
		d.wrong(path, n, "", "a command cannot contain a NUL character")
		return nil, false
	}
	words, err := Words(line)
	if err != nil {
		hint := ""
		if errors.Is(err, errShell) {
			hint = `put it in single quotes when it is meant literally; for a shell write ["sh", "-c", "…"]`
		}
		d.wrong(path, n, hint, "%v", err)
		return nil, false
	}
	if len(words) > 0 {
		if name, _, found := strings.Cut(words[0], "="); found && variablePattern.MatchString(name) {
			d.wrong(path, n, "write "+name+" in [env]", "%q before the program is shell syntax, and no shell is run", shortened(words[0]))
			return nil, false
		}
	}
	return words, true
}

func commandList(d *decoder, path string, n *node) (words []string, ok bool) {
	ok = true
	for i, item := range n.items {
		at := indexed(path, i)
		switch word, isString := item.value.(string); {
		case !isString:
			d.mismatch(at, item, "a string", quoteHint(item))
			ok = false
		case !textPattern.MatchString(word):
			d.wrong(at, item, "", "a command cannot contain a NUL character")
			ok = false
		default:
			words = append(words, word)
		}
	}
	return words, ok
}
