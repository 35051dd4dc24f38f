// Package man compares the manual pages with the program: its commands, options
// and keys. It must not know what any of them does.
package man

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ecounit/descriptor"
)

const (
	commandPage    = "ecounit.1"
	descriptorPage = "ecounit.toml.5"
	servicePage    = "ecounit-hostd.8" // compared with the service in host/hostd
)

// page reads a page as lines of mdoc.
func page(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// section returns the lines of one .Sh section.
func section(lines []string, name string) []string {
	start := slices.Index(lines, ".Sh "+name)
	if start < 0 {
		return nil
	}
	rest := lines[start+1:]
	if end := slices.IndexFunc(rest, func(l string) bool { return strings.HasPrefix(l, ".Sh ") }); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// earlyExamples is the one complaint that is wanted: examples come before
// ENVIRONMENT and FILES because that is what people open a page for.
var earlyExamples = regexp.MustCompile(`sections out of conventional order: Sh (ENVIRONMENT|FILES)$`)

func TestFormatters(t *testing.T) {
	checks := []struct {
		program string
		args    []string
	}{
		{"mandoc", []string{"-T", "lint", "-W", "warning"}},
		{"man", []string{"--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l"}},
	}
	for _, check := range checks {
		t.Run(check.program, func(t *testing.T) {
			if _, err := exec.LookPath(check.program); err != nil {
				t.Skip(err)
			}
			for _, name := range []string{commandPage, descriptorPage, policyPage, servicePage} {
				cmd := exec.Command(check.program, append(check.args, name)...)
				cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANROFFSEQ=")
				var said strings.Builder
				cmd.Stderr = &said
				if check.program == "mandoc" {
					cmd.Stdout = &said
				}
				_ = cmd.Run() // the exit status of mandoc counts the one complaint, too
				for line := range strings.Lines(said.String()) {
					if line = strings.TrimSpace(line); !earlyExamples.MatchString(line) {
						t.Error(line)
					}
				}
			}
		})
	}
}

// literals are the displays of a page as a reader copies them.
func literals(t *testing.T, name string) []string {
	t.Helper()
	var all []string
	var block []string
	inside := false
	for i, line := range page(t, name) {
		switch {
		case strings.HasPrefix(line, ".Bd -literal"):
			block, inside = nil, true
		case line == ".Ed" && inside:
			all = append(all, strings.Join(block, "\n")+"\n")
			inside = false
		case inside:
			// Formatters make typographic characters of these.
			if bad := regexp.MustCompile("(^|[^\\\\])[-'`^~]").FindString(line); bad != "" {
				t.Errorf("%s:%d: write %q as \\-, \\(aq, \\(ga, \\(ha or \\(ti, so that it can be copied", name, i+1, bad)
			}
			block = append(block, unescape.Replace(line))
		}
	}
	return all
}

var unescape = strings.NewReplacer(`\-`, "-", `\(aq`, "'", `\(ga`, "`", `\(ha`, "^", `\(ti`, "~", `\(dq`, `"`, `\e`, `\`, `\&`, "")

func TestExamples(t *testing.T) {
	examples := literals(t, descriptorPage)
	if len(examples) < 5 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	for _, example := range examples {
		texts := []string{example}
		if !strings.HasPrefix(example, "name =") { // ways to write one key, one a line
			texts = nil
			for line := range strings.Lines(example) {
				texts = append(texts, "name = \"x\"\n[process.x]\n"+line)
			}
		}
		for _, text := range texts {
			_, mistakes := descriptor.Parse(descriptorPage, []byte(text))
			for _, e := range mistakes.Entries() {
				t.Errorf("%s\n%s", text, e.Text([]byte(text)))
			}
		}
	}
	literals(t, commandPage)
}
