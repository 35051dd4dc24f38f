package failures

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

	"ecounit/internal/hint"
	"ecounit/notice"
)

// Kept is where the episodes of an app's processes are kept: in memory,
// because a full disk or a home that is gone makes apps fail too. They are over
// when the host boots.
type Kept struct{ dir string }

const (
	episodeSuffix = ".failing.json" // of what a process noted
	toldFile      = "told.json"     // of what was sent
)

// Of is where the episodes of an app of the user are.
func Of(uid int, app string) Kept {
	return Kept{filepath.Join(fmt.Sprintf("/run/user/%d/ecounit", uid), filepath.Base(app))}
}

func (f Kept) file(process string) string {
	return filepath.Join(f.dir, filepath.Base(process)+episodeSuffix)
}

// Any reports whether there may be an episode of the process, or of the job
// that it is a run of.
func (f Kept) Any(process string) bool {
	name, _, _ := strings.Cut(process, "@")
	_, err := os.Lstat(f.file(process))
	_, other := os.Lstat(f.file(name))
	return err == nil || other == nil
}

// Episode returns the last episode, or nil.
func (f Kept) Episode(process string) (*notice.Episode, error) {
	var e notice.Episode
	if found, err := readJSON(f.file(process), &e); err != nil || !found || e.Unit == "" {
		return nil, err
	}
	e.Since, e.Last.At = e.Since.Local(), e.Last.At.Local()
	return &e, nil
}

// Write keeps an episode.
func (f Kept) Write(process string, e *notice.Episode) error { return f.keep(f.file(process), e) }

func (f Kept) keep(path string, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	if err = os.MkdirAll(f.dir, 0o700); err == nil {
		err = renameio.WriteFile(path, text, 0o600, renameio.WithTempDir(f.dir))
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, hint.Reason(err))
	}
	return nil
}

// Over forgets the episode.
func (f Kept) Over(process string) { _ = os.Remove(f.file(process)) }

// Stopped ends the episodes of processes. Those of jobs end with a run that
// succeeds.
func (f Kept) Stopped() error {
	for _, process := range f.Processes() {
		e, err := f.Episode(process)
		if err != nil {
			return err
		}
		if e != nil && !e.Job {
			f.Over(process)
		}
	}
	return nil
}

// Forget removes everything.
func (f Kept) Forget() {
	_ = os.RemoveAll(f.dir)
	_ = os.Remove(filepath.Dir(f.dir)) // fails, as it should, when another app has something there
}

// Processes are those that have an episode, sorted.
func (f Kept) Processes() []string {
	found, _ := filepath.Glob(filepath.Join(f.dir, "*"+episodeSuffix))
	for i, path := range found {
		found[i] = strings.TrimSuffix(filepath.Base(path), episodeSuffix)
	}
	return found
}

// Told is what was sent: of each process the last notice of a failure.
type Told struct {
	notice.Budget
	Of map[string]Telling `json:"of"`
}

// Telling is the last notice of a process.
type Telling struct {
	Since   time.Time `json:"since"` // of the episode
	At      time.Time `json:"at"`
	To      []string  `json:"to,omitempty"`
	Problem string    `json:"problem,omitempty"`
	Silent  bool      `json:"silent,omitempty"` // there were too many
}

// Told is what was sent so far.
func (f Kept) Told() (Told, error) {
	t := Told{}
	found, err := readJSON(filepath.Join(f.dir, toldFile), &t)
	if !found || t.Of == nil {
		t = Told{Of: map[string]Telling{}}
	}
	return t, err
}

// Tell changes what was sent; each process has a unit of its own that does.
func (f Kept) Tell(change func(*Told)) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("cannot make %s: %w", f.dir, hint.Reason(err))
	}
	lock := flock.New(filepath.Join(f.dir, "lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("cannot lock %s: %w", f.dir, hint.Reason(err))
	}
	defer func() { _ = lock.Unlock() }()
	t, err := f.Told()
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
		return false, fmt.Errorf("cannot read %s: %w", path, hint.Reason(err))
	}
	return json.Unmarshal(text, document) == nil, nil
}
