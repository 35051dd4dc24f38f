package cutover

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
