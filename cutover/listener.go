package cutover

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// listener is a TCP socket that waits for connections, as the kernel lists it
// (proc_net_tcp(5)).
type listener struct {
	address string // in the kernel's hexadecimal form
	port    int
	uid     int
	waiting int // connections that the program has not accepted yet
	inode   string
}

const (
	loopback  = "0100007F" // 127.0.0.1
	listening = "0A"       // TCP_LISTEN
)

// listenersOn lists who listens on a port of this machine.
func listenersOn(port int) []listener {
	var all []listener
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue // IPv6 is switched off
		}
		for line := range strings.Lines(string(text)) {
			if l, ok := parseListener(line); ok && l.port == port {
				all = append(all, l)
			}
		}
	}
	return all
}

func parseListener(line string) (l listener, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 10 || fields[3] != listening {
		return l, false
	}
	address, port, _ := strings.Cut(fields[1], ":")
	_, queue, _ := strings.Cut(fields[4], ":")
	number, err := strconv.ParseUint(port, 16, 16)
	waiting, queueErr := strconv.ParseUint(queue, 16, 32)
	uid, uidErr := strconv.Atoi(fields[7])
	if err != nil || queueErr != nil || uidErr != nil {
		return l, false
	}
	return listener{address: address, port: int(number), uid: uid, waiting: int(waiting), inode: fields[9]}, true
}

// ownPort reports whether whoever listens at an address of this machine is the
// user.
func ownPort(address string, uid int) bool {
	_, text, err := net.SplitHostPort(address)
	port, portErr := strconv.Atoi(text)
	if err != nil || portErr != nil {
		return false
	}
	all := listenersOn(port)
	for _, l := range all {
		if l.uid != uid {
			return false
		}
	}
	return len(all) > 0
}

// IsOpen reports whether others than this machine can reach who listens on a
// port.
func IsOpen(port int) bool {
	return slices.ContainsFunc(listenersOn(port), func(l listener) bool { return l.isOpen() })
}

func (l listener) isOpen() bool { return strings.Trim(l.address, "0") == "" }

// Holders are the processes of a user that have a socket listening on a port.
func Holders(port, uid int) []Process {
	var inodes []string
	for _, l := range listenersOn(port) {
		if l.uid == uid {
			inodes = append(inodes, l.inode)
		}
	}
	return holdersOf(inodes, uid)
}

// SocketHolders are the processes of a user that have the socket of a path.
func SocketHolders(path string, uid int) []Process {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return nil
	}
	var inodes []string
	for line := range strings.Lines(string(text)) {
		if inode, at, ok := parseUnix(line); ok && resolved(at) == resolved(path) {
			inodes = append(inodes, inode)
		}
	}
	return holdersOf(inodes, uid)
}

// parseUnix reads a line of /proc/net/unix (proc_net_unix(5)) about a socket that
// takes connections: it has __SO_ACCEPTCON, and a path.
func parseUnix(line string) (inode, path string, ok bool) {
	fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 7)
	if len(fields) < 7 || fields[3] != "00010000" {
		return "", "", false
	}
	inode, path, ok = strings.Cut(strings.TrimLeft(fields[6], " "), " ")
	return inode, path, ok && filepath.IsAbs(path)
}

func holdersOf(inodes []string, uid int) (holders []Process) {
	if len(inodes) == 0 {
		return nil
	}
	for _, p := range Processes(uid) {
		if slices.ContainsFunc(inodes, func(inode string) bool { _, has := p.descriptor(inode); return has }) {
			holders = append(holders, p)
		}
	}
	return holders
}

// descriptor is the number that a process has for a socket.
func (p Process) descriptor(inode string) (number int, ok bool) {
	folder := fmt.Sprintf("/proc/%d/fd", p.PID)
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(folder, e.Name())); err == nil && to == "socket:["+inode+"]" {
			number, err := strconv.Atoi(e.Name())
			return number, err == nil
		}
	}
	return 0, false
}
