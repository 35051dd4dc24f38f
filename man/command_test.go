package man

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// options maps each command to its options, sorted.
type options map[string][]string

var (
	commandItem = regexp.MustCompile(`^\.It Cm (jobs run|(?:host db |host |db |import )?\S+)`)
	optionItem  = regexp.MustCompile(`^\.It (Fl .*)$`)
	optionName  = regexp.MustCompile(`Fl (-?[a-z][a-z-]*)`)
)

// described reads the commands and options from the page, and checks that the
// line with the form of a command shows the options listed below it.
func described(t *testing.T) options {
	all, forms, command := options{}, map[string]string{}, ""
	for _, line := range section(page(t, commandPage), "COMMANDS") {
		if m := commandItem.FindStringSubmatch(line); m != nil {
			command = m[1]
			all[command], forms[command] = nil, line+" "
		} else if m := optionItem.FindStringSubmatch(line); m != nil {
			names := optionName.FindAllStringSubmatch(m[1], -1)
			for _, name := range names {
				all[command] = append(all[command], "-"+name[1])
			}
			// The short name where there is one, else the long one.
			if !strings.Contains(forms[command], "Fl "+names[0][1]+" ") {
				t.Errorf("the form of %s does not show -%s: %s", command, names[0][1], forms[command])
			}
		}
	}
	for _, names := range all {
		slices.Sort(names)
	}
	return all
}

// helpOf reads the same from --help of the program.
func helpOf(t *testing.T) options {
	// go test remembers a result as long as the files stay as they are that the
	// test itself looks at.
	sources, err := filepath.Glob("../internal/cli/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal("cannot find internal/cli", err)
	}
	for _, source := range sources {
		if _, err := os.Stat(source); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(t.TempDir(), "ecounit")
	build := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-o", program, "ecounit/cmd/ecounit")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	help := func(args ...string) string {
		out, err := exec.Command(program, append(args, "--help")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	all := options{}
	commands := func(group ...string) (names []string) {
		for _, line := range helpList(help(group...), "COMMANDS:") {
			names = append(names, strings.Join(append(slices.Clone(group), strings.Fields(line)[0]), " "))
		}
		return names
	}
	groups := [][]string{nil, {"db"}, {"host"}, {"host", "db"}, {"import"}, {"jobs"}}
	var names []string
	for _, group := range groups {
		names = append(names, commands(group...)...)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		isGroup := slices.ContainsFunc(groups, func(group []string) bool { return strings.Join(group, " ") == name })
		return isGroup && name != "jobs" // which does something by itself
	})
	for _, command := range names {
		all[command] = nil
		for _, line := range helpList(help(strings.Fields(command)...), "OPTIONS:") {
			names, _, _ := strings.Cut(line, "  ")
			for name := range strings.FieldsFuncSeq(names, func(r rune) bool { return r == ' ' || r == ',' }) {
				// Every command has --help, and the page says so once.
				if strings.HasPrefix(name, "-") && name != "--help" && name != "-h" {
					all[command] = append(all[command], name)
				}
			}
		}
		slices.Sort(all[command])
	}
	return all
}

// helpList returns the lines below a heading up to an empty one.
func helpList(help, heading string) []string {
	_, list, _ := strings.Cut(help, "\n"+heading+"\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var lines []string
	for line := range strings.Lines(list) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

func TestEveryCommandAndOption(t *testing.T) {
	want, got := helpOf(t), described(t)
	if len(want) < 10 {
		t.Fatalf("only %d commands were found in --help", len(want))
	}
	for command, flags := range want {
		found, ok := got[command]
		if !ok {
			t.Errorf("%s does not describe %s", commandPage, command)
		} else if !slices.Equal(flags, found) {
			t.Errorf("%s: the program has %s, %s has %s", command, flags, commandPage, found)
		}
	}
	for command := range got {
		if _, ok := want[command]; !ok {
			t.Errorf("%s describes %s, which is not there", commandPage, command)
		}
	}
}
