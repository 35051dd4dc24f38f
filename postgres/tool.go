package postgres

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Progress is told how far a long work is. total is 0 when it is not known, and
// of a dump it is the size of the database, which the dump stays well below.
type Progress func(done, total int64)

// progressPause is between two calls of Progress.
const progressPause = 200 * time.Millisecond

// tool is one run of a program of Postgres.
type tool struct {
	program program
	args    []string
	env     []string
	stdin   *os.File // read from its beginning, or nil
	list    *os.File // its file 3, or nil
	stdout  io.Writer
}

// run runs it to its end. doing is what for.
func (t tool) run(ctx context.Context, doing string) error {
	cmd := exec.CommandContext(ctx, t.program.path, t.args...)
	cmd.Env = t.env
	if t.stdin != nil {
		if _, err := t.stdin.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("cannot %s: %w", doing, reason(err))
		}
		cmd.Stdin = t.stdin
	}
	if t.list != nil {
		cmd.ExtraFiles = []*os.File{t.list}
	}
	cmd.Stdout = t.stdout
	var said beginning
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = giveUpTimeout
	err := runBound(cmd)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("cannot %s: %w", doing, ctx.Err())
	}
	return toolError(doing, said.String(), err)
}

// runBound runs a program that ends with this one, also where this one is
// killed: as an orphan it would keep the database busy.
func runBound(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	// The kernel sends it when the thread ends that started the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.Run()
}

// toolError takes the program's own words, which are English: it runs with
// LC_ALL=C. The server's may not be.
func toolError(doing, said string, err error) error {
	e := &Error{Kind: Failed, Message: "cannot " + doing + ": " + firstComplaint(said, err), cause: err}
	if strings.Contains(said, "No space left on device") {
		e.Kind, e.Fix = DiskFull, "make room on the disk"
	}
	return e
}

// firstComplaint is what went wrong first: the rest follows from it.
func firstComplaint(said string, err error) string {
	for line := range strings.Lines(said) {
		for _, mark := range []string{"ERROR:", "error:", "FATAL:"} {
			if i := strings.LastIndex(line, mark); i >= 0 {
				return oneLine(line[i+len(mark):])
			}
		}
	}
	if text := oneLine(said); text != "" {
		return text
	}
	return err.Error()
}

// watch calls progress with the position of a file, until stopped.
func watch(progress Progress, position func() int64, total int64) (stop func()) {
	if progress == nil {
		return func() {}
	}
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(progressPause)
		defer tick.Stop()
		for {
			progress(position(), total)
			select {
			case <-ended:
				progress(position(), total)
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(ended); <-done }
}

// read is how far the programs that have the file as their input have read it:
// they share the position.
func read(file *os.File) int64 {
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return at
}

// beginning keeps the first of what a program says, where the cause is.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(p []byte) (int, error) {
	const most = 64 << 10
	if room := most - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
