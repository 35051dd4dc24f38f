package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
)

// hostSetup has users publish their apps: it writes the policy, has Apache read
// the package's configuration, and has systemd start what belongs to the host
// service. Each step is what an administrator could type, and is left out where
// it was taken before.
func (c *command) hostSetup(ctx context.Context, _ []string, flags *cli.Context) error {
	dryRun := flags.Bool("dry-run")
	if c.uid != 0 && !dryRun {
		return hint.With(errors.New("cannot set up the host service: it takes root"), "sudo ecounit %s", terminal.ShellWords(c.words...))
	}
	s := &setup{command: c, server: c.at.webServer(), baseURL: flags.String("base-url")}
	if err := s.possible(); err != nil {
		return err
	}
	steps, err := s.steps(ctx)
	if err != nil {
		return err
	}
	if dryRun {
		c.showSteps(steps)
		return nil
	}
	for _, step := range steps {
		if err := s.take(ctx, step); err != nil {
			return err
		}
	}
	s.remark(flags.IsSet("base-url") && !s.wrote)
	return c.hostCheck(ctx, nil, flags)
}

// setup is one run of "ecounit host setup".
type setup struct {
	*command
	server  webserver.Server
	baseURL string
	wrote   bool // the policy is new
}

// setupStep is one thing to do: a file to write or a command to run.
type setupStep struct {
	name, text string
	file       string
	content    []byte
	argv       []string // run when there is no file
}

func (s *setup) path(path string) string { return filepath.Join(s.at.root, path) }

func (s *setup) exists(path string) bool {
	_, err := os.Lstat(s.path(path))
	return err == nil
}

// packaged is the piece of configuration that the package brings.
func (s *setup) packaged() string {
	if s.server.IsDebian() {
		return "/etc/apache2/conf-available/ecounit.conf"
	}
	return "/etc/httpd/conf.d/ecounit.conf"
}

// possible looks for what setup needs and does not bring.
func (s *setup) possible() error {
	switch {
	case !s.server.Found:
		return hint.With(errors.New("cannot set up the host service: there is no Apache on this host"), "install httpd, or apache2 on Debian")
	case !s.exists(s.packaged()):
		return hint.With(fmt.Errorf("cannot set up the host service: %s is missing, which the package brings", s.path(s.packaged())),
			"install the package of ecounit, and not the program alone")
	}
	return nil
}

func (c *command) showSteps(steps []setupStep) {
	for _, step := range steps {
		if step.file != "" {
			c.Data([]byte("write    " + step.file + "\n"))
		} else {
			c.Data([]byte("run      " + terminal.ShellWords(step.argv...) + "\n"))
		}
	}
	if len(steps) == 0 {
		c.Line(terminal.Done, "host", "is set up already, nothing to do")
	}
}

func (s *setup) take(ctx context.Context, step setupStep) error {
	var err error
	if step.file != "" {
		if err = os.MkdirAll(filepath.Dir(s.path(step.file)), 0o755); err == nil {
			err = writeNew(s.path(step.file), step.content)
		}
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", step.file, hint.Reason(err))
		}
	} else if said, err := s.at.run(ctx, step.argv...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for line := range strings.Lines(said) {
			fmt.Fprintf(s.Err, "  %s\n", terminal.Printable(strings.TrimSuffix(line, "\n")))
		}
		return hint.With(fmt.Errorf("cannot go on: %s failed: %w", terminal.ShellWords(step.argv...), err),
			"mend that, then type again: ecounit host setup; what was done before stays as it is")
	}
	s.Line(terminal.Done, step.name, step.text)
	return nil
}

// remark tells what setup leaves to the administrator.
func (s *setup) remark(ignoredURL bool) {
	if ignoredURL {
		s.Line(terminal.Attention, "policy", "is there already: write base_url into "+s.at.policyFile())
	}
	if !s.server.Runs() {
		unit := strings.TrimSuffix(s.server.Unit, ".service")
		s.Line(terminal.Attention, "apache", "does not run; to start it now and at boot: systemctl enable --now "+unit)
	}
}
