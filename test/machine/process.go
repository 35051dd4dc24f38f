package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a command that was started in a machine.
type Process struct {
	cmd            *exec.Cmd
	cgroup         string
	stdout, stderr capture
	done           chan struct{} // closed when what follows is set
	result         Result
	err            error
}

// Start starts a command and does not wait for it. When the context ends, the
// command is killed, and everything it started that has not left for a service
// or a session of its own.
func (u User) Start(ctx context.Context, argv ...string) (*Process, error) {
	p, err := u.start(ctx, argv)
	if err != nil {
		return nil, fmt.Errorf("cannot start %q as %s: %w", argv, u.name, err)
	}
	return p, nil
}

func (u User) start(ctx context.Context, argv []string) (*Process, error) {
	run, err := u.machine.current()
	if err != nil {
		return nil, err
	}
	who, err := u.machine.account(u.name)
	if err != nil {
		return nil, err
	}
	p := &Process{done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, "nsenter", run.enter(u, who, argv)...)
	p.cmd.Env = u.environment(who)
	p.cmd.Stdin = u.stdin
	p.cmd.Stdout, p.cmd.Stderr = io.Writer(&p.stdout), io.Writer(&p.stderr)
	if u.stdout != nil {
		p.cmd.Stdout = u.stdout
	}
	if u.stderr != nil {
		p.cmd.Stderr = u.stderr
	}
	p.cmd.Cancel = func() error { p.kill(); return nil }
	// A daemon that keeps the output open does not keep the caller waiting.
	p.cmd.WaitDelay = 2 * time.Second

	if p.cgroup, err = os.MkdirTemp(run.commands(), ""); err != nil {
		return nil, err
	}
	group, err := os.Open(p.cgroup)
	if err != nil {
		return nil, err
	}
	defer group.Close()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:      !isTerminal(u.stdin),
		UseCgroupFD: true,
		CgroupFD:    int(group.Fd()),
	}
	if err := run.inProcesses(p.cmd.Start); err != nil {
		_ = os.Remove(p.cgroup)
		return nil, err
	}
	go p.wait(ctx)
	return p, nil
}

// commands is the cgroup that holds those of the commands run from outside.
func (r *running) commands() string { return filepath.Join(r.payload(), "ecounit-exec") }

// enter is the command line of nsenter. Each program in it becomes the next
// one, so that all of it stays one process.
func (r *running) enter(u User, who account, argv []string) []string {
	var args []string
	for _, ns := range [][2]string{{"mount", "mnt"}, {"uts", "uts"}, {"ipc", "ipc"}, {"net", "net"}, {"cgroup", "cgroup"}} {
		args = append(args, fmt.Sprintf("--%s=/proc/%d/ns/%s", ns[0], r.leader, ns[1]))
	}
	dir := who.home
	if u.dir != "" {
		dir = u.dir
	}
	args = append(args, "--", "setpriv", "--reuid", strconv.Itoa(who.uid), "--regid", strconv.Itoa(who.gid), "--init-groups",
		"--", "env", "--chdir="+dir, "--")
	return append(args, argv...)
}

func (p *Process) wait(ctx context.Context) {
	err := p.cmd.Wait()
	_ = syscall.Rmdir(p.cgroup) // stays when the command left something running
	p.result = Result{Stdout: p.stdout.String(), Stderr: p.stderr.String(), Code: exitCode(p.cmd.ProcessState)}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && !p.cmd.ProcessState.Success():
		p.err = ctx.Err()
	case err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay):
		p.err = err
	}
	close(p.done)
}

// Pid is the command's process id as seen from outside the machine.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Signal sends a signal to the command alone.
func (p *Process) Signal(signal os.Signal) error { return p.cmd.Process.Signal(signal) }

// Output is what the command has written to its standard output so far.
func (p *Process) Output() string { return p.stdout.String() }

// Done is closed when the command has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the command to end. Ending with a status other than 0 is no
// error; being ended by the context is.
func (p *Process) Wait() (Result, error) {
	<-p.done
	return p.result, p.err
}

// Stop asks the command to end, kills it and its children when it has not in
// five seconds, and returns what it left. It may be called twice.
func (p *Process) Stop() Result {
	_ = p.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		p.kill()
		<-p.done
	}
	return p.result
}

// kill ends the command and what it started. The walk finds what moved to a
// login session, the cgroup what lost its parent.
func (p *Process) kill() {
	pids := []int{p.Pid()}
	for i := 0; i < len(pids); i++ {
		pids = append(pids, children(pids[i])...)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
	}
	_ = killCgroup(p.cgroup)
}

// capture is a buffer that can be read while it is written.
type capture struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data.Write(p)
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data.String()
}

func isTerminal(r io.Reader) bool {
	file, ok := r.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}
