//go:build machine

package moving

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// shown is a command of a page and the lines that it shows below.
type shown struct {
	command string
	lines   []string
}

// commands reads the blocks that show a terminal.
func commands(t *testing.T, page string) (all []shown) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	isShown := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			isShown = line == "```console"
		case !isShown:
		case isCommand:
			all = append(all, shown{command: command})
		case len(all) == 0:
			t.Fatalf("%s: %q belongs to no command", page, line)
		default:
			last := &all[len(all)-1]
			last.lines = append(last.lines, line)
		}
	}
	return all
}

// pattern has … stand for anything, and any number of blanks for any other.
func pattern(line string) *regexp.Regexp {
	words := strings.Fields(line)
	for i, word := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(word), "…", ".*")
	}
	return regexp.MustCompile(`(?m)^\s*` + strings.Join(words, `\s+`) + `\s*$`)
}

// TestThePageIsTrue runs every command of docs/migrating.md, one after the
// other, as the user whom it is about. Each has to succeed and to print the
// lines that are shown, in their order.
func TestThePageIsTrue(t *testing.T) {
	a := oldGuide(t)
	all := commands(t, "../../docs/migrating.md")
	if len(all) < 10 {
		t.Fatalf("only %d commands", len(all))
	}
	for _, c := range all {
		rest := a.Sh("{ " + c.command + "; } 2>&1")
		for _, line := range c.lines {
			at := pattern(line).FindStringIndex(rest)
			if at == nil {
				t.Fatalf("%s\ndoes not print, or not there: %s\nbut:\n%s", c.command, line, rest)
			}
			rest = rest[at[1]:]
		}
	}
}
