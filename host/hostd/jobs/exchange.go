package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Exchange is Run for a unit that finds in the file input what it is to do. The
// answer has at most so many bytes.
func (r *Runner) Exchange(ctx context.Context, unit, input string, text []byte, output string, most int64) ([]byte, error) {
	release, err := r.turn(ctx, unit)
	if err != nil {
		return nil, err
	}
	defer release()
	path := filepath.Join(r.dir, output)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot run %s: %w", unit, err)
	}
	if err := put(filepath.Join(r.dir, input), text); err != nil {
		return nil, fmt.Errorf("cannot run %s: %w", unit, err)
	}
	if err := r.Start(ctx, unit); err != nil {
		return nil, err
	}
	answer, err := first(path, most)
	if err != nil {
		return nil, fmt.Errorf("cannot read what %s said: %w", unit, err)
	}
	return []byte(answer), nil
}

// put writes a file that is whole at any time: a unit that an earlier run of the
// service started may be reading.
func put(path string, text []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
