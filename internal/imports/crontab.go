package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"ecounit/detect"
	"ecounit/internal/hint"
)

// OwnCrontab is how reports call the user's own crontab.
const OwnCrontab = "crontab"

// crontabTime is long enough for a machine under load, and short enough for a
// Crontab(1) that waits for somebody.
const crontabTime = 10 * time.Second

// mostCrontab is more than detect takes for a crontab, so that it can say so.
const mostCrontab = 2 << 20

// mostSaid bounds what crontab(1) says of a failure.
const mostSaid = 4 << 10

// CrontabText returns a crontab and what reports call it.
func (o Reader) CrontabText(ctx context.Context, file string) (name, text string, err error) {
	var content []byte
	switch file {
	case "":
		name = OwnCrontab
		content, err = ListCrontab(ctx)
	case "-":
		name = "standard input"
		content, err = detect.ReadStream("the standard input", o.In)
	default:
		name = o.absolute(file)
		if name == "/etc/crontab" || strings.HasPrefix(name, "/etc/cron.d/") {
			return "", "", hint.With(fmt.Errorf("cannot import %s: it is the system's, whose jobs run as the users that it names", name),
				"ecounit import crontab reads your own crontab")
		}
		content, err = o.Machine.ReadImport(name)
	}
	return name, string(content), err
}

// ErrNoCrontab is that the user has none.
var ErrNoCrontab = hint.With(errors.New("you have no crontab"), "to import one from a file type: ecounit import crontab FILE")

// ListCrontab is crontab -l. Only crontab(1) may read the file itself.
func ListCrontab(ctx context.Context) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, crontabTime)
	defer cancel()
	out, said := atMost{most: mostCrontab}, atMost{most: mostSaid}
	list := exec.CommandContext(limited, "crontab", "-l")
	list.Env = append(os.Environ(), "LC_ALL=C")
	list.Stdout, list.Stderr = &out, &said
	list.WaitDelay = time.Second
	err := list.Run()
	message, _, _ := strings.Cut(strings.TrimSpace(said.text.String()), "\n")
	switch {
	case err == nil, out.refused:
		return detect.ReadStream("your crontab", &out.text)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, hint.With(errors.New("cannot read your crontab: there is no crontab command on this host"), "to import one from a file type: ecounit import crontab FILE")
	case strings.Contains(message, "no crontab for"):
		return nil, ErrNoCrontab
	case strings.Contains(message, "not allowed"):
		return nil, hint.With(errors.New("cannot read your crontab: you may not use cron on this host"), "an administrator can say so in /etc/cron.allow")
	case limited.Err() != nil:
		return nil, errors.New("cannot read your crontab: crontab -l does not answer")
	case message != "":
		return nil, fmt.Errorf("cannot read your crontab: crontab -l said: %s", message)
	}
	return nil, fmt.Errorf("cannot read your crontab: crontab -l: %w", err)
}

// atMost keeps what is written to it, and refuses more than that: whoever writes
// has no reader any more.
type atMost struct {
	most    int
	text    bytes.Buffer
	refused bool
}

func (a *atMost) Write(p []byte) (int, error) {
	n, _ := a.text.Write(p[:min(len(p), a.most-a.text.Len())])
	if n < len(p) {
		a.refused = true
		return n, io.ErrShortWrite
	}
	return n, nil
}
