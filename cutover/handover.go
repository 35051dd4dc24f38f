package cutover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Handover lets a second program listen on the port of a first one, and has
// new connections go to the one or the other. No connection is refused
// meanwhile: a web server in front would take a refused one as a reason to send
// nobody there for a minute (ProxyPass, retry=60).
//
// It is done by the kernel's own means, for sockets of one user (socket(7),
// SO_REUSEPORT and SO_ATTACH_REUSEPORT_CBPF): the socket of the first program is
// borrowed with pidfd_getfd(2), which needs Linux 5.6 and that processes of one
// user may look into each other.
type Handover struct {
	port  int
	inode string
	old   int // our number of the old socket
	ours  int // a socket that makes a group of the old one, and takes nothing
	// isOpen is an old program that listens on every address. A socket on
	// 127.0.0.1 goes before it, so that there is nothing to choose.
	isOpen bool
}

// ErrNoHandover is a port that cannot be handed over: the old program has to
// end before the new one can have it.
var ErrNoHandover = errors.New("the port cannot be handed over")

// NewHandover borrows the socket that a user's program has. From then on others
// of the user, with SO_REUSEPORT, can listen on 127.0.0.1 beside it. Where it is
// on that address itself, all connections go to it until ToNew.
func NewHandover(port, uid int) (*Handover, error) {
	all := listenersOn(port)
	if len(all) != 1 || all[0].uid != uid || all[0].address != loopback && strings.Trim(all[0].address, "0") != "" {
		return nil, fmt.Errorf("%w: it is not one socket of yours", ErrNoHandover)
	}
	h := &Handover{port: port, inode: all[0].inode, old: -1, ours: -1, isOpen: all[0].address != loopback}
	err := h.borrow(uid)
	if err == nil && !h.isOpen {
		err = h.join()
	}
	if err != nil {
		h.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoHandover, err)
	}
	return h, nil
}

func (h *Handover) borrow(uid int) error {
	problem := errors.New("no process of yours has it")
	for _, p := range Processes(uid) {
		number, ok := p.descriptor(h.inode)
		if !ok {
			continue
		}
		pidfd, err := unix.PidfdOpen(p.PID, 0)
		if err == nil {
			h.old, err = unix.PidfdGetfd(pidfd, number, 0)
			unix.Close(pidfd)
		}
		if err == nil {
			return unix.SetsockoptInt(h.old, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}
		h.old, problem = -1, err
	}
	return problem
}

// join makes a group of the old socket. Only a group can be told which of its
// sockets gets a connection, and it has to be told before the new one is in it.
func (h *Handover) join() (err error) {
	h.ours, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		h.ours = -1
		return err
	}
	return errors.Join(
		unix.SetsockoptInt(h.ours, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
		unix.SetsockoptInt(h.ours, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		unix.Bind(h.ours, &unix.SockaddrInet4{Port: h.port, Addr: [4]byte{127, 0, 0, 1}}),
		unix.Listen(h.ours, 1),
		h.choose(oldSocket),
	)
}

// The sockets of the group, in the order in which they began to listen.
const (
	oldSocket = 0
	newSocket = 2 // ours is between them
)

// choose has all connections go to one socket of the group.
func (h *Handover) choose(number uint32) error {
	return h.attach(unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: number})
}

// tryFrom has connections from one port go to the new program, and all others
// to the old one.
func (h *Handover) tryFrom(port int) error {
	const (
		network    = 0xfff00000 // SKF_NET_OFF: from the IP header on
		sourcePort = 20         // behind an IP header without options, as the loopback has them
	)
	return h.attach(
		unix.SockFilter{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: network + sourcePort},
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: uint32(port)},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: newSocket},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: oldSocket},
	)
}

func (h *Handover) attach(program ...unix.SockFilter) error {
	if h.isOpen {
		return nil
	}
	text := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	//nolint:gosec // the kernel takes a pointer, and x/sys has no call of its own for this option
	_, _, problem := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(h.old), unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF,
		uintptr(unsafe.Pointer(&text)), unsafe.Sizeof(text), 0)
	if problem != 0 {
		return os.NewSyscallError("setsockopt", problem)
	}
	return nil
}

// Dial connects to the new program, while everybody else gets to the old one.
// Only one connection can be made at a time.
func (h *Handover) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) {
			var port int
			if port, failed = bound(int(fd)); failed == nil {
				failed = h.tryFrom(port)
			}
		})
		return errors.Join(err, failed)
	}}
	return dialer.DialContext(ctx, network, address)
}

// bound gives a socket a port of its own before it connects.
func bound(fd int) (port int, err error) {
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return 0, err
	}
	return name.(*unix.SockaddrInet4).Port, nil
}

// ToNew has all connections go to the new program.
func (h *Handover) ToNew() error { return h.choose(newSocket) }

// ToOld has them go to the old program again.
func (h *Handover) ToOld() error { return h.choose(oldSocket) }

// drainTime bounds how long a program may take to accept what waits.
const drainTime = 10 * time.Second

// Settle makes the way to the new program the only one: it waits until the old
// one has accepted every connection that is its own, and leaves the group.
func (h *Handover) Settle(ctx context.Context) error {
	defer h.Close()
	empty := 0
	err := until(ctx, drainTime, "the old program does not accept what waits for it", func() bool {
		if h.waiting() > 0 {
			empty = 0
			return false
		}
		empty++
		return empty > 3 // a connection may be on its way
	})
	// The last socket of a group takes the place of one that leaves it.
	if !h.isOpen {
		unix.Close(h.ours)
		h.ours = -1
	}
	return errors.Join(err, h.choose(1))
}

func (h *Handover) waiting() int {
	for _, l := range listenersOn(h.port) {
		if l.inode == h.inode {
			return l.waiting
		}
	}
	return 0
}

// Close gives back what was borrowed.
func (h *Handover) Close() {
	for _, number := range []*int{&h.ours, &h.old} {
		if *number >= 0 {
			unix.Close(*number)
			*number = -1
		}
	}
}
