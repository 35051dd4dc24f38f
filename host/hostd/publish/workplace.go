package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"ecounit/host"
	"ecounit/host/hostd/disk"
)

// The files in the folder of the store. Beside them are staged copies.
const (
	lockName     = "publish.lock"
	journalName  = "transaction.json" // exists while a transaction is under way
	manifestName = "includes.json"    // which includes are ours
	unloadedName = "unloaded.json"    // exists while the web server may run something else than is on disk
)

const (
	lockRetry = 50 * time.Millisecond
	lockWait  = time.Minute // longer than any publication takes
)

// workplace is the folders that a publication changes.
type workplace struct {
	includes *disk.Folder
	state    *disk.Folder
	store    host.Store
	web      host.Apache
}

func (p *Publisher) open() (*workplace, error) {
	state, err := disk.Open(p.store.Dir, p.owner, p.system)
	if err != nil {
		return nil, err
	}
	includes, err := disk.Open(p.web.IncludeDir(), p.owner, p.system)
	if err != nil {
		state.Close()
		return nil, err
	}
	return &workplace{includes, state, p.store, p.web}, nil
}

func badSetup(err error) error {
	return &host.Error{Kind: host.BadSetup, Message: err.Error(), Fix: "your administrator sets it up with: ecounit host setup"}
}

func (w *workplace) close() {
	w.includes.Close()
	w.state.Close()
}

// lock keeps other processes out: the unit that recovers at boot, for one.
func (p *Publisher) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	path := filepath.Join(p.store.Dir, lockName)
	lock := flock.New(path, flock.SetPermissions(0o600))
	got, err := lock.TryLockContext(ctx, lockRetry)
	if err != nil || !got {
		return nil, fmt.Errorf("cannot lock %s: %w", path, err)
	}
	return func() { _ = lock.Unlock() }, nil
}

// names is a sorted list of includes in a file of the state folder.
type names []string

func (n names) has(name string) bool {
	_, found := slices.BinarySearch(n, name)
	return found
}

// with adds names.
func (n names) with(more ...string) names {
	all := slices.Concat(n, more)
	slices.Sort(all)
	return slices.Compact(all)
}

// loadNames reads a list. exists is also true for one that cannot be read,
// which then is empty and has an error.
func (w *workplace) loadNames(file string) (list names, exists bool, err error) {
	f, err := w.state.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, err
	}
	if err := json.Unmarshal(f.Text, &list); err != nil {
		return nil, true, fmt.Errorf("cannot read %s: %w", filepath.Join(w.store.Dir, file), err)
	}
	return list.with(), true, nil
}

func (w *workplace) saveNames(file string, list names) error {
	text, err := json.Marshal(list.with())
	if err != nil {
		return err
	}
	return w.state.Replace(file, append(text, '\n'), 0o644)
}
