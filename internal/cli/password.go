package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
)

// askPassword returns the hash of a password that is typed twice on a terminal,
// or that is the first line of what is piped in.
func (c *command) askPassword(ctx context.Context, name string) (hash string, err error) {
	if !term.IsTerminal(int(c.In.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(c.In, 2*maxPassword)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("cannot read the password: %w", hint.Reason(err))
		}
		return hashed(strings.TrimRight(line, "\r\n"))
	}
	password, err := c.typedPassword(ctx, "password for "+name)
	if err != nil {
		return "", err
	}
	if hash, err = hashed(password); err != nil {
		return "", err
	}
	again, err := c.typedPassword(ctx, "the same again")
	if err == nil && again != password {
		err = errors.New("the two passwords are not the same, and nothing was changed")
	}
	return hash, err
}

// typedPassword reads a line that is not shown. Ctrl-C, which does not end a
// read, leaves the terminal as it was.
func (c *command) typedPassword(ctx context.Context, prompt string) (string, error) {
	fd := int(c.In.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("cannot use the terminal: %w", hint.Reason(err))
	}
	fmt.Fprintf(c.Err, "%s: ", terminal.Printable(prompt))
	defer fmt.Fprintln(c.Err)
	type line struct {
		text []byte
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(fd, before)
		return "", ctx.Err()
	case l := <-typed:
		if errors.Is(l.err, io.EOF) {
			return "", errors.New("no password was typed, and nothing was changed")
		}
		return string(l.text), l.err
	}
}
