package publish

import (
	"errors"
	"io/fs"
	"slices"

	"ecounit/apache"
)

// version is which text of a change is in the folder.
type version int

const (
	before version = iota
	after
	gone    // none: where a site is refused and its old include may not stay
	unknown // the disk failed at it
)

// transaction is the changes of one publication while they can be undone. All
// texts are on the disk before the first change takes place, which is where a
// full disk shows; from then on files only get other names.
type transaction struct {
	w       *workplace
	s       *survey
	changes []change // those of the survey, and that of the generation at the end
	number  uint64   // of the generation
	current []version
}

// begin changes nothing that the web server reads.
func (w *workplace) begin(s *survey, number uint64) (*transaction, error) {
	stamp, err := apache.Generation(number)
	if err != nil {
		return nil, err
	}
	t := &transaction{w: w, s: s, number: number}
	t.changes = append(slices.Clone(s.changes), change{name: stamp.Name, before: s.stamp, after: stamp.Content})
	t.current = make([]version, len(t.changes))
	if err := t.prepare(); err != nil {
		t.forget()
		return nil, err
	}
	return t, nil
}

func (t *transaction) prepare() error {
	for _, c := range t.changes {
		if err := t.stage(beforeName(c.name), c.before); err != nil {
			return err
		}
		if err := t.stage(afterName(c.name), c.after); err != nil {
			return err
		}
	}
	if err := t.w.includes.Sync(); err != nil {
		return err
	}
	manifest, err := t.w.stageManifest()
	if err != nil {
		return err
	}
	unloaded := t.s.unloaded
	for _, c := range t.s.changes {
		unloaded = append(unloaded, c.name)
	}
	if err := t.w.saveNames(unloadedName, unloaded); err != nil {
		return err
	}
	return t.w.writeJournal(t.changes, manifest)
}

func (t *transaction) stage(name string, text []byte) error {
	if text == nil {
		return nil
	}
	return t.w.includes.Stage(name, text, 0o644)
}

// forget ends a transaction that did not come to change anything. What it
// cannot remove is removed at the next beginning, the journal first: without
// the copies it would be a way back to nowhere.
func (t *transaction) forget() {
	if t.w.state.Remove(journalName) != nil {
		return
	}
	if !t.s.waiting {
		_ = t.w.state.Remove(unloadedName)
	}
	_ = t.w.sweep()
}

// all is the same version of every change.
func (t *transaction) all(v version) []version { return slices.Repeat([]version{v}, len(t.changes)) }

// set brings every file to the given version.
func (t *transaction) set(versions []version) error {
	for i, c := range t.changes {
		if t.current[i] == versions[i] {
			continue
		}
		t.current[i] = unknown
		if err := t.place(c, versions[i]); err != nil {
			return err
		}
		t.current[i] = versions[i]
	}
	return t.w.includes.Sync()
}

func (t *transaction) place(c change, v version) error {
	switch {
	case v == before && c.before != nil:
		return t.w.includes.Place(beforeName(c.name), c.name)
	case v == after && c.after != nil:
		return t.w.includes.Place(afterName(c.name), c.name)
	}
	return t.w.includes.Remove(c.name)
}

// retreat is what a site gets whose include is refused.
func (c change) retreat() version {
	if c.fallback {
		return before
	}
	return gone
}

// effective says whether the web server would find anything new but the number
// of the generation.
func (t *transaction) effective() bool {
	for i, c := range t.s.changes {
		if t.current[i] == after || t.current[i] == gone && c.before != nil {
			return true
		}
	}
	return false
}

// commit records what is ours now. The transaction can still be undone.
func (t *transaction) commit() error {
	ours := names{}
	for _, name := range t.s.oursNext {
		i := slices.IndexFunc(t.changes, func(c change) bool { return c.name == name })
		if i < 0 || t.current[i] != gone {
			ours = append(ours, name)
		}
	}
	return t.w.saveManifest(ours)
}

// undo puts every file back.
func (t *transaction) undo() error {
	if err := t.set(t.all(before)); err != nil {
		return err
	}
	_, existed, _ := t.w.loadNames(beforeName(manifestName))
	return t.w.restoreManifest(existed)
}

// end makes what is on the disk hold. loaded says that the web server has it.
func (t *transaction) end(loaded bool) error {
	if err := t.w.endJournal(); err != nil {
		return err
	}
	if !loaded {
		return nil
	}
	return errors.Join(t.w.state.Remove(unloadedName), t.w.state.Sync())
}

// saveManifest writes which includes are ours, when that is not known yet.
func (w *workplace) saveManifest(ours names) error {
	known, exists, err := w.loadNames(manifestName)
	if err == nil && slices.Equal(known, ours.with()) && (exists || len(ours) == 0) {
		return nil
	}
	return w.saveNames(manifestName, ours)
}

// stageManifest keeps a copy of the list for undo, as it is.
func (w *workplace) stageManifest() (existed bool, err error) {
	file, err := w.state.Read(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = w.state.Stage(beforeName(manifestName), file.Text, 0o644)
	}
	return true, err
}
