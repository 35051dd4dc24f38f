package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ecounit/apache"
	"ecounit/host"
)

// journal is on the disk while files of the web server are not what a finished
// publication left. The contents before are beside the files, as staged copies:
// to put one back takes no space on the disk.
type journal struct {
	Version  int     `json:"version"`
	Folder   string  `json:"folder"` // of the includes
	Includes []entry `json:"includes"`
	Manifest bool    `json:"manifest"` // there was one
}

// entry is one file of a transaction.
type entry struct {
	Name   string `json:"name"`
	Before bool   `json:"before"` // there was one
}

const journalVersion = 1

// The names of staged copies. Apache's pattern for includes skips them.
const (
	beforeSuffix = ".before"
	afterSuffix  = ".after"
)

func beforeName(name string) string { return "." + name + beforeSuffix }
func afterName(name string) string  { return "." + name + afterSuffix }

// staged says whether a file is a staged copy.
func staged(name string) bool {
	return strings.HasPrefix(name, ".") && (strings.HasSuffix(name, beforeSuffix) || strings.HasSuffix(name, afterSuffix))
}

// Recover puts the includes back as they were before a publication that was
// killed. It needs no bus and no web server, and is to run before that starts.
func Recover(ctx context.Context, store host.Store, web host.Apache) error {
	return New(store, web, nil).recover(ctx)
}

func (p *Publisher) recover(ctx context.Context) error {
	unlock, err := p.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	w, err := p.open()
	if err != nil {
		return err
	}
	defer w.close()
	return w.recover()
}

// recover may itself be killed at any point and begin again.
func (w *workplace) recover() error {
	j, exists, err := w.readJournal()
	if err != nil {
		return err
	}
	if !exists {
		return w.sweep()
	}
	for _, e := range j.Includes {
		if err := w.putBack(e); err != nil {
			return err
		}
	}
	if err := w.includes.Sync(); err != nil {
		return err
	}
	if err := w.restoreManifest(j.Manifest); err != nil {
		return err
	}
	return w.endJournal()
}

func (w *workplace) putBack(e entry) error {
	if e.Before {
		return w.includes.Place(beforeName(e.Name), e.Name)
	}
	return w.includes.Remove(e.Name)
}

func (w *workplace) restoreManifest(existed bool) error {
	var err error
	if existed {
		err = w.state.Place(beforeName(manifestName), manifestName)
	} else {
		err = w.state.Remove(manifestName)
	}
	if err != nil {
		return err
	}
	return w.state.Sync()
}

// endJournal ends a transaction: what is on the disk now holds.
func (w *workplace) endJournal() error {
	if err := w.state.Remove(journalName); err != nil {
		return err
	}
	if err := w.state.Sync(); err != nil {
		return err
	}
	return w.sweep()
}

// sweep removes staged copies that no journal needs.
func (w *workplace) sweep() error {
	return errors.Join(w.includes.Sweep(staged), w.state.Sweep(staged))
}

func (w *workplace) writeJournal(changes []change, manifest bool) error {
	j := journal{Version: journalVersion, Folder: w.includes.Path(), Manifest: manifest}
	for _, c := range changes {
		j.Includes = append(j.Includes, entry{c.name, c.before != nil})
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return w.state.Replace(journalName, text, 0o600)
}

// readJournal refuses what this package does not write. That cannot be the
// work of a crash, since a journal is there as a whole or not at all.
func (w *workplace) readJournal() (journal, bool, error) {
	var j journal
	file, err := w.state.Read(journalName)
	if errors.Is(err, fs.ErrNotExist) {
		return j, false, nil
	}
	if err != nil {
		return j, true, err
	}
	if err := json.Unmarshal(file.Text, &j); err != nil {
		return j, true, w.badJournal(err)
	}
	if j.Version != journalVersion || j.Folder != w.includes.Path() {
		return j, true, w.badJournal(fmt.Errorf("it is of version %d and about %q", j.Version, j.Folder))
	}
	for _, e := range j.Includes {
		if _, _, site := apache.ParseFileName(e.Name); !site && e.Name != apache.GenerationName {
			return j, true, w.badJournal(fmt.Errorf("it names the file %q", e.Name))
		}
	}
	return j, true, nil
}

func (w *workplace) badJournal(err error) error {
	path := filepath.Join(w.store.Dir, journalName)
	return &host.Error{
		Kind:    host.Failed,
		Message: fmt.Sprintf("cannot read %s, which says how to undo a change that was interrupted: %v", path, err),
		Fix:     fmt.Sprintf("look at %s, then: rm %s", w.includes.Path(), path),
	}
}
