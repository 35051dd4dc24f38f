package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"ecounit/descriptor"
	"ecounit/plan"
)

// runHere runs a process of the app in this terminal, the way systemd would:
// the same command, folder and environment, and the listening socket passed as
// sd_listen_fds(3) expects it. Limits and the sandbox are not in force.
func (c *command) runHere(ctx context.Context, app string, flags *cli.Context) error {
	h, err := c.connectIfPossible(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(flags.Int("port"))))
	if err != nil {
		return withHint(fmt.Errorf("cannot listen on port %d: %w", flags.Int("port"), errors.Unwrap(err)), "ecounit run --port with another number, or without --port")
	}
	defer closeQuietly(listener)
	port := listener.Addr().(*net.TCPAddr).Port
	l, err := c.loadAs(h, app, func(d *descriptor.Descriptor) error { return override(d, port, flags.String("module")) })
	if err != nil {
		return err
	}
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	service, err := chosen(l.plan, flags.String("process"))
	if err != nil {
		return err
	}
	environment, err := c.environment(ctx, h, l.plan, service)
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "cd %s\n%s\n", shellWords([]string{l.plan.Directory}), shellWords(service.Argv))
		return nil
	}
	if service.Process == plan.WebProcess {
		fmt.Fprintf(c.Err, "http://127.0.0.1:%d%s  (ends with Ctrl-C)\n", port, l.plan.Web.Health)
		if l.plan.Web.Activated {
			return c.become(l.plan.Directory, service.Argv, environment, listener.(*net.TCPListener))
		}
		closeQuietly(listener) // the app takes the port itself
	}
	return c.become(l.plan.Directory, service.Argv, environment, nil)
}

// override is what run changes in the descriptor before it is planned.
func override(d *descriptor.Descriptor, port int, module string) error {
	if d.Web == nil {
		return nil
	}
	d.Web.Listen = descriptor.Listen{Mode: descriptor.ListenPort, Port: port}
	switch {
	case module == "":
	case d.Web.WSGI != "":
		d.Web.WSGI = module
	case d.Web.ASGI != "":
		d.Web.ASGI = module
	default:
		return usage("ecounit exec -- COMMAND runs any command", "--module is for apps with wsgi or asgi")
	}
	return nil
}

func chosen(p *plan.Plan, process string) (plan.Service, error) {
	if process == "" {
		return p.Services[0], nil
	}
	i := slices.IndexFunc(p.Services, func(s plan.Service) bool { return s.Process == process })
	if i < 0 {
		var known []string
		for _, s := range p.Services {
			known = append(known, s.Process)
		}
		return plan.Service{}, usage("its processes are "+strings.Join(known, ", "), "%s has no process %q", p.Name, process)
	}
	return p.Services[i], nil
}

// become replaces ecounit by the program, so that signals and the exit code
// are the program's own.
func (c *command) become(directory string, argv, environment []string, listener *net.TCPListener) error {
	if err := os.Chdir(directory); err != nil {
		return fmt.Errorf("cannot change to %s: %w", directory, errors.Unwrap(err))
	}
	if listener != nil {
		file, err := listener.File()
		if err != nil {
			return fmt.Errorf("cannot pass the socket on: %w", err)
		}
		if err := passAsFirst(int(file.Fd())); err != nil {
			return fmt.Errorf("cannot pass the socket on: %w", err)
		}
		environment = append(environment, "LISTEN_FDS=1", "LISTEN_PID="+strconv.Itoa(os.Getpid()))
	}
	if err := syscall.Exec(argv[0], argv, environment); err != nil {
		return fmt.Errorf("cannot run %s: %w", argv[0], err)
	}
	return nil
}

// passAsFirst gives the descriptor the number that sd_listen_fds(3) begins
// with, and lets it survive the exec.
func passAsFirst(fd int) error {
	const listenFD = 3 // SD_LISTEN_FDS_START
	if fd == listenFD {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0)
		return err
	}
	return unix.Dup3(fd, listenFD, 0)
}
