package journal

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Journal is where to read, and as whom.
type Journal struct {
	Program string // journalctl
	Root    string // in front of the paths that Explain looks at
	UID     int    // whose units
}

// Own is the journal of this host, for the user who asks.
func Own() Journal {
	program := "journalctl"
	if _, err := exec.LookPath(program); err != nil {
		program = "/usr/bin/journalctl" // cron may have any PATH
	}
	return Journal{Program: program, Root: "/", UID: os.Geteuid()}
}

// Query says what to read.
type Query struct {
	// Units are full names of user units. A name may be a glob, with * ? and
	// [ ], for units that have been in the journal before.
	Units []string
	// Lines is how many entries from the end; all of them below 0, and with
	// both Since and Follow.
	Lines int
	// Since is a time as in systemd.time(7), or from At; "" means any time.
	Since string
	// Follow goes on with new entries until the context ends.
	Follow bool
	// Invocation, an id of systemd's, is the one run of the units to read.
	Invocation string
}

// At is the point in time for Query.Since; the zero time is any time.
func At(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	micro := t.UnixMicro()
	fraction := strconv.FormatInt(1_000_000+micro%1_000_000, 10)[1:]
	return "@" + strconv.FormatInt(micro/1_000_000, 10) + "." + fraction
}

// Read gives the entries that the query asks for to emit, oldest first; see
// [Journal.Read].
func Read(ctx context.Context, q Query, emit func(Entry) error) error {
	return Own().Read(ctx, q, emit)
}

// Tail returns the last n entries that the processes of a unit wrote since a
// time; see [Journal.Tail].
func Tail(ctx context.Context, unit string, since time.Time, n int) ([]Entry, error) {
	return Own().Tail(ctx, unit, since, n)
}

// LastRun returns the last n entries that the processes of a unit wrote in its
// last run; see [Journal.LastRun].
func LastRun(ctx context.Context, unit string, n int) ([]Entry, error) {
	return Own().LastRun(ctx, unit, n)
}

// Explain says why this user cannot read the journal, or nil; see
// [Journal.Explain].
func Explain() error { return Own().Explain() }
