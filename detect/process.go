package detect

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is USER_HZ, in which proc_pid_stat(5) counts; it is 100 on every
// architecture that Go and systemd share.
const clockTick = 100

// startField is where the start time stands behind the name of the process.
const startField = 19

// ProcessStart is when a process began; false when it is gone.
func ProcessStart(pid int) (time.Time, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return time.Time{}, false
	}
	_, rest, _ := bytes.Cut(text[bytes.LastIndexByte(text, ')')+1:], []byte(" "))
	fields := bytes.Fields(rest)
	if len(fields) <= startField {
		return time.Time{}, false
	}
	ticks, err := strconv.ParseInt(string(fields[startField]), 10, 64)
	var now unix.Timespec
	if err != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return time.Time{}, false
	}
	age := time.Duration(now.Nano()) - time.Duration(ticks)*time.Second/clockTick
	return time.Now().Add(-age), true
}
