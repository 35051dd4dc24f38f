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
	"ecounit/templates"
)

func (c *command) init(_ context.Context, folder string, flags *cli.Context) error {
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(c.workdir, folder)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return usage("ecounit init [FOLDER]", "%s is not a folder", c.shown(folder))
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
		c.finding(i, f)
	}
	path := filepath.Join(folder, descriptor.FileName)
	if flags.Bool("dry-run") {
		_, err := c.Out.Write(text)
		return err
	}
	if err := writeNew(path, text); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return withHint(fmt.Errorf("cannot write %s: it is there already", c.shown(path)), "ecounit check %s", c.shown(path))
		}
		return err
	}
	c.line(done, "wrote", c.shown(path))
	if project.Kind == detect.Unknown {
		return withHint(errors.New("what to run is not known yet"), "say it in %s, then type: ecounit enable", c.shown(path))
	}
	return nil
}

// finding prints what was found; the first one sums up.
func (c *command) finding(i int, f detect.Finding) {
	what := "found"
	if i > 0 {
		what = ""
	}
	text := f.Text
	if f.File != "" && f.Line > 0 {
		text = fmt.Sprintf("%s (%s:%d)", text, f.File, f.Line)
	} else if f.File != "" {
		text = fmt.Sprintf("%s (%s)", text, f.File)
	}
	c.line(done, what, text)
}

// writeNew never overwrites, not even a file that appears this instant.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, errors.Unwrap(err))
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path) // half a descriptor would be taken for a whole one
		return fmt.Errorf("cannot write %s: %w", path, errors.Unwrap(err))
	}
	return nil
}
