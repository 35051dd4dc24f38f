package journal

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// settle is how long Tail waits at most for lines that journald has not
	// stored yet; asking it for them (journalctl --sync) is root's.
	settle = 500 * time.Millisecond
	// lookAgain is the pause between two looks.
	lookAgain = 40 * time.Millisecond
)

// ended are the kinds of messages with which systemd says that a process of
// the unit has ended (sd-messages.h). It writes them after the process's last
// line, but journald reads each process's lines and systemd's messages from
// different sockets.
var ended = []string{
	"98e322203f7a4ed290d09fe03c09fe15", // main process exited
	"d9b373ed55a64feb8242e02dbe79a49c", // failed with result
	"be02cf6855d2428ba40df7e9d022f03d", // failed to start
	"7ad2d189f7e94e70a38c781354912448", // deactivated
	"5eb03494b6584870a536b337290809b2", // restart scheduled
}

// Tail returns the last n entries that the processes of a unit wrote since a
// time, or what systemd said about the unit when its processes wrote nothing.
// It is for reporting a failure that happened just now: it waits until systemd
// has said that the process ended and no further line arrives, for half a
// second at most.
func (j Journal) Tail(ctx context.Context, unit string, since time.Time, n int) ([]Entry, error) {
	entries, err := j.end(ctx, unit, since, n)
	return last(entries, n), err
}

// LastRun is Tail for a failure at any time: of the entries it returns those of
// the last run of the unit that has ended. What an earlier run complained of may
// have been repaired, and the next one may have begun.
func (j Journal) LastRun(ctx context.Context, unit string, n int) ([]Entry, error) {
	entries, err := j.end(ctx, unit, time.Unix(0, 0), n)
	return last(lastRun(entries), n), err
}

// end waits until the unit has ended and returns its entries, systemd's among
// them.
func (j Journal) end(ctx context.Context, unit string, since time.Time, n int) ([]Entry, error) {
	// Each restart brings a few messages of systemd's, which are left out.
	q := Query{Units: []string{unit}, Lines: 2*n + 100, Since: At(since)}
	deadline := time.Now().Add(settle)
	var before []Entry
	for {
		var now []Entry
		err := j.Read(ctx, q, func(e Entry) error {
			now = append(now, e)
			return nil
		})
		late := time.Now().After(deadline)
		var closed *Unreadable
		switch {
		case errors.As(err, &closed) && closed.Reason == Forbidden && !late:
			// journald is making the user's first file; it opens it up last.
		case err != nil:
			return nil, err
		}
		quiet := len(now) > 0 && len(now) == len(before) && now[len(now)-1] == before[len(before)-1]
		if quiet && slices.ContainsFunc(now, hasEnded) || late {
			return now, nil
		}
		before = now
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

func hasEnded(e Entry) bool { return e.Manager && slices.Contains(ended, e.MessageID) }

// lastRun finds it by its invocation. Lines that journald stored without the
// unit have none; they are between others of their run.
func lastRun(entries []Entry) []Entry {
	id := ""
	for _, e := range entries {
		if hasEnded(e) && e.InvocationID != "" {
			id = e.InvocationID
		}
	}
	if id == "" {
		return entries
	}
	begin := slices.IndexFunc(entries, func(e Entry) bool { return e.InvocationID == id })
	other := func(e Entry) bool { return e.InvocationID != "" && e.InvocationID != id }
	return slices.DeleteFunc(slices.Clone(entries[begin:]), other)
}

func last(entries []Entry, n int) []Entry {
	printed := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Manager })
	if len(printed) == 0 {
		printed = entries
	}
	return printed[max(0, len(printed)-max(0, n)):]
}
