package cutover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sys/unix"
)

// Server is where a supervisord takes orders: [unix_http_server] or
// [inet_http_server].
type Server struct {
	Network  string `json:"network"` // unix or tcp
	Address  string `json:"address"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
}

// Control gives orders to a supervisord that runs. supervisorctl(1) speaks the
// same language; it is not run, because it needs sections of its own in the
// file, and takes longer to start than an app may be down.
type Control struct {
	server Server
	uid    int
}

// Program is a process of supervisord's. Its name is GROUP:PROCESS.
type Program struct {
	Name   string `json:"name"`
	PID    int    `json:"pid"` // 0 when it does not run
	Runs   bool   `json:"runs"`
	Starts bool   `json:"starts"` // it is being started, or tried again
	State  string `json:"state"`
}

// errNoControl is a supervisord that takes no orders.
var errNoControl = errors.New("it takes no orders: its file has no [unix_http_server] or [inet_http_server] that answers")

// Connect finds a way to give orders to the supervisord with the number pid.
// Another one that answers there is none, and neither is anything of another
// user's, which would get the password.
func Connect(ctx context.Context, servers []Server, uid, pid int) (*Control, error) {
	problem := errNoControl
	for _, server := range servers {
		c := &Control{server, uid}
		v, err := c.call(ctx, answersWithin, "supervisor.getPID")
		switch {
		case err != nil:
			problem = fmt.Errorf("cannot give orders to supervisord at %s: %w", server.Address, err)
		case v.number() != pid:
			problem = fmt.Errorf("cannot give orders to supervisord at %s: another one answers there, process %d", server.Address, v.number())
		default:
			return c, nil
		}
	}
	return nil, problem
}

const (
	answersWithin = 5 * time.Second
	// stopsWithin is longer than any sensible stopwaitsecs.
	stopsWithin = 2 * time.Minute
)

func (c *Control) call(ctx context.Context, patience time.Duration, method string, arguments ...any) (value, error) {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: c.dial}
	return call(ctx, &http.Client{Transport: transport, Timeout: patience}, c.server, method, arguments...)
}

func (c *Control) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if c.server.Network == "tcp" && !ownPort(c.server.Address, c.uid) {
		return nil, errors.New("nothing of yours listens there")
	}
	var d net.Dialer
	connection, err := d.DialContext(ctx, c.server.Network, c.server.Address)
	if err != nil {
		return nil, plain(err)
	}
	if peer, isUnix := connection.(*net.UnixConn); isUnix {
		if uid, err := peerOf(peer); err != nil || uid != c.uid {
			connection.Close()
			return nil, errors.New("another user listens there")
		}
	}
	return connection, nil
}

func peerOf(connection *net.UnixConn) (uid int, err error) {
	raw, err := connection.SyscallConn()
	if err != nil {
		return 0, err
	}
	var credentials *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		credentials, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err = errors.Join(err, failed); err != nil {
		return 0, err
	}
	return int(credentials.Uid), nil
}

// plain leaves out what the sentence around it says.
func plain(err error) error {
	if inner := (*net.OpError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// Programs lists all processes, in supervisord's order.
func (c *Control) Programs(ctx context.Context) ([]Program, error) {
	v, err := c.call(ctx, answersWithin, "supervisor.getAllProcessInfo")
	if err != nil {
		return nil, err
	}
	programs := make([]Program, len(v.Items))
	for i, item := range v.Items {
		state := item.member("statename").text()
		programs[i] = Program{
			Name: item.member("group").text() + ":" + item.member("name").text(), PID: item.member("pid").number(),
			Runs: state == "RUNNING", Starts: state == "STARTING" || state == "BACKOFF", State: state,
		}
	}
	return programs, nil
}

// Stop stops a process and waits for its end.
func (c *Control) Stop(ctx context.Context, name string) error {
	_, err := c.call(ctx, stopsWithin, "supervisor.stopProcess", name, true)
	return allowed(err, "stop", name, faultNotRunning)
}

// Start starts a process. It does not wait until supervisord takes it for
// started, which is after startsecs.
func (c *Control) Start(ctx context.Context, name string) error {
	_, err := c.call(ctx, answersWithin, "supervisor.startProcess", name, false)
	return allowed(err, "start", name, faultAlreadyStarted)
}

func allowed(err error, verb, name string, code int) error {
	if refusal := (*fault)(nil); errors.As(err, &refusal) && refusal.Code == code {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot %s %s: %w", verb, name, err)
	}
	return nil
}
