package cutover

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// handle sends signals to one process. Between a look at a process and a signal
// to its number, somebody else may have got the number; what pidfd_open(2) gives
// stays with the process.
type handle struct {
	pid int
	fd  int // -1 where the kernel is older than 5.3
}

// open returns a handle of the process, or none when it has ended.
func (p Process) open() (h handle, runs bool) {
	h = handle{pid: p.PID, fd: -1}
	if fd, err := unix.PidfdOpen(p.PID, 0); err == nil {
		h.fd = fd
	}
	// Only now: it is certain from here on which of the two it is of.
	if !p.Runs() {
		h.close()
		return handle{}, false
	}
	return h, true
}

// signal sends a signal. To a process that has ended there is nothing to send.
func (h handle) signal(signal syscall.Signal) error {
	var err error
	if h.fd >= 0 {
		err = unix.PidfdSendSignal(h.fd, signal, nil, 0)
	} else {
		err = syscall.Kill(h.pid, signal)
	}
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

func (h handle) close() {
	if h.fd >= 0 {
		unix.Close(h.fd)
	}
}
