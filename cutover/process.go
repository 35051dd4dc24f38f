package cutover

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a program that runs, with all that it takes to start it again.
type Process struct {
	PID         int      `json:"pid"`
	Began       string   `json:"began"` // of /proc/PID/stat: a PID alone may be somebody else's by now
	Parent      int      `json:"-"`
	Argv        []string `json:"argv"`
	Directory   string   `json:"directory"`
	Environment []string `json:"environment"`
}

// Processes lists what a user runs. Processes that end meanwhile are left out.
func Processes(uid int) []Process {
	entries, _ := os.ReadDir("/proc")
	var all []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if p, ok := ProcessAt(pid, uid); ok {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Process) int { return cmp.Compare(a.PID, b.PID) })
	return all
}

// ProcessAt is the user's process of a number; false when there is none.
func ProcessAt(pid, uid int) (Process, bool) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	info, err := os.Stat(folder)
	if err != nil || int(info.Sys().(*syscall.Stat_t).Uid) != uid {
		return Process{}, false
	}
	p := Process{PID: pid}
	state := ""
	state, p.Parent, p.Began = stat(pid)
	command, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
	environment, _ := os.ReadFile(filepath.Join(folder, "environ"))
	p.Argv, p.Environment = split(command), split(environment)
	p.Directory, err = os.Readlink(filepath.Join(folder, "cwd"))
	return p, err == nil && len(p.Argv) > 0 && state != "Z"
}

// split takes apart what the kernel separates by NUL.
func split(text []byte) []string {
	text = bytes.TrimSuffix(text, []byte{0})
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\x00")
}

// stat reads what proc_pid_stat(5) says behind the name, which may hold anything.
func stat(pid int) (state string, parent int, began string) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return "", 0, ""
	}
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent, fields[19]
}

// Runs reports whether it is still the same process, and no zombie.
func (p Process) Runs() bool {
	state, _, began := stat(p.PID)
	return began != "" && began == p.Began && state != "Z"
}

// Variable is a variable of the process.
func (p Process) Variable(name string) string {
	for _, v := range p.Environment {
		if value, found := strings.CutPrefix(v, name+"="); found {
			return value
		}
	}
	return ""
}

const (
	lookAgain = 20 * time.Millisecond
	// killed is how long a process may take to be gone after SIGKILL.
	killed = 5 * time.Second
)

// Terminate asks a process to end, and forces it when it does not in time.
func (p Process) Terminate(ctx context.Context, patience time.Duration) error {
	h, runs := p.open()
	if !runs {
		return nil
	}
	defer h.close()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := h.signal(signal); err != nil {
			return fmt.Errorf("cannot stop process %d: %w", p.PID, err)
		}
		if err := p.waitGone(ctx, patience); err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		patience = killed
	}
	return fmt.Errorf("cannot stop process %d: it does not end", p.PID)
}

// waitGone waits until the process has ended.
func (p Process) waitGone(ctx context.Context, patience time.Duration) error {
	return until(ctx, patience, fmt.Sprintf("process %d does not end", p.PID), func() bool { return !p.Runs() })
}

// until waits for something; problem is what to say when it does not happen.
func until(ctx context.Context, patience time.Duration, problem string, happened func() bool) error {
	deadline := time.Now().Add(patience)
	for !happened() {
		if time.Now().After(deadline) {
			return errors.New(problem)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookAgain):
		}
	}
	return nil
}

// Launch starts the process again as it was started: the same words, folder
// and variables, in a session of its own. It goes on when ecounit ends.
func (p Process) Launch() (*exec.Cmd, error) {
	path, err := p.program()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{
		Path: path, Args: p.Argv, Dir: p.Directory, Env: p.Environment,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", p.Argv[0], err)
	}
	return cmd, nil
}

// fails is how long a program may take to find out that it cannot start.
const fails = 500 * time.Millisecond

// Resume starts the process again, and looks whether it ends at once with an
// error. One that goes into the background ends without.
func (p Process) Resume(ctx context.Context) error {
	command, err := p.Launch()
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }() // until ecounit ends it is a child, and no zombie
	select {
	case err = <-ended:
	case <-ctx.Done():
	case <-time.After(fails):
	}
	if err != nil {
		return fmt.Errorf("cannot start %s again: it ends: %w", p.Argv[0], err)
	}
	return nil
}

// CanLaunch says why Launch would find no program: some have changed what the
// kernel says of their words.
func (p Process) CanLaunch() error {
	_, err := p.program()
	return err
}

// program finds the file, as the shell that started it did.
func (p Process) program() (string, error) {
	name := p.Argv[0]
	folders := []string{p.Directory}
	switch {
	case filepath.IsAbs(name):
		folders = []string{""}
	case !strings.ContainsRune(name, '/'):
		folders = filepath.SplitList(p.Variable("PATH"))
	}
	for _, folder := range folders {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("cannot start %s: it is not to be found any more", name)
}
