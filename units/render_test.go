package units_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/descriptor"
	"ecounit/plan"
	"ecounit/units"
)

var update = flag.Bool("update", false, "rewrite the expected files")

// versions are those of RHEL 8, Debian 11, RHEL 9 and Debian 12, RHEL 10 and Debian 13.
var versions = []int{239, 247, 252, 257}

// TestRender renders testdata/NAME.toml for each version of systemd and
// compares all its unit files with testdata/NAME.VERSION.units.
func TestRender(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(inputs) == 0 {
		t.Fatal("there are no inputs", err)
	}
	for _, input := range inputs {
		for _, version := range versions {
			name := fmt.Sprintf("%s.%d.units", strings.TrimSuffix(input, ".toml"), version)
			t.Run(filepath.Base(name), func(t *testing.T) {
				got := render(t, input, version)
				if *update {
					if err := os.WriteFile(name, got, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if again := render(t, input, version); !bytes.Equal(got, again) {
					t.Error("another rendering gives other bytes")
				}
			})
		}
	}
}

func render(t *testing.T, input string, version int) []byte {
	t.Helper()
	p := planOf(t, input, version)
	files, err := units.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range files {
		if origin, ours := units.Inspect(f.Content); !ours || !origin.Intact || origin.App != p.Name {
			t.Errorf("%s does not know that it is ours: %+v", f.Name, origin)
		}
		fmt.Fprintf(&all, "==> %s\n%s\n", f.Name, f.Content)
	}
	return all.Bytes()
}

func planOf(t *testing.T, input string, version int) *plan.Plan {
	t.Helper()
	text, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	d, mistakes := descriptor.Parse(input, text)
	needs := plan.NeedsOf(d)
	facts := plan.Facts{
		User:       plan.User{Name: "alice", UID: 1000, Home: "/home/alice"},
		Systemd:    plan.Systemd{Version: version, CgroupV2: true, Controllers: []string{"cpu", "memory", "pids"}, UserNamespaces: true},
		Descriptor: "/home/alice/app/ecounit.toml", Directory: plan.File{Path: "/home/alice/app"},
		Python: &plan.Interpreter{
			Path: "/home/alice/app/.venv/bin/python", Kind: plan.VirtualEnvironment, Name: ".venv", Prefix: "/home/alice/app/.venv",
			Modules: map[string]string{"gunicorn": "23.0.0", "uvicorn": "0.32.0"},
		},
		Port: plan.Port{Number: 30000},
	}
	if strings.Contains(input, "socket") {
		facts.SocketDir = "/run/ecounit/1000"
	}
	if d.Database != nil || d.OnFailure != nil || d.Watch != nil {
		facts.Ecounit = "/home/alice/my bin/ecounit"
	}
	if d.Database != nil {
		facts.Database = &plan.DatabaseFacts{
			Name: "alice_rows", Host: "/var/run/postgresql", Port: 5432, User: "alice",
			Variables: []plan.Variable{{Name: "PGDATABASE", Value: "alice_rows"}, {Name: "PGHOST", Value: "/var/run/postgresql"}},
		}
	}
	for _, file := range needs.Watch {
		facts.Watch.Paths = append(facts.Watch.Paths, plan.File{Path: "/home/alice/app/" + file})
	}
	if needs.Git {
		facts.Watch.Git.Files = []string{"/home/alice/app/.git/logs/HEAD"}
	}
	for _, file := range needs.EnvFiles {
		facts.EnvFiles = append(facts.EnvFiles, plan.File{Path: "/home/alice/app/" + file})
	}
	for _, program := range needs.Programs {
		facts.Programs = append(facts.Programs, plan.File{Path: "/usr/bin/" + program})
	}
	p, problems := plan.Build(d, facts)
	mistakes.Merge(problems)
	if mistakes.HasErrors() {
		t.Fatal(mistakes.Entries())
	}
	return p
}

func TestRenderNamesEveryValueThatNoFileCanHold(t *testing.T) {
	p := planOf(t, "testdata/wsgi.toml", 252)
	p.Directory = "/home/a\nlice"
	p.Services[0].Argv[0] = "relative"
	_, err := units.Render(p)
	if err == nil || !strings.Contains(err.Error(), "WorkingDirectory=") || !strings.Contains(err.Error(), "ExecStart=") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkRender(b *testing.B) {
	text, err := os.ReadFile("testdata/everything.toml")
	if err != nil {
		b.Fatal(err)
	}
	d, _ := descriptor.Parse("ecounit.toml", text)
	p, _ := plan.Build(d, plan.Facts{Descriptor: "/home/alice/app/ecounit.toml", Directory: plan.File{Path: "/home/alice/app"}})
	for b.Loop() {
		_, _ = units.Render(p)
	}
}
