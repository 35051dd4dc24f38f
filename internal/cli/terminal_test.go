package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// onTerminal runs a program on a terminal of its own and prints what it shows.
func onTerminal(argv []string) int {
	screen, keyboard, err := openTerminal()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot make a terminal:", err)
		return 125
	}
	program := exec.Command(argv[0], argv[1:]...)
	program.Stdin, program.Stdout, program.Stderr = keyboard, keyboard, keyboard
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := program.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 125
	}
	keyboard.Close()
	_, _ = io.Copy(os.Stdout, screen) // fails when the last program has closed the terminal
	_ = program.Wait()
	return program.ProcessState.ExitCode()
}

// openTerminal opens both ends of a pseudo terminal (pts(4)).
func openTerminal() (screen, keyboard *os.File, err error) {
	if screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	number, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	keyboard, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	return screen, keyboard, err
}
