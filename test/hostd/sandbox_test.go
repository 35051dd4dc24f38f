//go:build machine

package hostd

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// maxExposure is what systemd-analyze may say of the service (0 is a closed
// box, 10 none at all).
const maxExposure = 1.0

var exposure = regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`)

func TestSandbox(t *testing.T) {
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := boot(t, suite)
			said := h.root("systemd-analyze --no-pager security ecounit-hostd.service")
			m := exposure.FindStringSubmatch(said)
			if m == nil {
				t.Fatalf("no level in\n%s", said)
			}
			t.Logf("measured: exposure %s on systemd %d", m[1], suite.SystemdVersion())
			if level, err := strconv.ParseFloat(m[1], 64); err != nil || level > maxExposure {
				t.Errorf("the exposure is %s:\n%s", m[1], said)
			}
			h.noWarnings()
		})
	}
}

// noWarnings: the manager understands every line of every unit.
func (h host) noWarnings() {
	h.Helper()
	r, err := h.Exec(h.T.Context(), "sh", "-c", "systemd-analyze verify --man=no $(ls /usr/lib/systemd/system/ecounit-* | sed 's/@/@1/') 2>&1")
	if err != nil {
		h.Fatal(err)
	}
	for line := range strings.Lines(r.Stdout) {
		if strings.Contains(line, "ecounit") {
			h.Errorf("systemd says: %s", line)
		}
	}
}
