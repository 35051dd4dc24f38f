package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ecounit/internal/hint"
	"ecounit/internal/watch"
)

// shareText has systemd set SO_REUSEPORT, as the old program's socket gets it.
const shareText = `# While ecounit migrate hands the port over. It may be deleted.
[Socket]
ReusePort=yes
`

func (s *swap) writeDropIn() error {
	folder, file := s.dropIn(s.h)
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(shareText), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", file, hint.Reason(err))
	}
	return nil
}

// removeDropIn: the socket that listens keeps what it was made with.
func (r *mover) removeDropIn(ctx context.Context, m *moving) error {
	_, file := m.dropIn(r.h)
	removed, err := removeDropIn(file)
	if err == nil && removed && r.h.manager != nil {
		err = watch.Noticing(r.h.manager, r.h.watched).Reload(ctx)
	}
	return err
}

// removeDropIn removes the file, and its folder unless the user has others in
// it.
func removeDropIn(file string) (removed bool, err error) {
	switch err := os.Remove(file); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("cannot remove %s: %w", file, hint.Reason(err))
	}
	_ = os.Remove(filepath.Dir(file))
	return true, nil
}
