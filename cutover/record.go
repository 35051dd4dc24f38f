package cutover

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

// Move is how everything was before programs were moved. It is written before
// anything is changed: whoever finds one that is not done knows that it was
// killed, and either way how to go back.
type Move struct {
	Began   time.Time `json:"began"`
	Done    bool      `json:"done"`
	Linger  bool      `json:"linger"` // was on
	Apps    []App     `json:"apps"`
	Daemons []Daemon  `json:"daemons"`
	Mark    string    `json:"mark"`    // of lines in the crontab
	Lines   []string  `json:"lines"`   // that get it
	Crontab string    `json:"crontab"` // as it was, for people
}

// App is what is moved.
type App struct {
	Name       string     `json:"name"`
	Descriptor string     `json:"descriptor"`
	Written    string     `json:"written,omitempty"` // what it was made of; "" for one that was there
	Enabled    bool       `json:"enabled"`           // it is to be enabled
	Was        bool       `json:"was"`               // enabled before
	Site       bool       `json:"site"`              // the host service knew it before
	DropIn     string     `json:"drop_in"`           // a file that is there while the port is handed over
	Programs   []OfDaemon `json:"programs,omitempty"`
	Processes  []Process  `json:"processes,omitempty"` // that cron started
}

// OfDaemon is a program of one of the daemons.
type OfDaemon struct {
	Daemon int    `json:"daemon"` // its place in the list
	Name   string `json:"name"`   // as supervisorctl knows it
}

// Daemon is a supervisord that ran.
type Daemon struct {
	File     string    `json:"file"`
	Process  Process   `json:"process"`
	Programs []Program `json:"programs"`
	Servers  []Server  `json:"servers"`
}

// Record is all moves, the latest at the end.
type Record struct {
	Path  string `json:"-"`
	Moves []Move `json:"moves"`
}

type recordFile struct {
	Version int    `json:"version"`
	Moves   []Move `json:"moves"`
}

const recordVersion = 1

// ReadRecord reads the record; one that is not there is empty.
func ReadRecord(path string) (*Record, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Record{Path: path}, nil
	}
	var file recordFile
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err == nil && file.Version != recordVersion {
		err = errors.New("it is of another version of ecounit")
	}
	if err == nil && !file.isWhole() {
		err = errors.New("it names a supervisord that is not in it")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot use the record of migrate, %s: %w", path, err)
	}
	return &Record{path, file.Moves}, nil
}

func (f recordFile) isWhole() bool {
	for _, move := range f.Moves {
		for _, app := range move.Apps {
			for _, p := range app.Programs {
				if p.Daemon < 0 || p.Daemon >= len(move.Daemons) {
					return false
				}
			}
		}
	}
	return true
}

// Write puts the record on the disk before it returns. It holds environments,
// which are nobody else's business. An empty one is removed.
func (r *Record) Write() error {
	err := r.write()
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", r.Path, reason(err))
	}
	return nil
}

func (r *Record) write() error {
	folder := filepath.Dir(r.Path)
	if len(r.Moves) == 0 {
		if err := os.Remove(r.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return syncFolder(folder)
	}
	text, err := json.MarshalIndent(recordFile{recordVersion, r.Moves}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := renameio.WriteFile(r.Path, append(text, '\n'), 0o600, renameio.WithTempDir(folder)); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// reason leaves out the path, which the sentence around it names.
func reason(err error) error {
	var said syscall.Errno
	if errors.As(err, &said) {
		return said
	}
	return err
}
