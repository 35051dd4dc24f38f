package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"ecounit/plan"
	"ecounit/report"
)

// verify has systemd itself read the units when the user passed settings
// through: only systemd knows all of its keys. It costs a tenth of a second,
// so units made of our own keys alone are not asked about.
func (c *command) verify(ctx context.Context, l *loaded) error {
	if l.report.HasErrors() || l.plan == nil || !passesThrough(l.plan.Extra) {
		return nil
	}
	dir, err := os.MkdirTemp("", "ecounit-verify-")
	if err != nil {
		return fmt.Errorf("cannot check [systemd]: %w", err)
	}
	defer os.RemoveAll(dir)
	args := []string{"--user", "--man=no", "verify"}
	for _, f := range l.units {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			return fmt.Errorf("cannot check [systemd]: %w", err)
		}
		// A template is checked as one of its instances.
		args = append(args, strings.Replace(path, "@.", "@1.", 1))
	}
	command := exec.CommandContext(ctx, "systemd-analyze", args...)
	command.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "SYSTEMD_UNIT_PATH="+dir+":")
	output, err := command.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return nil // nothing to check with; systemd itself will warn in its journal
	}
	// It exits 0 for unknown keys: any complaint counts (facts: systemd.md 2).
	for _, complaint := range complaints(output, dir) {
		l.report.Add(report.Entry{
			Severity: report.Error, File: l.shown, Key: "systemd",
			Message: "systemd does not accept " + complaint, Hint: "man systemd.exec, man systemd.service",
		})
	}
	return nil
}

func passesThrough(e plan.Extra) bool {
	return len(e.Unit)+len(e.Service)+len(e.Socket)+len(e.Slice) > 0
}

var complaintPlace = regexp.MustCompile(`^(\S+?):\d+: (.*)$`)

// complaints are the lines about our own files; other units of the machine may
// have faults of their own.
func complaints(output []byte, dir string) []string {
	var all []string
	for line := range bytes.Lines(output) {
		text := strings.TrimSpace(string(line))
		rest, ours := strings.CutPrefix(text, dir+"/")
		m := complaintPlace.FindStringSubmatch(rest)
		if ours && m != nil {
			all = append(all, m[1]+": "+m[2])
		}
	}
	return all
}
