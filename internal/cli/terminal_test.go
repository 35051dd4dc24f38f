package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// onTerminal runs a program on a terminal of its own and prints what it shows.
// Whenever it shows a prompt, a line of the standard input is typed; ^C is
// typed as that key.
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
	_, _ = io.Copy(typist{screen, bufio.NewReader(os.Stdin)}, screen) // fails when the last program has closed the terminal
	_ = program.Wait()
	return program.ProcessState.ExitCode()
}

type typist struct {
	keys  io.Writer
	lines *bufio.Reader
}

func (t typist) Write(shown []byte) (int, error) {
	if bytes.HasSuffix(shown, []byte(": ")) {
		time.Sleep(100 * time.Millisecond) // it has still to turn the echo off
		line, _ := t.lines.ReadString('\n')
		if _, err := io.WriteString(t.keys, strings.ReplaceAll(line, "^C\n", "\x03")); err != nil {
			return 0, err
		}
	}
	return os.Stdout.Write(shown)
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
