package hint

import (
	"errors"
	"fmt"
	"syscall"

	"ecounit/detect"
)

// hinted is an error with a line that says what to type.
type hinted struct {
	error
	hint string
}

func (e *hinted) Hint() string { return e.hint }

func (e *hinted) Unwrap() error { return e.error }

// With adds the line to an error.
func With(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// Of finds the hint of an error, however deep it is: the outermost, and of
// errors that were joined the first.
func Of(err error) string {
	switch e := err.(type) { //nolint:errorlint // what is wrapped comes after
	case interface{ Hint() string }:
		if e.Hint() != "" {
			return e.Hint()
		}
	case *detect.Error:
		return e.Hint
	}
	switch e := err.(type) { //nolint:errorlint // likewise
	case interface{ Unwrap() error }:
		return Of(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if hint := Of(inner); hint != "" {
				return hint
			}
		}
	}
	return ""
}

// Each takes errors apart that were joined, and are not one sentence.
func Each(err error) []error {
	all := err.Error()
	for {
		switch e := err.(type) { //nolint:errorlint // what is wrapped comes after
		case interface{ Unwrap() []error }:
			if errors.Join(e.Unwrap()...).Error() == all {
				return e.Unwrap()
			}
			return []error{err}
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil && inner.Error() == all {
				err = inner
				continue
			}
		}
		return []error{err}
	}
}

// Reason is what the system said, without the call and the path that the
// message has already.
func Reason(err error) error {
	var said syscall.Errno
	if errors.As(err, &said) {
		return said
	}
	return err
}
