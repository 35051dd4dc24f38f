package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Read gives the entries that the query asks for to emit, oldest first. An
// error of emit ends it and is returned. Units that have never run have no
// entries, which is no error; a journal that cannot be read is an *Unreadable.
// With Follow it returns nil when the context ends.
//
// With one instance of a template in the query, fewer entries than Lines can
// come although there are more: see identifiers.
func (j Journal) Read(ctx context.Context, q Query, emit func(Entry) error) error {
	var stopped error
	recorded := func(e Entry) error {
		stopped = emit(e)
		return stopped
	}
	err := j.readOrWait(ctx, q, recorded)
	if stopped != nil {
		return stopped
	}
	if q.Follow && ctx.Err() != nil {
		return nil
	}
	return err
}

// retryFiles is how often a reader who follows looks whether the user has a
// journal by now.
const retryFiles = time.Second

func (j Journal) readOrWait(ctx context.Context, q Query, emit func(Entry) error) error {
	if q.Follow {
		if err := j.Explain(); err != nil {
			return err
		}
	}
	for {
		seen, err := j.read(ctx, q, emit)
		if seen || ctx.Err() != nil {
			return err
		}
		if reason := j.Explain(); reason != nil {
			return reason
		}
		if !errors.Is(err, errNothing) {
			return err
		}
		if !q.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryFiles):
		}
	}
}

// read runs journalctl once; seen says that there was any entry.
func (j Journal) read(ctx context.Context, q Query, emit func(Entry) error) (seen bool, err error) {
	chosen, err := j.choose(ctx, q)
	if err != nil || len(chosen.matches) == 0 {
		return false, err
	}
	args := []string{"--output-fields=" + fields, "--lines=all"}
	if q.Lines >= 0 && !(q.Follow && q.Since != "") {
		args[1] = fmt.Sprintf("--lines=%d", q.Lines)
	}
	if q.Follow {
		args = append(args, "--follow")
	}
	give := func(e Entry) error {
		seen = true
		if chosen.wants(&e) {
			return emit(e)
		}
		return nil
	}
	// From a time on, --lines gives the first lines, unless it goes backwards.
	backwards := !q.Follow && q.Lines >= 0 && len(chosen.times) > 0
	var newestFirst []Entry
	keep := give
	if backwards {
		args = append(args, "--reverse")
		keep = func(e Entry) error {
			newestFirst = append(newestFirst, e)
			return nil
		}
	}
	args = append(append(args, chosen.times...), chosen.matches...)
	err = j.run(ctx, args, func(out io.Reader) error { return parseStream(out, keep) })
	for _, e := range slices.Backward(newestFirst) {
		if err == nil {
			err = give(e)
		}
	}
	return seen, err
}
