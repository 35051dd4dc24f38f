package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/plan"
	"ecounit/report"
	"ecounit/units"
)

// verify has systemd itself read the units when the user passed settings
// through, or times: only systemd knows all of its keys, and its own language
// for times. It costs a tenth of a second, so units made of our own keys alone
// are not asked about.
func (c *command) verify(ctx context.Context, l *loaded) error {
	if l.report.HasErrors() || len(l.units) == 0 || !passesThrough(l.plan.Extra) && !hasCalendars(l.descriptor) {
		return nil
	}
	dir, err := os.MkdirTemp("", "ecounit-verify-")
	if err != nil {
		return fmt.Errorf("cannot check [systemd]: %w", err)
	}
	defer os.RemoveAll(dir)
	output, err := analyze(ctx, dir, l.units)
	if errors.Is(err, exec.ErrNotFound) {
		return nil // nothing to check with; systemd itself will warn in its journal
	}
	if err != nil {
		return fmt.Errorf("cannot check [systemd]: %w", err)
	}
	var seen []string
	for _, about := range complaints(output, dir) {
		key := l.keyOf(about)
		message, hint := fmt.Sprintf("systemd does not accept `%s`: %s", key, about.text), "man systemd.exec, man systemd.service"
		if strings.HasSuffix(about.unit, ".timer") {
			hint = "write five fields as in a crontab, or see man systemd.time; systemd-analyze calendar '…' tries an expression"
		}
		if !slices.Contains(seen, message) { // it is in the unit of each process
			seen = append(seen, message)
			l.report.Add(l.descriptor.Entry(report.Error, key, message, hint))
		}
	}
	return nil
}

func passesThrough(e plan.Extra) bool {
	return len(e.Unit)+len(e.Service)+len(e.Socket)+len(e.Slice) > 0
}

// hasCalendars: cron's language was checked already.
func hasCalendars(d *descriptor.Descriptor) bool {
	for _, j := range d.Job {
		if !j.Schedule.IsCron() {
			return true
		}
	}
	return false
}

// analyzeTime is a hundred times what it takes.
const analyzeTime = 20 * time.Second

// analyze returns what systemd-analyze says of the units. It exits 0 for
// unknown keys (facts: systemd.md 2), so the exit status says nothing.
func analyze(ctx context.Context, dir string, files []units.File) ([]byte, error) {
	args := []string{"--user", "--man=no", "verify"}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Content, 0o600); err != nil {
			return nil, err
		}
		// A template is checked as one of its instances.
		args = append(args, strings.Replace(path, "@.", "@1.", 1))
	}
	limited, cancel := context.WithTimeout(ctx, analyzeTime)
	defer cancel()
	command := exec.CommandContext(limited, "systemd-analyze", args...)
	command.WaitDelay = time.Second // for what it may have started
	command.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "SYSTEMD_UNIT_PATH="+dir+":",
		"SYSTEMD_LOG_LEVEL=notice", "SYSTEMD_LOG_TARGET=console", "SYSTEMD_LOG_COLOR=0", "SYSTEMD_LOG_LOCATION=0", "SYSTEMD_LOG_TIME=0")
	output, err := command.CombinedOutput()
	switch exited := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, fmt.Errorf("systemd-analyze did not end within %s", analyzeTime)
	case errors.As(err, &exited), errors.Is(err, exec.ErrWaitDelay):
		return output, nil
	}
	return output, err
}

// complaint is what systemd says about one line of a unit.
type complaint struct {
	unit string
	line int
	text string
}

var complaintPlace = lazy.Regexp(`^([^/\s]+):(\d+): (.*)$`)

// complaints are the lines about our own files; other units of the machine may
// have faults of their own.
func complaints(output []byte, dir string) []complaint {
	var all []complaint
	for line := range bytes.Lines(output) {
		rest, ours := strings.CutPrefix(strings.TrimSpace(string(line)), dir+"/")
		if m := complaintPlace().FindStringSubmatch(rest); ours && m != nil {
			number, _ := strconv.Atoi(m[2])
			text := strings.TrimSuffix(strings.Replace(m[3], ", ignoring", "", 1), ".")
			all = append(all, complaint{m[1], number, text})
		}
	}
	return all
}

// keyOf finds the key of the descriptor that a complaint is about.
func (l *loaded) keyOf(about complaint) string {
	for _, j := range l.plan.Jobs {
		if l.plan.Timer(j) == about.unit {
			return "job." + j.Name + ".schedule"
		}
	}
	for _, f := range l.units {
		if f.Name == about.unit {
			if key := "systemd." + keyAt(f.Content, about.line); l.descriptor.Has(key) {
				return key
			}
		}
	}
	return "systemd"
}

// keyAt is the section and the key at a line of a unit, as service.Nice.
func keyAt(content []byte, line int) string {
	section := ""
	for text := range strings.Lines(string(content)) {
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "[") {
			section = strings.ToLower(strings.Trim(text, "[]"))
		}
		if line--; line == 0 {
			key, _, _ := strings.Cut(text, "=")
			return section + "." + key
		}
	}
	return section
}
