package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ecounit/internal/failures"
	"ecounit/journal"
	"ecounit/notice"
	"ecounit/plan"
)

const (
	// tellWithin is how long the user's command, or sendmail, may take. With
	// both of them it is less than notice.Well, so that a notice is sent when
	// the next can be due.
	tellWithin = 25 * time.Second
	maxAnswer  = 4 << 10 // bytes of what a program says about a failure
)

// tell sends a notice by each of the ways, and notes who has it.
func (s *sender) tell(ctx context.Context, n notice.Notice, of *failures.Telling) error {
	var problems []error
	if s.mail != "" {
		err := feed(ctx, []string{plan.Sendmail, "-i", s.mail}, n.Mail(s.mail, time.Now()), nil)
		if err != nil {
			problems = append(problems, err)
		} else {
			of.To = append(of.To, s.mail)
		}
	}
	if len(s.argv) > 0 {
		err := feed(ctx, s.argv, []byte(n.Text()), n.Variables())
		if err != nil {
			problems = append(problems, err)
		} else {
			of.To = append(of.To, filepath.Base(s.argv[0]))
		}
	}
	if len(of.To) > 0 {
		fmt.Fprintf(s.Out, "told %s: %s\n", strings.Join(of.To, ", "), n.Subject())
	}
	return errors.Join(problems...)
}

// feed runs a program with something to read. Of a failure it returns what the
// program said.
func feed(ctx context.Context, argv []string, stdin []byte, variables []string) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin, cmd.Env = bytes.NewReader(stdin), append(os.Environ(), variables...)
	said := &firstBytes{most: maxAnswer}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = time.Second // for what it may have started; systemd ends that
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s did not end within %s", argv[0], tellWithin)
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it left something running
		return nil
	}
	if text := strings.TrimSpace(journal.Entry{Message: string(said.text)}.Text()); text != "" {
		return fmt.Errorf("%s: %w: %s", argv[0], err, text)
	}
	return fmt.Errorf("%s: %w", argv[0], err)
}

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	most int
	text []byte
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.text = append(f.text, p[:min(len(p), f.most-len(f.text))]...)
	return len(p), nil
}
