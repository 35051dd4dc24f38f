package cli

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes, as in ecounit(1). Those of status follow systemctl(1).
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInactive    = 3
	exitNoSuchApp   = 4
	exitUnpublished = 5 // the app is as it should be, and its site is not
	exitInterrupted = 130
)

// usageError is a mistake in the words that were typed.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

func (e *usageError) Hint() string { return e.hint }

func usage(hint, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), hint}
}

// statusError is an exit code alone; everything was said already.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// noSuchApp is an app name that nobody has enabled.
type noSuchApp struct{ name, hint string }

func (e *noSuchApp) Error() string { return fmt.Sprintf("there is no app %q", e.name) }

func (e *noSuchApp) Hint() string { return e.hint }

var errInterrupted = errors.New("interrupted")

// plainly puts a word of ours in the place of Go's for an interrupt.
func plainly(err error) error {
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// exitCode is the one table from errors to exit codes.
func exitCode(ctx context.Context, err error) int {
	var (
		wrongUsage *usageError
		status     statusError
		missing    *noSuchApp
		unheard    *noSuchSite
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &wrongUsage):
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &missing), errors.As(err, &unheard):
		return exitNoSuchApp
	}
	return exitFailed
}
