package cli

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// program is what run and exec become.
type program struct {
	directory         string
	argv, environment []string // argv[0] is a path
}

func (c *command) showProgram(p program) {
	c.Data([]byte("cd " + terminal.ShellWords(p.directory) + "\n" + terminal.ShellWords(p.argv...) + "\n"))
}

// become replaces ecounit by the program, so that signals and the exit code
// are the program's own.
func (p program) become() error {
	if err := os.Chdir(p.directory); err != nil {
		return fmt.Errorf("cannot change to %s: %w", p.directory, hint.Reason(err))
	}
	if err := syscall.Exec(p.argv[0], p.argv, p.environment); err != nil {
		return fmt.Errorf("cannot run %s: %w", p.argv[0], err)
	}
	return nil
}

// becomeWith passes the listening socket on, as sd_listen_fds(3) expects it.
func (p program) becomeWith(listener *net.TCPListener) error {
	file, err := listener.File()
	if err != nil {
		return fmt.Errorf("cannot pass the socket on: %w", err)
	}
	defer file.Close()
	if err := passAsFirst(int(file.Fd())); err != nil {
		return fmt.Errorf("cannot pass the socket on: %w", err)
	}
	p.environment = append(p.environment, "LISTEN_FDS=1", "LISTEN_PID="+strconv.Itoa(os.Getpid()))
	return p.become()
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
