// Package lint proves that the import rules of .golangci.yml catch what they
// are there for: a rule with a wrong path in it would allow everything and say
// nothing.
package lint

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports are tried in a module of their own, which has nothing else in it.
var imports = []struct {
	file, path string
	forbidden  bool
}{
	{"tomlfile/a.go", "os", true},
	{"tomlfile/b.go", "ecounit/report", false},
	{"tomlfile/c.go", "ecounit/descriptor", true},
	{"descriptor/a.go", "os", true},
	{"descriptor/b.go", "strings", false},
	{"descriptor/c.go", "ecounit/report", false},
	{"descriptor/d.go", "ecounit/plan", true},
	{"descriptor/e.go", "ecounit/tomlfile", false},
	{"descriptor/schema/a.go", "os/exec", true},
	{"descriptor/schema/b.go", "ecounit/descriptor", false},
	{"descriptor/schema/c.go", "ecounit/plan", true},
	{"plan/a.go", "os", true},
	{"plan/b.go", "net", true},
	{"plan/c.go", "net/netip", false},
	{"plan/d.go", "path/filepath", false},
	{"plan/e.go", "ecounit/descriptor", false},
	{"plan/f.go", "ecounit/descriptor/schema", true},
	{"plan/g_test.go", "os", false},
	{"units/a.go", "ecounit/plan", false},
	{"units/b.go", "ecounit/apply", true},
	{"units/c.go", "os/exec", true},
	{"apache/a.go", "ecounit/units", true},
	{"apache/b.go", "net/http", true},
	{"apache/c.go", "github.com/godbus/dbus/v5", true},
	{"templates/a.go", "database/sql", true},
	{"templates/b.go", "ecounit/apache", true},
	{"report/a.go", "ecounit/descriptor", true},
	{"report/b.go", "syscall", true},
	{"host/policy/a.go", "os", true},
	{"host/policy/b.go", "ecounit/host", true},
	{"host/policy/c.go", "ecounit/tomlfile", false},
	{"host/policy/d.go", "net/url", false},
	{"dbusctl/a.go", "ecounit/plan", true},
	{"dbusctl/b.go", "github.com/godbus/dbus/v5", false},
	{"excerpt/a.go", "ecounit/journal", true},
	{"excerpt/b.go", "os", true},
	{"excerpt/c.go", "ecounit/lazy", false},
	{"journal/a.go", "ecounit/dbusctl", true},
	{"journal/b.go", "os/exec", false},
	{"detect/a.go", "ecounit/plan", false},
	{"detect/b.go", "ecounit/units", true},
	{"detect/c.go", "github.com/coreos/go-systemd/v22/dbus", true},
	{"apply/a.go", "ecounit/dbusctl", false},
	{"apply/b.go", "ecounit/descriptor", true},
	{"apply/c.go", "ecounit/internal/cli", true},
	{"apply/d.go", "github.com/urfave/cli/v2", true},
	{"host/a.go", "ecounit/plan", false},
	{"host/b.go", "ecounit/host/policy", true},
	{"host/client.go", "github.com/godbus/dbus/v5", false},
	{"host/c.go", "github.com/godbus/dbus/v5", true},
	{"host/hostd/a.go", "ecounit/host/hostd/publish", false},
	{"host/hostd/b.go", "ecounit/dbusctl", true},
	{"host/hostd/c.go", "github.com/godbus/dbus/v5", true},
	{"host/hostd/d.go", "ecounit/host/pghelper/order", false},
	{"host/hostd/e.go", "ecounit/host/pghelper", true},
	{"host/hostd/f.go", "ecounit/postgres", true},
	{"host/hostd/pgorders/a.go", "ecounit/host/pghelper/order", false},
	{"host/hostd/pgorders/b.go", "ecounit/host", true},
	{"host/pghelper/a.go", "ecounit/postgres", false},
	{"host/pghelper/b.go", "ecounit/host", true},
	{"host/pghelper/order/a.go", "ecounit/postgres", true},
	{"postgres/a.go", "github.com/jackc/pgx/v5", false},
	{"postgres/b.go", "ecounit/host", true},
	{"internal/cli/c.go", "github.com/jackc/pgx/v5", true},
	{"internal/terminal/a.go", "ecounit/internal/hint", false},
	{"internal/terminal/b.go", "ecounit/report", true},
	{"internal/hint/a.go", "ecounit/detect", false},
	{"internal/hint/b.go", "ecounit/host", true},
	{"internal/installed/a.go", "ecounit/units", false},
	{"internal/installed/b.go", "ecounit/dbusctl", true},
	{"internal/failures/a.go", "ecounit/notice", false},
	{"internal/failures/b.go", "ecounit/journal", true},
	{"internal/imports/a.go", "ecounit/migrate/supervisor", false},
	{"internal/imports/b.go", "ecounit/units", true},
	{"internal/watch/a.go", "ecounit/dbusctl", false},
	{"internal/watch/b.go", "ecounit/internal/cli", true},
	{"internal/webserver/a.go", "ecounit/host", false},
	{"internal/webserver/b.go", "ecounit/host/policy", true},
	{"host/hostd/accounts/a.go", "ecounit/host", true},
	{"host/hostd/bus/a.go", "github.com/godbus/dbus/v5", false},
	{"host/hostd/bus/b.go", "ecounit/host", true},
	{"host/hostd/jobs/a.go", "ecounit/dbusctl", false},
	{"host/hostd/jobs/b.go", "github.com/coreos/go-systemd/v22/dbus", true},
	{"host/hostd/probe/a.go", "ecounit/detect", false},
	{"host/hostd/probe/b.go", "ecounit/host/policy", true},
	{"host/hostd/probe/c.go", "ecounit/apache", false},
	{"host/hostd/probe/d.go", "ecounit/host", true},
	{"host/hostd/webserver/a.go", "ecounit/host", false},
	{"host/hostd/webserver/b.go", "ecounit/host/policy", true},
	{"host/hostd/policyfile/a.go", "ecounit/host/policy", false},
	{"host/hostd/policyfile/b.go", "ecounit/plan", true},
	{"host/hostd/registry/a.go", "ecounit/host/policy", false},
	{"host/hostd/registry/b.go", "ecounit/apache", true},
	{"host/hostd/disk/a.go", "ecounit/host", true},
	{"host/hostd/audit/a.go", "ecounit/host/hostd/oneline", false},
	{"host/hostd/audit/b.go", "ecounit/host", true},
	{"host/hostd/oneline/a.go", "ecounit/plan", true},
	{"host/hostd/publish/a.go", "ecounit/host/hostd/disk", false},
	{"host/hostd/publish/b.go", "ecounit/host/hostd/registry", true},
	{"test/machine/a.go", "ecounit/apply", true},
	{"test/e2e/a_test.go", "ecounit/internal/cli", true},
	{"internal/cli/a.go", "github.com/urfave/cli/v2", false},
	{"internal/cli/b.go", "github.com/coreos/go-systemd/v22/dbus", true},
	{"cmd/ecounit/a.go", "ecounit/internal/cli", false},
}

