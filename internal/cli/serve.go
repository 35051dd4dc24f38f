package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/internal/hint"
	"ecounit/static"
)

// serve answers requests with the files of a folder, on the socket that systemd
// holds: what init writes for a folder with pages and no app.
func (c *command) serve(ctx context.Context, words []string, flags *cli.Context) error {
	folder := "."
	if len(words) > 0 {
		folder = words[0]
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(c.workdir, folder)
	}
	if !flags.IsSet("fd") {
		return usage("ecounit run", "serve is for the command of an app, as in command = [\"ecounit\", \"serve\", \"--fd\", \"${FD}\"]")
	}
	listener, err := inherited(flags.Int("fd"))
	if err != nil {
		return err
	}
	pages, err := static.Open(folder, descriptor.FileName)
	if err != nil {
		return fmt.Errorf("cannot serve %s: %w", c.shown(folder), hint.Reason(err))
	}
	return pages.Serve(ctx, listener)
}

// inherited is the listening socket that systemd passed (sd_listen_fds(3)).
func inherited(fd int) (net.Listener, error) {
	file := os.NewFile(uintptr(fd), "socket")
	if file == nil {
		return nil, fmt.Errorf("cannot listen: there is no file descriptor %d", fd)
	}
	defer file.Close()
	listener, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on file descriptor %d: %w", fd, errors.Unwrap(err))
	}
	return listener, nil
}
