package server

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/descriptor"
	"ecounit/templates"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

func commands(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/commands.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parsed splits a line as a shell does; assignments in front are variables.
func parsed(t testing.TB, line string) (argv []string, env map[string]string) {
	t.Helper()
	words, err := descriptor.Words(line)
	if err != nil {
		t.Fatal(line, err)
	}
	env = map[string]string{}
	for {
		name, value, found := strings.Cut(words[0], "=")
		if !found {
			return words, env
		}
		env[name], words = value, words[1:]
	}
}

// TestCommandLines: what each line of commands.txt becomes is in
// commands.golden.
func TestCommandLines(t *testing.T) {
	var b strings.Builder
	for line := range strings.Lines(commands(t)) {
		argv, env := parsed(t, strings.TrimSuffix(line, "\n"))
		fmt.Fprintf(&b, "%s%s\n", line, described(t, argv, env))
	}
	const file = "testdata/commands.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

func described(t *testing.T, argv []string, env map[string]string) string {
	t.Helper()
	var b strings.Builder
	s, ok := Of(argv, env)
	if !ok {
		port, command, found := Port(argv, env)
		fmt.Fprintf(&b, "  a command; answers %v", Answers(argv))
		if found {
			fmt.Fprintf(&b, " at %d, as %q", port, command)
		}
		return b.String() + "\n"
	}
	text, err := templates.Descriptor(&descriptor.Descriptor{Name: "a", Web: &s.Web})
	if err != nil {
		t.Fatal(err)
	}
	if _, r := descriptor.Parse("ecounit.toml", text); r.HasErrors() {
		t.Errorf("%q: %v", argv, r.Entries())
	}
	_, web, _ := strings.Cut(string(text), "[web]\n")
	web, _, _ = strings.Cut(web, "\n\n")
	fmt.Fprintf(&b, "  %s: %s\n", s.Name, strings.ReplaceAll(web, "\n", ", "))
	fmt.Fprintf(&b, "  at %+v, open %v, from %q, in %q\n", s.Address, s.Address.IsOpen(), Prefix(argv[0]), s.Directory)
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		fmt.Fprintf(&b, "  with %s=%s\n", name, s.Env[name])
	}
	for _, name := range s.Unset {
		fmt.Fprintf(&b, "  without %s\n", name)
	}
	if len(s.Dropped) > 0 {
		fmt.Fprintf(&b, "  not needed: %q\n", s.Dropped)
	}
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "  %s: %s\n", map[bool]string{true: "lost", false: "changed"}[n.Lost], n.Text)
	}
	return b.String()
}

func FuzzOf(f *testing.F) {
	for line := range strings.Lines(commands(f)) {
		f.Add(strings.TrimSuffix(line, "\n"), "/alice_tasks")
	}
	f.Fuzz(func(t *testing.T, line, name string) {
		argv := strings.Fields(line)
		env := map[string]string{"SCRIPT_NAME": name, "WEB_CONCURRENCY": name}
		if s, ok := Of(argv, env); ok {
			if (s.Web.WSGI == "") == (s.Web.ASGI == "") {
				t.Errorf("%q: %+v", argv, s)
			}
			text, err := templates.Descriptor(&descriptor.Descriptor{Name: "a", Web: &s.Web})
			if err != nil {
				return // not UTF-8
			}
			if _, r := descriptor.Parse("ecounit.toml", text); r.HasErrors() {
				t.Errorf("%q: %v", argv, r.Entries())
			}
		}
		if len(argv) > 0 {
			port, command, ok := Port(argv, env)
			if ok && (port < 1024 || port > 65535) || !ok && !slices.Equal(argv, command) {
				t.Errorf("%q: %d %q", argv, port, command)
			}
			Answers(argv)
		}
	})
}
