package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"
)

// errNothing: there is no file that this user may open, or no such invocation
// in it. Explain tells whether more is wrong than that nothing was written yet.
var errNothing = errors.New("nothing is in the journal")

// run starts journalctl, has its output read, and waits for its end. When
// reading fails or the context ends, the program is killed first.
func (j Journal) run(ctx context.Context, args []string, read func(io.Reader) error) error {
	child, cancel := context.WithCancel(ctx)
	defer cancel()
	common := []string{"--output=json", "--all", "--quiet", "--no-pager"}
	cmd := exec.CommandContext(child, j.Program, append(common, args...)...)
	// The user's own settings must not change what comes out.
	cmd.Env = append(os.Environ(), "SYSTEMD_COLORS=0", "SYSTEMD_LOG_COLOR=0", "SYSTEMD_URLIFY=0", "SYSTEMD_LOG_LEVEL=notice", "SYSTEMD_LOG_TARGET=console")
	cmd.WaitDelay = time.Second
	said := &start{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return noProgram()
		}
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	readErr := read(out)
	if readErr != nil {
		cancel()
	}
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case readErr != nil:
		return readErr
	case waitErr != nil:
		return failed(said.String(), waitErr)
	}
	return nil
}

// failed turns what journalctl said into an error. Its words are the same in
// all versions from 239 to 257 and are not translated.
func failed(said string, err error) error {
	said = strings.TrimSpace(Entry{Message: said}.Text())
	switch {
	case strings.Contains(said, "No journal files were"):
		return errNothing
	case strings.Contains(said, "Failed to parse timestamp"):
		return &sinceError{strings.TrimSpace(said[strings.LastIndex(said, ":")+1:])}
	case said == "":
		return fmt.Errorf("cannot read the journal: journalctl: %w", err)
	}
	return fmt.Errorf("cannot read the journal: %s", said)
}

// sinceError is a time that systemd does not understand.
type sinceError struct{ since string }

func (e *sinceError) Error() string {
	return fmt.Sprintf("cannot read the journal: %q is not a time", e.since)
}

// Hint says what to write instead.
func (e *sinceError) Hint() string {
	return `write it as in "1 hour ago", "yesterday", "09:30" or "2026-11-23 09:30"; see systemd.time(7)`
}

// start keeps the first part of what is written to it.
type start struct{ text []byte }

const maxSaid = 4 << 10

func (s *start) Write(p []byte) (int, error) {
	s.text = append(s.text, p[:min(len(p), maxSaid-len(s.text))]...)
	return len(p), nil
}

func (s *start) String() string { return string(s.text) }
