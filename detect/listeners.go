package detect

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listener is a TCP socket that waits for connections.
type listener struct {
	address netip.Addr
	port    int
	uid     int
}

const (
	maxSocketTable = 64 << 20 // 400,000 sockets
	stateListen    = "0A"     // TCP_LISTEN in /proc/net/tcp (proc_net_tcp(5))
)

// listeners reads the kernel's socket tables. The kernel shows every user's
// sockets there, with their owners.
func (m Machine) listeners() ([]listener, error) {
	var all []listener
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := m.socketTable(table)
		if err != nil {
			if table == "/proc/net/tcp6" {
				continue // IPv6 is switched off
			}
			return nil, fmt.Errorf("cannot find out which ports are in use: %s: %s", table, m.reason(table, err))
		}
		for line := range strings.Lines(string(text)) {
			if l, ok := parseSocket(line); ok {
				all = append(all, l)
			}
		}
	}
	slices.SortFunc(all, func(a, b listener) int {
		return cmp.Or(cmp.Compare(a.port, b.port), cmp.Compare(a.rank(), b.rank()), a.address.Compare(b.address), cmp.Compare(a.uid, b.uid))
	})
	return all, nil
}

// socketTable is read to its end, however long that takes: with many thousands
// of connections the kernel needs more than a file of the user's may.
func (m Machine) socketTable(path string) ([]byte, error) {
	file, _, err := openRegular(m.real(path))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	_ = file.SetReadDeadline(time.Time{})
	return io.ReadAll(io.LimitReader(file, maxSocketTable))
}

// rank puts first what answers on 127.0.0.1.
func (l listener) rank() int {
	switch {
	case l.address == netip.AddrFrom4([4]byte{127, 0, 0, 1}):
		return 0
	case l.address.IsUnspecified():
		return 1
	}
	return 2
}

// onLoopback reports whether the listener takes 127.0.0.1 from others.
func (l listener) onLoopback() bool { return l.rank() < 2 }

// parseSocket reads a line such as
//
//	0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 …
func parseSocket(line string) (listener, bool) {
	fields := strings.Fields(line)
	if len(fields) < 8 || fields[3] != stateListen {
		return listener{}, false
	}
	host, port, _ := strings.Cut(fields[1], ":")
	address, ok := parseAddress(host)
	number, err := strconv.ParseUint(port, 16, 16)
	uid, uidErr := strconv.ParseUint(fields[7], 10, 32)
	if !ok || err != nil || uidErr != nil {
		return listener{}, false
	}
	return listener{address: address, port: int(number), uid: int(uid)}, true
}

// parseAddress reads an address as the kernel prints it: words of 32 bits in
// the machine's own byte order.
func parseAddress(text string) (netip.Addr, bool) {
	var raw []byte
	for len(text) >= 8 {
		word, err := strconv.ParseUint(text[:8], 16, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
		text = text[8:]
	}
	address, ok := netip.AddrFromSlice(raw)
	return address.Unmap(), ok && text == ""
}

// Listener tells who listens on a TCP port, and at which address. Of several
// it is the one that answers on 127.0.0.1.
func (m Machine) Listener(port int) (uid int, address string, ok bool, err error) {
	all, err := m.listeners()
	if err != nil {
		return 0, "", false, err
	}
	i := slices.IndexFunc(all, func(l listener) bool { return l.port == port })
	if i < 0 {
		return 0, "", false, nil
	}
	return all[i].uid, all[i].address.String(), true, nil
}
