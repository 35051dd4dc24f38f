package machine

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// running is one run of a machine's system, from a boot to its end.
type running struct {
	nspawn int // process id
	leader int // process id of the system's process 1, 0 while it cannot be used
	cgroup string
	exited chan struct{} // closed when nspawn has ended
}

// payload is the cgroup that the system takes for the top one; the name is
// nspawn's.
func (r *running) payload() string { return filepath.Join(r.cgroup, "payload") }

func (r *running) ended() bool {
	select {
	case <-r.exited:
		return true
	default:
		return false
	}
}

// mountAndRun mounts the overlay and becomes systemd-nspawn, in a mount
// namespace of its own: the host never sees the mount, and it goes away with
// the last process of the machine.
const mountAndRun = `mount -t overlay -o "$1" overlay "$2" && shift 2 && exec "$@"`

// spawn starts the system. It is killed when this process ends.
func (m *Machine) spawn() (*running, error) {
	cgroup, err := makeCgroup(m.Name)
	if err != nil {
		return nil, err
	}
	group, err := os.Open(cgroup)
	if err != nil {
		return nil, err
	}
	defer group.Close()
	console, err := os.OpenFile(m.state.console(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer console.Close()

	// A work directory that a volatile overlay has used cannot be used again.
	if err := errors.Join(os.RemoveAll(m.state.work()), os.Mkdir(m.state.work(), 0o755)); err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", mountAndRun, "sh", m.overlay(), m.state.root()}, m.nspawnArgs()...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1")
	cmd.Stdout, cmd.Stderr = console, console
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:       true, // an interrupt typed at a test is not for the machine
		Unshareflags: syscall.CLONE_NEWNS,
		UseCgroupFD:  true,
		CgroupFD:     int(group.Fd()),
		Pdeathsig:    syscall.SIGTERM, // nspawn passes it on as --kill-signal; killed itself, it would not
	}
	run := &running{cgroup: cgroup, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The death signal comes when the thread that started nspawn ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // a killed or rebooted nspawn is no error here
			close(run.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	run.nspawn = cmd.Process.Pid
	return run, nil
}

// overlay is the mount options of the machine's root.
func (m *Machine) overlay() string {
	lower := strings.Join(append(slices.Clone(m.options.Layers), m.root), ":")
	options := fmt.Sprintf("index=off,lowerdir=%s,upperdir=%s,workdir=%s", lower, m.state.upper(), m.state.work())
	if !m.options.Durable {
		options += ",volatile"
	}
	return options
}

func (m *Machine) nspawnArgs() []string {
	args := []string{
		"systemd-nspawn", "--quiet", "--boot", "--directory=" + m.state.root(), "--machine=" + m.Name,
		"--hostname=" + strings.SplitN(HostName, ".", 2)[0],
		"--register=no", "--keep-unit", "--private-network", "--kill-signal=SIGKILL",
		"--rlimit=NOFILE=1024:524288", // what systemd gives on real hardware
		"--link-journal=no", "--resolv-conf=off", "--timezone=off", "--settings=no",
	}
	for _, host := range slices.Sorted(maps.Keys(m.options.BindRO)) {
		args = append(args, "--bind-ro="+quoteBind(host)+":"+quoteBind(m.options.BindRO[host]))
	}
	return args
}

func quoteBind(path string) string {
	return strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(path)
}

// findLeader looks for the child of nspawn that is process 1 in a process
// namespace of its own. It returns 0 when there is none yet.
func findLeader(nspawn int) int {
	for _, child := range children(nspawn) {
		ids := strings.Fields(procField(child, "status", "NSpid:"))
		if len(ids) > 1 && ids[len(ids)-1] == "1" {
			return child
		}
	}
	return 0
}

// children are the processes that a process is the parent of.
func children(pid int) []int {
	var found []int
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	for _, task := range tasks {
		list, err := os.ReadFile(task)
		if err != nil {
			continue // ended meanwhile
		}
		for _, word := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(word); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// procField is the rest of the line of /proc/PID/FILE that starts with a word.
func procField(pid int, file, word string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}
