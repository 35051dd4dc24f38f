package cutover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Supervisord is a supervisord that runs, and the file that it reads.
type Supervisord struct {
	Process
	File string // absolute; "" when it is not to be found
}

// Supervisords are those of a user. One in a container is none of them: what it
// calls its file is another one here.
func Supervisords(uid int) []Supervisord {
	var all []Supervisord
	for _, p := range Processes(uid) {
		if file, ok := p.configuration(); ok && !p.isElsewhere() {
			all = append(all, Supervisord{p, file})
		}
	}
	return all
}

func (p Process) isElsewhere() bool {
	own, err := os.Readlink("/proc/self/ns/pid")
	its, itsErr := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", p.PID))
	return err == nil && itsErr == nil && own != its
}

// Running is the user's supervisord that reads a file, by whatever path.
func Running(file string, uid int) (Process, bool) {
	for _, s := range Supervisords(uid) {
		if s.File == file || s.File != "" && resolved(s.File) == resolved(file) {
			return s.Process, true
		}
	}
	return Process{}, false
}

func resolved(path string) string {
	if end, err := filepath.EvalSymlinks(path); err == nil {
		return end
	}
	return path
}

// ServerAt is a server of a configuration: the path of a socket, or a port as
// [inet_http_server] has it.
func ServerAt(socket, port, folder, username, password string) Server {
	s := Server{Network: "unix", Address: socket, Username: username, Password: password}
	if socket != "" {
		if !filepath.IsAbs(socket) {
			s.Address = filepath.Join(folder, socket)
		}
		return s
	}
	host, number, err := net.SplitHostPort(port)
	if err != nil {
		host, number = "", port
	}
	if host == "" || host == "*" || host == "0.0.0.0" {
		host = "127.0.0.1"
	}
	s.Network, s.Address = "tcp", net.JoinHostPort(host, number)
	return s
}

const (
	// begins is how long a supervisord may take to start: Python on a loaded
	// host takes seconds.
	begins = 20 * time.Second
	// allStop is how long it may take to end: all its programs end before.
	allStop = 2 * time.Minute
)

// Begin starts a supervisord again, and returns it once it takes orders; where
// it takes none, once it runs.
func (d Daemon) Begin(ctx context.Context, servers []Server, uid int) (Process, *Control, error) {
	command, err := d.Process.Launch()
	if err != nil {
		return Process{}, nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }() // the one that forks ends; one in the foreground does not
	var process Process
	var control *Control
	problem := errors.New("it does not come up")
	waitErr := until(ctx, begins, "", func() bool {
		select {
		case err := <-ended:
			if err != nil {
				problem = fmt.Errorf("it ends: %w", err)
				return true
			}
		default:
		}
		found := false
		if process, found = Running(d.File, uid); !found {
			return false
		}
		control, err = Connect(ctx, servers, uid, process.PID)
		if err != nil && len(servers) > 0 {
			problem = err
			return false
		}
		problem = nil
		return true
	})
	if ctx.Err() != nil {
		return process, nil, ctx.Err()
	}
	if problem != nil || waitErr != nil {
		return process, nil, fmt.Errorf("cannot start supervisord with %s again: %w", d.File, problem)
	}
	return process, control, nil
}

// End stops a supervisord and all that it runs.
func (p Process) End(ctx context.Context) error { return p.Terminate(ctx, allStop) }
