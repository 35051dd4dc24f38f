package machine

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Result is what a command left.
type Result struct {
	Stdout, Stderr string
	Code           int // exit status; 128 and the signal's number when a signal ended it, as in a shell
}

// Exec runs a command as root and waits for it. An exit status other than 0 is
// no error: it is in the result.
func (m *Machine) Exec(ctx context.Context, argv ...string) (Result, error) {
	return m.As("root").Exec(ctx, argv...)
}

// Exec runs a command and waits for it. An exit status other than 0 is no
// error: it is in the result.
func (u User) Exec(ctx context.Context, argv ...string) (Result, error) {
	p, err := u.Start(ctx, argv...)
	if err != nil {
		return Result{}, err
	}
	result, err := p.Wait()
	if err != nil {
		return result, fmt.Errorf("cannot run %q as %s: %w", argv, u.name, err)
	}
	return result, nil
}

// Output runs a command that has to succeed, and returns its standard output
// without the last newline. Otherwise the error says what the command wrote.
func (u User) Output(ctx context.Context, argv ...string) (string, error) {
	result, err := u.Exec(ctx, argv...)
	if err != nil {
		return "", err
	}
	if result.Code != 0 {
		said := strings.TrimSpace(result.Stdout + result.Stderr)
		return "", fmt.Errorf("%q as %s ended with status %d: %s", argv, u.name, result.Code, said)
	}
	return strings.TrimSuffix(result.Stdout, "\n"), nil
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
