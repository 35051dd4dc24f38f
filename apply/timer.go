package apply

import (
	"os"
	"path/filepath"
	"strings"
)

// forgetRuns removes the stamps of timers that changed, came or went away. By an
// old stamp, systemd would run a job at once that has a new schedule, or that
// comes back after months: it would take it for missed.
func (p Places) forgetRuns(files []FileChange) {
	for _, f := range files {
		if timer := filepath.Base(f.Path); strings.HasSuffix(timer, ".timer") {
			_ = os.Remove(p.TimerStamp(timer)) // most have none
		}
	}
}
