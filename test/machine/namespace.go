package machine

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inNamespace runs f on a thread that has entered a namespace of the machine,
// and brings the thread back. A thread that cannot come back is ended, so that
// nothing else ever runs on it.
func inNamespace(path, own string, kind int, f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // a goroutine that ends locked ends its thread
		back, err := os.Open(own)
		if err != nil {
			result <- err
			return
		}
		defer back.Close()
		there, err := os.Open(path)
		if err != nil {
			result <- err
			return
		}
		defer there.Close()
		if err := unix.Setns(int(there.Fd()), kind); err != nil {
			result <- fmt.Errorf("cannot enter %s: %w", path, err)
			return
		}
		err = f()
		if unix.Setns(int(back.Fd()), kind) == nil {
			runtime.UnlockOSThread()
		}
		result <- err
	}()
	return <-result
}

// inNetwork runs f, which opens sockets, in the network of the machine: a
// socket belongs for good to the namespace it was opened in.
func (r *running) inNetwork(f func() error) error {
	return inNamespace(fmt.Sprintf("/proc/%d/ns/net", r.leader), "/proc/thread-self/ns/net", unix.CLONE_NEWNET, f)
}

// inProcesses runs f, which starts a process, so that the process is born in
// the machine's process namespace. Its parent is still this process, which
// sees it under the outer process id.
func (r *running) inProcesses(f func() error) error {
	return inNamespace(fmt.Sprintf("/proc/%d/ns/pid", r.leader), "/proc/thread-self/ns/pid_for_children", unix.CLONE_NEWPID, f)
}
