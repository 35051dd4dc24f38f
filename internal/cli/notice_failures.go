package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"ecounit/notice"
)

// failures is where the episodes of an app's processes are kept: in memory,
// because a full disk or a home that is gone makes apps fail too. They are over
// when the host boots.
type failures struct{ dir string }

const (
	episodeSuffix = ".failing.json" // of what a process noted
	toldFile      = "told.json"     // of what was sent
)

func failuresOf(uid int, app string) failures {
	return failures{filepath.Join(fmt.Sprintf("/run/user/%d/ecounit", uid), filepath.Base(app))}
}

func (f failures) file(process string) string {
	return filepath.Join(f.dir, filepath.Base(process)+episodeSuffix)
}

// any reports whether there may be an episode of the process, or of the job
// that it is a run of.
func (f failures) any(process string) bool {
	name, _, _ := strings.Cut(process, "@")
	_, err := os.Lstat(f.file(process))
	_, other := os.Lstat(f.file(name))
	return err == nil || other == nil
}

// episode returns the last episode, or nil.
func (f failures) episode(process string) (*notice.Episode, error) {
	var e notice.Episode
	if found, err := readJSON(f.file(process), &e); err != nil || !found || e.Unit == "" {
		return nil, err
	}
	e.Since, e.Last.At = e.Since.Local(), e.Last.At.Local()
	return &e, nil
}

func (f failures) write(process string, e *notice.Episode) error { return f.keep(f.file(process), e) }

func (f failures) keep(path string, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	if err = os.MkdirAll(f.dir, 0o700); err == nil {
		err = renameio.WriteFile(path, text, 0o600, renameio.WithTempDir(f.dir))
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, reason(err))
	}
	return nil
}

// over forgets the episode.
func (f failures) over(process string) { _ = os.Remove(f.file(process)) }

// stopped ends the episodes of processes. Those of jobs end with a run that
// succeeds.
func (f failures) stopped() error {
	for _, process := range f.processes() {
		e, err := f.episode(process)
		if err != nil {
			return err
		}
		if e != nil && !e.Job {
			f.over(process)
		}
	}
	return nil
}

// forget removes everything.
func (f failures) forget() {
	_ = os.RemoveAll(f.dir)
	_ = os.Remove(filepath.Dir(f.dir)) // fails, as it should, when another app has something there
}

// processes are those that have an episode, sorted.
func (f failures) processes() []string {
	found, _ := filepath.Glob(filepath.Join(f.dir, "*"+episodeSuffix))
	for i, path := range found {
		found[i] = strings.TrimSuffix(filepath.Base(path), episodeSuffix)
	}
	return found
}

// told is what was sent: of each process the last notice of a failure.
type told struct {
	notice.Budget
	Of map[string]toldOf `json:"of"`
}

type toldOf struct {
	Since   time.Time `json:"since"` // of the episode
	At      time.Time `json:"at"`
	To      []string  `json:"to,omitempty"`
	Problem string    `json:"problem,omitempty"`
	Silent  bool      `json:"silent,omitempty"` // there were too many
}

func (f failures) told() (told, error) {
	t := told{}
	found, err := readJSON(filepath.Join(f.dir, toldFile), &t)
	if !found || t.Of == nil {
		t = told{Of: map[string]toldOf{}}
	}
	return t, err
}

// tell changes what was sent; each process has a unit of its own that does.
func (f failures) tell(change func(*told)) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("cannot make %s: %w", f.dir, reason(err))
	}
	lock := flock.New(filepath.Join(f.dir, "lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("cannot lock %s: %w", f.dir, reason(err))
	}
	defer func() { _ = lock.Unlock() }()
	t, err := f.told()
	if err != nil {
		return err
	}
	change(&t)
	return f.keep(filepath.Join(f.dir, toldFile), t)
}

// readJSON finds nothing in a file that is not as this version writes it: until
// the next boot, there would be no notice at all.
func readJSON(path string, document any) (found bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("cannot read %s: %w", path, reason(err))
	}
	return json.Unmarshal(text, document) == nil, nil
}
