package apply

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/google/renameio/v2"

	"ecounit/units"
)

// batch is a set of file changes of which either none or all take place. Stage
// does what can fail for want of space or permission; Commit only renames.
type batch struct {
	changes []FileChange
	pending []*renameio.PendingFile // in the order of changes; nil for links and removals
	made    []string                // directories that Stage created, outermost first
}

// stage writes every new content beside its place, on disk and synced.
func stage(changes []FileChange) (*batch, error) {
	b := &batch{changes: changes}
	for _, c := range changes {
		if err := b.stageOne(c); err != nil {
			b.discard()
			return nil, fmt.Errorf("cannot write %s: %w", c.Path, reason(err))
		}
	}
	return b, nil
}

func (b *batch) stageOne(c FileChange) error {
	if err := b.makeDir(filepath.Dir(c.Path)); err != nil {
		return err
	}
	if c.After == nil || c.Link != "" {
		b.pending = append(b.pending, nil)
		return writable(filepath.Dir(c.Path))
	}
	// The temporary file is a neighbour of the target: the rename must not
	// cross file systems, and the glob of leftovers finds it.
	f, err := renameio.NewPendingFile(c.Path, renameio.WithTempDir(filepath.Dir(c.Path)), renameio.WithStaticPermissions(os.FileMode(c.Mode)))
	if err != nil {
		return err
	}
	b.pending = append(b.pending, f)
	if _, err := f.Write(c.After); err != nil {
		return err
	}
	return f.Sync()
}

// makeDir creates what is missing and remembers it.
func (b *batch) makeDir(dir string) error {
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, os.ErrNotExist) {
			break
		}
		missing = append(missing, d)
	}
	slices.Reverse(missing)
	for _, d := range missing {
		switch err := os.Mkdir(d, 0o755); {
		case err == nil:
			b.made = append(b.made, d)
		case !errors.Is(err, os.ErrExist): // which somebody else has made by now
			return err
		default:
			if to, err := os.Readlink(d); err == nil {
				return fmt.Errorf("%s is a link to %s, which does not exist", d, to)
			}
		}
	}
	return nil
}

// removeFolder removes an empty folder, and not a link to one, as os.Remove
// would: people keep ~/.config/systemd/user elsewhere.
func removeFolder(path string) { _ = syscall.Rmdir(path) }

// discard undoes Stage.
func (b *batch) discard() {
	for _, f := range b.pending {
		if f != nil {
			_ = f.Cleanup()
		}
	}
	for _, d := range slices.Backward(b.made) {
		removeFolder(d) // not empty: somebody else uses it by now
	}
}

// commit puts everything in its place. It can only fail where the directory
// itself was changed meanwhile; the caller then goes back to the old state.
func (b *batch) commit() error {
	dirs := map[string]bool{}
	for i, c := range b.changes {
		if err := b.commitOne(i, c); err != nil {
			return fmt.Errorf("cannot %s %s: %w", c.Verb(), c.Path, reason(err))
		}
		dirs[filepath.Dir(c.Path)] = true
	}
	var errs []error
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		errs = append(errs, syncDir(dir))
	}
	return errors.Join(errs...)
}

func (b *batch) commitOne(i int, c FileChange) error {
	switch {
	case c.Link != "":
		return renameio.Symlink(c.Link, c.Path)
	case c.After == nil:
		if err := os.Remove(c.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	return b.pending[i].CloseAtomicallyReplace()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// writable finds out before anything is changed whether an entry of the
// directory could be.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".ecounit-probe-")
	if err != nil {
		return err
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}

// reason strips the path that the os package adds: the sentence around it
// names the file that the user knows, not the temporary one.
func reason(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	var linkError *os.LinkError
	if errors.As(err, &linkError) {
		return linkError.Err
	}
	return err
}

// removeLeftovers deletes temporary files of an earlier change that was
// killed. The caller holds the lock, so none is in use.
func removeLeftovers(paths []string) {
	for _, path := range paths {
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "."+globEscape(filepath.Base(path))+"[0-9]*"))
		for _, l := range left {
			_ = os.Remove(l)
		}
	}
}

// removeStaged deletes those of an app whatever they were to become: who
// disables it does not know what a killed change wanted.
func (p Places) removeStaged(app string) {
	left, _ := filepath.Glob(filepath.Join(p.StateDir(app), ".*[0-9]"))
	for _, prefix := range []string{app, "app-"} {
		staged, _ := filepath.Glob(filepath.Join(p.UnitDir(), "."+prefix+"*.*[0-9]"))
		for _, path := range staged {
			content, readable := readUnit(path)
			origin, ours := units.Inspect(content)
			if readable && (ours && origin.App == app || len(content) == 0) {
				left = append(left, path)
			}
		}
	}
	for _, path := range left {
		_ = os.Remove(path)
	}
}

func globEscape(name string) string {
	var escaped []byte
	for i := range len(name) {
		if name[i] == '\\' || name[i] == '*' || name[i] == '?' || name[i] == '[' {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, name[i])
	}
	return string(escaped)
}
