package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/internal/hint"
	"ecounit/migrate"
)

// Where the descriptor of an app stands.
const (
	notThere     = "not written"
	sameThere    = "there already"
	otherThere   = "another file is there"
	writtenThere = "written"
)

// newDescriptor is the descriptor of an app.
type newDescriptor struct {
	app   *migrate.App
	text  []byte
	mode  fs.FileMode
	state string
}

type newDescriptors []*newDescriptor

// toWrite makes the texts and looks at what is there.
func (c *command) toWrite(apps []*migrate.App) (newDescriptors, error) {
	var all newDescriptors
	for _, a := range apps {
		text, err := a.Text()
		if err != nil {
			return nil, hint.With(fmt.Errorf("cannot write the descriptor of %s: %w", a.Descriptor.Name, err), "a descriptor holds text in UTF-8; change the old file")
		}
		if _, r := descriptor.Parse(a.File, text); r.HasErrors() {
			return nil, fmt.Errorf("cannot import %s: its descriptor would have a mistake: %s", a.Descriptor.Name, r.FirstError())
		}
		d := &newDescriptor{app: a, text: text, mode: 0o644, state: notThere}
		if hasSecrets(a.Descriptor) {
			d.mode = 0o600
		}
		if info, err := os.Lstat(a.File); err == nil {
			d.state = otherThere
			if had, err := detect.ReadDescriptor(a.File); err == nil && info.Mode().IsRegular() && bytes.Equal(had, text) {
				d.state = sameThere
			}
		}
		all = append(all, d)
	}
	return all, nil
}

// hasSecrets reports whether others should not read a descriptor.
func hasSecrets(d *descriptor.Descriptor) bool {
	isSecret := func(env map[string]string) bool {
		for name, value := range env {
			if migrate.IsSecret(name, value) {
				return true
			}
		}
		return false
	}
	if isSecret(d.Env) {
		return true
	}
	commands := []descriptor.Command{}
	if d.Web != nil {
		commands = append(commands, d.Web.Command)
	}
	for _, p := range d.Process {
		commands = append(commands, p.Command)
	}
	for _, j := range d.Job {
		if isSecret(j.Env) {
			return true
		}
		commands = append(commands, j.Command)
	}
	return slices.ContainsFunc(commands, func(words descriptor.Command) bool {
		return slices.ContainsFunc(words, func(word string) bool {
			option, value, _ := strings.Cut(word, "=") // --ServerApp.token=…
			return migrate.IsSecret("", word) || migrate.IsSecret(option, value)
		})
	})
}

// problem says which descriptors cannot be written because something is there.
func (all newDescriptors) problem(c *command) error {
	var there []string
	for _, d := range all {
		if d.state == otherThere {
			there = append(there, c.shown(d.app.File))
		}
	}
	switch len(there) {
	case 0:
		return nil
	case 1:
		return hint.With(fmt.Errorf("nothing was written: %s is there already, and nothing is overwritten", there[0]),
			"with --dry-run you see what would be written; move the old one away to have it")
	}
	return hint.With(fmt.Errorf("nothing was written: %s are there already, and nothing is overwritten", strings.Join(there, " and ")),
		"with --dry-run you see what would be written; move the old ones away to have it")
}

// write writes all descriptors that are not there, or none. No name appears
// before its file is whole, and none is taken from a file or a link that comes
// to be there in between.
func (all newDescriptors) write(c *command) (err error) {
	var undo []func()
	defer func() {
		if err != nil {
			for _, back := range slices.Backward(undo) {
				back()
			}
		}
	}()
	staged := make([]string, len(all))
	for i, d := range all {
		if d.state != notThere {
			continue
		}
		folder := filepath.Dir(d.app.File)
		switch made := os.Mkdir(folder, 0o755); {
		case made == nil:
			undo = append(undo, func() { _ = os.Remove(folder) })
		case !errors.Is(made, fs.ErrExist):
			return fmt.Errorf("nothing was written: cannot make the folder %s: %w", c.shown(folder), hint.Reason(made))
		}
		if staged[i], err = stage(folder, d); err != nil {
			return fmt.Errorf("nothing was written: cannot write %s: %w", c.shown(d.app.File), hint.Reason(err))
		}
		defer os.Remove(staged[i])
	}
	for i, d := range all {
		if d.state != notThere {
			continue
		}
		if err := os.Link(staged[i], d.app.File); err != nil {
			return fmt.Errorf("nothing was written: cannot write %s: %w", c.shown(d.app.File), hint.Reason(err))
		}
		undo = append(undo, func() { _ = os.Remove(d.app.File) })
	}
	return nil
}

// stage writes a file beside where it belongs, under a name that nobody knows.
func stage(folder string, d *newDescriptor) (string, error) {
	name := filepath.Join(folder, ".ecounit-"+rand.Text())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, d.mode)
	if err != nil {
		return "", err
	}
	_, err = f.Write(d.text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(name)
		return "", err
	}
	return name, nil
}

func (all newDescriptors) markWritten() {
	for _, d := range all {
		if d.state == notThere {
			d.state = writtenThere
		}
	}
}
