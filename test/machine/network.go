package machine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// DialContext connects to a port of the machine's loopback interface, from
// this process. The network is "tcp", "tcp4" or "tcp6". A loopback address is
// taken as it is; every other host stands for 127.0.0.1, so that the machine
// answers under any name. With "unix" the address is a path inside.
func (m *Machine) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := m.dial(ctx, network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("cannot connect to %s in machine %s: %w", address, m.Name, err)}
	}
	return conn, nil
}

func (m *Machine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	run, err := m.current()
	if err != nil {
		return nil, err
	}
	if network == "unix" {
		return run.dialUnix(ctx, address)
	}
	if !strings.HasPrefix(network, "tcp") {
		return nil, net.UnknownNetworkError(network)
	}
	target, err := loopback(address)
	if err != nil {
		return nil, err
	}
	family := unix.AF_INET6
	var to unix.Sockaddr = &unix.SockaddrInet6{Port: int(target.Port()), Addr: target.Addr().As16()}
	if target.Addr().Is4() {
		family, to = unix.AF_INET, &unix.SockaddrInet4{Port: int(target.Port()), Addr: target.Addr().As4()}
	}
	// Only the socket is made in the machine's network. It connects from here,
	// so that a slow connection holds no thread.
	var fd int
	err = run.inNetwork(func() (err error) {
		fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), address)
	defer file.Close()
	if err := connect(ctx, file, to); err != nil {
		return nil, err
	}
	return net.FileConn(file)
}

// dialUnix connects to a socket file. Links in its path are followed inside.
func (r *running) dialUnix(ctx context.Context, path string) (net.Conn, error) {
	root, err := os.Open(fmt.Sprintf("/proc/%d/root", r.leader))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	fd, err := unix.Openat2(int(root.Fd()), path, &how)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var d net.Dialer
	return d.DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d", fd))
}

// loopback is the address inside that an address of the outside stands for.
func loopback(address string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return netip.AddrPort{}, err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), nil
}

// connect connects a socket that does not block, and waits with the runtime's
// poller until it is connected or the context ends.
func connect(ctx context.Context, socket *os.File, to unix.Sockaddr) error {
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { socket.Close() }) // wakes the poller
	defer stop()
	started, result := false, error(nil)
	err = raw.Write(func(fd uintptr) bool {
		if !started {
			started = true
			result = unix.Connect(int(fd), to)
			return !errors.Is(result, unix.EINPROGRESS)
		}
		code, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		if result = err; err == nil && code != 0 {
			result = syscall.Errno(code)
		}
		return true
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	}
	return result
}

// HTTPClient fetches from servers inside the machine, under whatever name:
// http://127.0.0.1:8000/ and https://eco.example.ac.uk/ both reach it. It
// trusts the machine's own certificate, for [HostName] and localhost. It
// follows redirects and has a pool of connections of its own.
func (m *Machine) HTTPClient() *http.Client {
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(m.snakeoil()); err == nil {
		roots.AppendCertsFromPEM(pem)
	}
	return &http.Client{Transport: &http.Transport{
		DialContext:         m.DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: 256,
	}}
}
