package descriptor

import (
	"errors"
	"strings"

	"ecounit/tomlfile"
)

// Command is a program and its arguments.
type Command []string

const commandHint = `write it as "program argument" or as ["program", "argument"]`

var commandPattern = tomlfile.NewPattern(`^[^\x00]*[^\x00 \t\n][^\x00]*$`) // not blank

// Forms lists what may be written.
func (Command) Forms() []Form {
	return []Form{
		{Type: "string", Pattern: commandPattern},
		{Type: "array", Min: 1, Items: []Form{{Type: "string", Pattern: textPattern}}},
	}
}

// ReadValue reads it from the file.
func (c *Command) ReadValue(v tomlfile.Value) {
	var words []string
	var ok bool
	switch v.Kind() {
	case tomlfile.String:
		words, ok = commandLine(v)
	case tomlfile.List:
		words, ok = commandList(v)
	default:
		v.Mismatch("a command", commandHint)
		return
	}
	switch {
	case !ok:
		return
	case len(words) == 0 || words[0] == "":
		v.Wrong(commandHint, "the command is empty")
	default:
		*c = words
	}
}

func commandLine(v tomlfile.Value) ([]string, bool) {
	if !textPattern.MatchString(v.Text()) {
		v.Wrong("", "a command cannot contain a NUL character")
		return nil, false
	}
	words, err := Words(v.Text())
	if err != nil {
		hint := ""
		switch {
		case errors.Is(err, errVariable):
			hint = `with braces, as in ${PORT}, ecounit puts in what it knows; for a shell write ["sh", "-c", "…"]`
		case errors.Is(err, errShell):
			hint = `put it in single quotes when it is meant literally; for a shell write ["sh", "-c", "…"]`
		}
		v.Wrong(hint, "%v", err)
		return nil, false
	}
	if len(words) > 0 {
		if name, _, found := strings.Cut(words[0], "="); found && variablePattern.MatchString(name) {
			v.Wrong("write "+name+" in [env]", "%q before the program is shell syntax, and no shell is run", tomlfile.Shortened(words[0]))
			return nil, false
		}
	}
	return words, true
}

func commandList(v tomlfile.Value) (words []string, ok bool) {
	ok = true
	for _, item := range v.Items() {
		switch {
		case item.Kind() != tomlfile.String:
			item.NoString("a string")
			ok = false
		case !textPattern.MatchString(item.Text()):
			item.Wrong("", "a command cannot contain a NUL character")
			ok = false
		default:
			words = append(words, item.Text())
		}
	}
	return words, ok
}