func TestImportRules(t *testing.T) {
	linter := os.Getenv("GOLANGCI_LINT")
	if linter == "" {
		t.Skip("make lint runs this")
	}
	dir := module(t)
	run := exec.CommandContext(t.Context(), linter, "run", "--enable-only", "depguard", "--output.json.path", "stdout", "--show-stats=false",
		"--max-issues-per-linter", "0", "--max-same-issues", "0", "./...")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	run.Stderr = os.Stderr
	out, _ := run.Output() // it fails, as it should
	var said struct {
		Issues []struct {
			FromLinter string
			Text       string
			Pos        struct{ Filename string }
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var caught []string
	for _, issue := range said.Issues {
		if issue.FromLinter != "depguard" {
			t.Errorf("%s: %s", issue.Pos.Filename, issue.Text)
		}
		caught = append(caught, strings.TrimPrefix(issue.Pos.Filename, importers+"/"))
	}
	for _, i := range imports {
		if got := slices.Contains(caught, i.file); got != i.forbidden {
			t.Errorf("the import of %q in %s: caught %v, want %v", i.path, i.file, got, i.forbidden)
		}
	}
}

// importers is where the packages that import are. Those that are imported are
// others, so that no two import each other.
const importers = "importers"

// module writes a module with our configuration in which every package is
// empty but for its imports.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("../../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	write(".golangci.yml", string(config))
	libraries := map[string]string{
		"github.com/godbus/dbus/v5":        "",
		"github.com/coreos/go-systemd/v22": "dbus",
		"github.com/urfave/cli/v2":         "",
	}
	mod := "module ecounit\n\ngo 1.26\n"
	for path, folder := range libraries {
		at := "libraries/" + strings.ReplaceAll(path, "/", "_")
		write(at+"/go.mod", "module "+path+"\n\ngo 1.26\n")
		write(filepath.Join(at, folder, "x.go"), "package x\n")
		mod += fmt.Sprintf("\nrequire %s v%s.0.0\nreplace %s => ./%s\n", path, strings.TrimPrefix(filepath.Base(path), "v"), path, at)
	}
	write("go.mod", mod)
	for _, i := range imports {
		write(filepath.Join(importers, i.file), fmt.Sprintf("package x\n\nimport _ %q\n", i.path))
		if folder, ours := strings.CutPrefix(i.path, "ecounit/"); ours {
			write(filepath.Join(folder, "x.go"), "package x\n")
		}
	}
	return dir
}
