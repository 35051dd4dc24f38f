package cutover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// IsManaged reports whether the user's systemd or a container runs a process, or
// it is systemd itself, which holds the sockets of its units. A scope is not
// systemd's doing but that of a terminal.
func (p Process) IsManaged() bool {
	return filepath.Base(p.Argv[0]) == "systemd" || p.Unit() != "" || p.isElsewhere()
}

// Unit is the unit of the user's systemd that runs a process, or "". What was
// started from a shell or by cron is in none of them.
func (p Process) Unit() string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", p.PID))
	if err != nil {
		return ""
	}
	return unitOf(string(text))
}

// unitOf reads cgroup(7): 0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service
func unitOf(text string) string {
	for line := range strings.Lines(text) {
		_, below, isUsers := strings.Cut(strings.TrimSpace(line), "/user@")
		_, below, isInside := strings.Cut(below, ".service/")
		unit := below[strings.LastIndexByte(below, '/')+1:]
		if isUsers && isInside && strings.HasSuffix(unit, ".service") {
			return unit
		}
	}
	return ""
}
