package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// unfinished is written before the first step of a change and removed after
// the last. Whoever finds it knows that a change was killed, and how the app
// was before it.
type unfinished struct {
	Version int   `json:"version"`
	Before  State `json:"before"`
	Made    Made  `json:"made,omitzero"`
}

const unfinishedVersion = 1

func (p Places) beginChange(app string, before State, made Made) error {
	text, err := json.Marshal(unfinished{unfinishedVersion, before, made})
	if err != nil {
		return err
	}
	path := p.unfinishedFile(app)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, reason(err))
	}
	if err := renameio.WriteFile(path, text, 0o600, renameio.WithTempDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, reason(err))
	}
	return syncDir(filepath.Dir(path))
}

func (p Places) endChange(app string) error {
	if err := os.Remove(p.unfinishedFile(app)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove %s: %w", p.unfinishedFile(app), reason(err))
	}
	return nil
}

// Unfinished are the apps of which a change was killed, sorted.
func (p Places) Unfinished() []string {
	marks, _ := filepath.Glob(p.unfinishedFile("*"))
	apps := make([]string, len(marks))
	for i, mark := range marks {
		apps[i] = filepath.Base(filepath.Dir(mark))
	}
	return apps
}

// Interrupted returns the state before a change that was killed, or nil.
func (p Places) Interrupted(app string) (*State, error) {
	u, err := p.unfinished(app)
	if u == nil || err != nil {
		return nil, err
	}
	return &u.Before, nil
}

// madeBefore is what a change that was killed made on a server.
func (p Places) madeBefore(app string) (Made, error) {
	u, err := p.unfinished(app)
	if u == nil || err != nil {
		return Made{}, err
	}
	return u.Made, nil
}

// unfinished reads the mark of a change, and returns nil where there is none.
func (p Places) unfinished(app string) (*unfinished, error) {
	text, err := os.ReadFile(p.unfinishedFile(app))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", p.unfinishedFile(app), reason(err))
	}
	var u unfinished
	if err := json.Unmarshal(text, &u); err != nil || u.Version != unfinishedVersion {
		// The write is atomic, so this was not a kill of ours. Knowing that
		// something was under way is still worth a fresh start of everything.
		return &unfinished{}, nil //nolint:nilerr // see above
	}
	return &u, nil
}
