package cutover

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
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

// Holders are the processes of a user that have a socket listening on a port.
func Holders(port, uid int) []Process {
	inodes := map[string]bool{}
	for _, l := range listenersOn(port) {
		if l.uid == uid {
			inodes[l.inode] = true
		}
	}
	var holders []Process
	for _, p := range Processes(uid) {
		for inode := range inodes {
			if _, ok := p.descriptor(inode); ok {
				holders = append(holders, p)
				break
			}
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

// Leaders are the processes of which no other one is the parent: of a server,
// the one that started the workers.
func Leaders(processes []Process) []Process {
	var leaders []Process
	for _, p := range processes {
		isChild := false
		for _, other := range processes {
			isChild = isChild || other.PID == p.Parent
		}
		if !isChild {
			leaders = append(leaders, p)
		}
	}
	return leaders
}

// Below reports whether a process is another one or descends from it.
func Below(p Process, pid int, all []Process) bool {
	for range len(all) + 1 {
		if p.PID == pid {
			return true
		}
		parent := -1
		for i, other := range all {
			if other.PID == p.Parent {
				parent = i
			}
		}
		if parent < 0 {
			return p.Parent == pid
		}
		p = all[parent]
	}
	return false
}
