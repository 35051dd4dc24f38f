package inside

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Process is one that runs in the machine.
type Process struct {
	PID     int
	Program string // its file; for a script the interpreter's
	Command string // the words it was started with
	RSS     int64  // resident memory, in bytes
}

// Processes lists everything that runs, except the kernel's own and this one.
func Processes(_ context.Context, _ struct{}) ([]Process, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var all []Process
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() {
			continue
		}
		program, err := os.Readlink(dir + "/exe")
		if err != nil {
			continue // ended meanwhile
		}
		words, _ := os.ReadFile(dir + "/cmdline")
		p := Process{PID: pid, Program: program, Command: strings.TrimSpace(strings.ReplaceAll(string(words), "\x00", " "))}
		if p.RSS, err = resident(dir); err != nil {
			continue
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no process is seen at all")
	}
	return all, nil
}

func resident(dir string) (int64, error) {
	text, err := os.ReadFile(dir + "/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("%s/statm is %q", dir, text)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
