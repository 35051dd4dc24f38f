package supervisor

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/plan"
	"ecounit/units"
)

// TestSystemdUnderstandsTheSettings: the unit files of every imported app have
// nothing in them that systemd would pass over.
func TestSystemdUnderstandsTheSettings(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	dir := t.TempDir()
	var files []string
	cases, err := filepath.Glob("testdata/*/supervisord.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range cases {
		for _, app := range Import(machine(folder(t, filepath.Dir(file)))).Apps {
			for _, unit := range rendered(t, app) {
				name := filepath.Join(dir, unit.Name)
				write(t, name, string(unit.Content))
				files = append(files, name)
			}
		}
	}
	args := append([]string{"--user", "--man=no", "--recursive-errors=no", "verify"}, files...)
	cmd := exec.Command("systemd-analyze", args...)
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir)
	out, _ := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		t.Error(strings.TrimSpace(line))
	}
	if len(files) < 40 {
		t.Errorf("only %d files", len(files))
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rendered makes the unit files of an app on a machine that has all it needs.
func rendered(t *testing.T, app *migrate.App) []units.File {
	t.Helper()
	text, err := app.Text()
	if err != nil {
		t.Fatal(err)
	}
	d, r := descriptor.Parse(app.File, text)
	if r.HasErrors() {
		t.Fatal(r.Entries())
	}
	needs := plan.NeedsOf(d)
	facts := plan.Facts{
		User:    plan.User{Name: "alice", UID: 1000, Home: home},
		Systemd: plan.Systemd{Version: 252, CgroupV2: true, UserNamespaces: true, Controllers: []string{"cpu", "memory", "pids"}},
		Python:  &plan.Interpreter{Path: "/bin/true", Kind: plan.PlainInterpreter, Modules: map[string]string{"gunicorn": "20", "uvicorn": "0.17"}},
		Port:    plan.Port{Number: max(needs.Port.Number, 18000)}, Descriptor: app.File, Directory: plan.File{Path: "/"},
	}
	for range needs.Programs {
		facts.Programs = append(facts.Programs, plan.File{Path: "/bin/true"})
	}
	p, report := plan.Build(d, facts)
	for _, e := range report.Entries() {
		t.Errorf("%s\n%s", e.Text(text), text)
	}
	files, err := units.Render(p)
	if err != nil {
		t.Error(err)
	}
	return files
}
