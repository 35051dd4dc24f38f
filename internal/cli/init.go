package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/templates"
)

func (c *command) init(_ context.Context, folder string, flags *cli.Context) error {
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(c.workdir, folder)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return usage(flags.Command.UsageText, "%s is not a folder", c.shown(folder))
	}
	if _, err := os.ReadDir(folder); err != nil {
		return fmt.Errorf("cannot look into %s: %w", c.shown(folder), hint.Reason(err))
	}
	machine, err := detect.Here()
	if err != nil {
		return err
	}
	project := machine.Project(folder)
	text, err := templates.Descriptor(project.Descriptor)
	if err != nil {
		return err
	}
	for i, f := range project.Findings {
		if project.Kind == detect.Unknown {
			fmt.Fprintln(c.Err, terminal.Printable(withPlace(f)))
		} else {
			c.finding(i, f)
		}
	}
	path := filepath.Join(folder, descriptor.FileName)
	if flags.Bool("dry-run") {
		c.Data(text)
	} else if err := c.writeDescriptor(path, text); err != nil {
		return err
	}
	if project.Kind == detect.Unknown {
		return hint.With(errors.New("what to run is not known yet"), "say it in %s, then type: ecounit enable", c.shown(path))
	}
	return nil
}

// finding prints what was found; the first one sums up.
func (c *command) finding(i int, f detect.Finding) {
	what := "found"
	if i > 0 {
		what = ""
	}
	c.note(what, withPlace(f))
}

func withPlace(f detect.Finding) string {
	switch {
	case f.File == "":
		return f.Text
	case f.Line == 0:
		return fmt.Sprintf("%s (%s)", f.Text, f.File)
	}
	return fmt.Sprintf("%s (%s:%d)", f.Text, f.File, f.Line)
}

func (c *command) note(what, text string) {
	fmt.Fprintf(c.Err, "%-12s %s\n", what, terminal.Printable(text))
}

func (c *command) writeDescriptor(path string, text []byte) error {
	err := writeNew(path, text)
	switch {
	case errors.Is(err, fs.ErrExist):
		return hint.With(fmt.Errorf("cannot write %s: it is there already", c.shown(path)), "ecounit check %s", terminal.ShellWords(c.shown(path)))
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", c.shown(path), hint.Reason(err))
	}
	c.note("wrote", c.shown(path))
	return nil
}

// writeNew never overwrites, not even a file that appears this instant.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path) // half a descriptor would be taken for a whole one
	}
	return err
}
