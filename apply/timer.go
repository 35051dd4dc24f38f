package apply

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"ecounit/units"
)

// forgetRuns renews the stamps of timers that changed, came or went away. By an
// old stamp, systemd would run a job at once that has a new schedule, or that
// comes back after months: it would take it for missed.
func (p Places) forgetRuns(files []FileChange) {
	for _, f := range files {
		timer := filepath.Base(f.Path)
		if !strings.HasSuffix(timer, ".timer") {
			continue
		}
		stamp := p.timerStamp(timer)
		_ = os.Remove(stamp) // most have none
		if units.Persistent(f.After) {
			stampUnused(stamp)
		}
	}
}

// stampUnused makes the stamp of a timer that has not come yet, on the full
// second: systemd would make one of its own, which looks like a run. Where that
// fails, all else still works.
func stampUnused(path string) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return
	}
	now := time.Now().Truncate(time.Second)
	_ = file.Close()
	_ = os.Chtimes(path, now, now)
}

// Unused reports whether the time at which a timer last came is no run: that
// of a stamp of ours. Systemd's have microseconds.
func Unused(last time.Time) bool { return last.Nanosecond() == 0 }
