package cutover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

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
//
// Both sockets keep the option for as long as they listen. Nobody else gains by
// that: sockets share a port only where all were bound by one effective user
// (socket(7), SO_REUSEPORT). The filter stays, too. On an old socket that is alone
// again it chooses that one; on a new one that is alone it chooses none, and the
// kernel takes the one that is there.
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
	h, err := borrowed(port, uid)
	if err == nil {
		err = unix.SetsockoptInt(h.old, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}
	if err == nil && !h.isOpen {
		err = h.join()
	}
	if err != nil {
		h.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoHandover, err)
	}
	return h, nil
}

// CanHandOver finds out whether NewHandover would work. It changes nothing.
func CanHandOver(port, uid int) error {
	h, err := borrowed(port, uid)
	h.Close()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoHandover, err)
	}
	return nil
}

// borrowed has the old socket, or is to be closed all the same.
func borrowed(port, uid int) (*Handover, error) {
	h := &Handover{port: port, old: -1, ours: -1}
	all := listenersOn(port)
	if len(all) != 1 || all[0].uid != uid || all[0].address != loopback && !all[0].isOpen() {
		return h, errors.New("it is not one socket of yours")
	}
	h.inode, h.isOpen = all[0].inode, all[0].isOpen()
	return h, h.borrow(uid)
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
			return nil
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
